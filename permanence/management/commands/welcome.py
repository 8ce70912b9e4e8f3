"""Says where the product is and who can sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from clients.models import User
from permanence.demo import ACCOUNTS, PASSWORD
from permanence.owner import owner_token


class Command(BaseCommand):
    """Print the address, and the accounts of the demonstration or the owner's one-time link."""

    help = "Print the address, and the demonstration's accounts or the owner's one-time link."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        self.stdout.write(f"\n  Permanence: {settings.PUBLIC_BASE_URL}/\n")
        if settings.DEMO:
            self._accounts()
        elif not User.objects.exists():
            link = settings.PUBLIC_BASE_URL + reverse("first_owner", args=[owner_token()])
            self.stdout.write(f"  Make the owner's account (valid two days, once):\n  {link}\n")
        self._what_is_off()

    def _accounts(self) -> None:
        self.stdout.write(f"  Demonstration, password of every account: {PASSWORD}\n")
        for account in ACCOUNTS:
            self.stdout.write(f"    {account.email:<40} {account.purpose}")
        operator = f"{settings.PUBLIC_BASE_URL}/operator/"
        self.stdout.write(
            f"\n  Simulator (a caller, the telephones):  {operator}\n"
            f"  What was sent (SMS and e-mails):       {operator}outbox/\n"
        )

    def _what_is_off(self) -> None:
        if settings.TELEPHONY != "none" and (settings.DEMO or settings.USES_HTTPS):
            return
        if not settings.USES_HTTPS:
            self.stdout.write(
                "  Only this computer reaches it: set PUBLIC_BASE_URL to an https:// address for\n"
                "  clients, their links in SMS and e-mails, and the telephone operator.\n"
            )
        if settings.TELEPHONY == "none":
            self.stdout.write(
                "  No telephone operator is connected: set TELEPHONY=twilio and its account.\n"
            )
