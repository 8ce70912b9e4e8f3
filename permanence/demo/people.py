"""Who signs in to the demonstration."""

from dataclasses import dataclass

DOMAIN = "demo.permanence.example"
# Printed by `welcome`, refused outside the demonstration: seeding it needs PERMANENCE_DEMO.
PASSWORD = "bonjour-permanence"


@dataclass(frozen=True)
class Account:
    """A person of the demonstration, and what she shows."""

    key: str
    full_name: str
    first_name: str
    purpose: str

    @property
    def email(self) -> str:
        """Her address."""
        return f"{self.key}@{DOMAIN}"


ACCOUNTS = (
    Account("lea", "Léa Fontaine", "Léa", "assistant, at her desk"),
    Account("claire", "Claire Vasseur", "Claire", "her deputy"),
    Account("martin", "Dr Paul Martin", "Dr Martin", "doctor: agenda in the portal"),
    Account("durand", "Me Sophie Durand", "Me Durand", "lawyer: messages in the portal"),
    Account("renaud", "Bruno Renaud", "M. Renaud", "plumber: messages in the portal"),
    Account("admin", "Camille Roche", "Camille", "owner of the bureau"),
)
