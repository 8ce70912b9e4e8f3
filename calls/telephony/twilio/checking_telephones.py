"""Looks whether the operator will ring the assistants' IP telephones."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from calls.telephony.twilio.api import configured_client
from calls.telephony.twilio.findings import Finding
from clients.models import Endpoint

OPERATORS_HOST = re.compile(r"(?P<domain>[a-z0-9-]+)\.sip(?:\.(?P<edge>[a-z0-9-]+))?\.twilio\.com")


def telephone_findings(telephones: Sequence[Endpoint]) -> Iterator[Finding]:
    """Look at each IP telephone's address, domain and account."""
    domains = _Domains()
    for telephone in telephones:
        name = f"{telephone.address.removeprefix('sip:')} ({telephone.user})"
        user, _at, host = telephone.address.removeprefix("sip:").lower().partition("@")
        written = OPERATORS_HOST.fullmatch(host)
        if written is None:
            yield Finding(
                "warning",
                f"{name}: not at Twilio's SIP domain, so it is not checked here. Call a line and "
                "see that it rings.",
            )
        elif written["edge"]:
            right = f"{user}@{written['domain']}.sip.twilio.com"
            yield Finding(
                "wrong",
                f"{name}: an address with “{written['edge']}” in it is never rung. Write {right} "
                "on the settings' pages; the telephone itself may register at the edge.",
            )
        else:
            yield _registration(name, user, host, domains)


class _Domains:
    """The account's SIP domains and who may register there, asked when first needed."""

    def __init__(self) -> None:
        self._sip = configured_client().api.account.sip
        self._domains: dict[str, Any] | None = None
        self._users: dict[str, set[str]] = {}

    def get(self, host: str) -> Any:
        """Give a domain by its name, or None."""
        if self._domains is None:
            self._domains = {one.domain_name.lower(): one for one in self._sip.domains.list()}
        return self._domains.get(host)

    def users_of(self, domain: Any) -> set[str]:
        """Name who may register at a domain."""
        if domain.sid not in self._users:
            lists = self._sip.domains(domain.sid).auth.registrations.credential_list_mappings
            self._users[domain.sid] = {
                one.username.lower()
                for mapped in lists.list()
                for one in self._sip.credential_lists(mapped.sid).credentials.list()
            }
        return self._users[domain.sid]


def _registration(name: str, user: str, host: str, domains: _Domains) -> Finding:
    domain = domains.get(host)
    if domain is None:
        return Finding(
            "wrong",
            f"{name}: the account has no SIP domain {host}. Make it in the operator's console "
            "(Voice, SIP domains), or correct the address on the settings' pages.",
        )
    if not domain.sip_registration:
        return Finding(
            "wrong",
            f"{name}: no telephone can register at {host}. Switch “SIP Registration” on in the "
            "operator's console.",
        )
    if user not in domains.users_of(domain):
        return Finding(
            "wrong",
            f"{name}: nobody named {user} may register at {host}. Add the user name and its "
            "password to the domain's credential list for registration, then to the telephone.",
        )
    return Finding("well", f"{name}: the telephone can register and be rung.")
