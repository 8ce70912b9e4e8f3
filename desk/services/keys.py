"""A person's own keys."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from clients.models import User
from clients.services.audit import record_audit
from desk.shortcuts import ACTIONS, OFF


@transaction.atomic
def save_shortcuts(*, by: User, keys: Mapping[str, str], letters: bool, at: datetime) -> None:
    """Keep a person's own keys; what is as usual is not written down."""
    own: dict[str, object] = {
        action: key for action, key in keys.items() if key != ACTIONS[action][0]
    }
    by.shortcuts = own if letters else own | {OFF: True}
    by.save(update_fields=["shortcuts"])
    record_audit(by=by, action="desk.shortcuts_saved", target=by, at=at)
