"""The owner's account of an empty installation, made through a link only the terminal shows."""

from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from clients.models import Bureau, Membership, User
from clients.models.bureau import Grant
from clients.services.audit import record_audit

SALT = "permanence.first-owner"
TWO_DAYS = 2 * 24 * 3600


def owner_token() -> str:
    """Make the one-time token of the terminal's link, valid for two days."""
    return signing.dumps("owner", salt=SALT)


def is_owner_token(token: str) -> bool:
    """Tell whether the link may still make the owner: ours, recent, and nobody came first."""
    try:
        signing.loads(token, salt=SALT, max_age=TWO_DAYS)
    except signing.BadSignature:
        return False
    return not User.objects.exists()


@transaction.atomic
def create_first_owner(
    *, token: str, full_name: str, bureau_name: str, email: str, password: str
) -> User:
    """Make the bureau and its owner, who may do everything; Http404 once somebody was first."""
    # One holder of the link after the other: nobody's row is there yet to be locked, so the type's
    # own stands for it. (On SQLite the transaction itself shuts others out.)
    ContentType.objects.select_for_update().get(app_label="clients", model="user")
    if not is_owner_token(token):
        raise Http404
    bureau = Bureau.objects.create(name=bureau_name)
    user = User.objects.create_user(
        email, password, full_name=full_name, first_name=full_name.split()[0], is_superuser=True
    )
    Membership.objects.create(bureau=bureau, user=user, grants=[grant.value for grant in Grant])
    record_audit(by=user, action="owner.created", target=user, at=timezone.now())
    return user
