"""How allauth is used here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from calls.services import leave_telephones
from clients.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the bureau: nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse strangers."""
        return False

    def logout(self, request: HttpRequest) -> None:
        """Give a colleague's telephone back as she signs out."""
        if isinstance(request.user, User):
            leave_telephones(user=request.user, by=request.user, at=timezone.now())
        super().logout(request)
