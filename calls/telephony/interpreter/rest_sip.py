"""REST: SIP domains, and the accounts with which telephones register there."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from calls.telephony.interpreter.resources import API, Body, Form, not_found, page_of

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange


@dataclass(frozen=True)
class SipDomain:
    """A domain, whether telephones may register there, and the user names that may."""

    name: str
    registers: bool = True
    users: tuple[str, ...] = ()


def domains(exchange: Exchange, form: Form) -> tuple[int, Body]:
    return 200, page_of(
        "domains",
        exchange.sip_domains,
        lambda one: {
            "sid": _sid("SD", one),
            "account_sid": exchange.account.sid,
            "domain_name": one.name,
            "friendly_name": one.name,
            "sip_registration": one.registers,
        },
        form,
        _uri(exchange, "SIP/Domains"),
    )


def credential_lists(exchange: Exchange, form: Form, sid: str) -> tuple[int, Body]:
    """The lists by which one domain lets telephones in; here each domain has one of its own."""
    domain = _of("SD", exchange, sid)
    tail = f"SIP/Domains/{sid}/Auth/Registrations/CredentialListMappings"
    return 200, page_of(
        "contents",
        [domain] if domain.users else [],
        lambda one: {"sid": _sid("CL", one), "friendly_name": one.name},
        form,
        _uri(exchange, tail),
    )


def credentials(exchange: Exchange, form: Form, sid: str) -> tuple[int, Body]:
    domain = _of("CL", exchange, sid)
    return 200, page_of(
        "credentials",
        domain.users,
        lambda name: {"sid": f"SC{_digest(name)}", "credential_list_sid": sid, "username": name},
        form,
        _uri(exchange, f"SIP/CredentialLists/{sid}/Credentials"),
    )


def _of(prefix: str, exchange: Exchange, sid: str) -> SipDomain:
    found = next((one for one in exchange.sip_domains if _sid(prefix, one) == sid), None)
    if found is None:
        raise not_found(f"/SIP/{sid}.json")
    return found


def _sid(prefix: str, domain: SipDomain) -> str:
    return f"{prefix}{_digest(domain.name)}"


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:32]


def _uri(exchange: Exchange, tail: str) -> str:
    return f"{API}/Accounts/{exchange.account.sid}/{tail}.json"
