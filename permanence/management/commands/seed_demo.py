"""Fills an empty database with the demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clients.models import Bureau
from permanence.demo.seed import seed


class Command(BaseCommand):
    """Write the demonstration; refused outside it, and on a database that is not empty."""

    help = "Fill an empty database with the demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it once."""
        if not settings.DEMO:
            raise CommandError("The demonstration is refused here: start it with bin/run --demo.")
        if Bureau.objects.exists():
            self.stdout.write("The demonstration is there already.")
            return
        seed(timezone.now())
        self.stdout.write("The demonstration is ready.")
