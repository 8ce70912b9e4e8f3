"""The assistant's screens."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Screens and live consumers; it has no tables."""

    name = "desk"
