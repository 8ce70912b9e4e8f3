"""Connects the wires once every app is loaded."""

from django.apps import AppConfig


class PermanenceConfig(AppConfig):
    """The whole product."""

    name = "permanence"

    def ready(self) -> None:
        """Install the list of who hears what."""
        from core import facts
        from permanence.wiring import WIRES

        facts.connect(WIRES)
