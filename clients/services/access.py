"""Whoever sees other clients from now on, or no longer, has open screens follow at once."""

from collections.abc import Iterable

from clients.models import User
from core.live import publish, user_group


def note_changed_access(users: Iterable[User]) -> None:
    """Tell these people's open screens, after the commit, to ask again what they may see."""
    for user in users:
        publish(user_group(user.uuid), "scope.changed")
