"""E-mails kept as files, so that a demonstration shows them as they were received."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}\.eml")


class EmailBackend(BaseEmailBackend):
    """Writes each message to its own file in settings.MAILBOX_DIR."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAILBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.eml"
            written = folder / f"{name}.part"
            written.write_bytes(message.message().as_bytes())
            written.rename(folder / name)
        return len(email_messages)


@dataclass(frozen=True)
class Letter:
    """One e-mail as its reader sees it."""

    name: str
    at: datetime
    sender: str
    to: str
    subject: str
    text: str
    has_html: bool


def letters(limit: int = 100) -> list[Letter]:
    """The newest e-mails, newest first."""
    folder = Path(settings.MAILBOX_DIR)
    if not folder.is_dir():
        return []
    names = sorted(path.name for path in folder.iterdir() if NAME.fullmatch(path.name))
    return [_letter(name) for name in reversed(names[-limit:])]


def html_of(name: str) -> str | None:
    """The HTML part of one e-mail, None when there is none; the name is checked."""
    if not NAME.fullmatch(name) or not (Path(settings.MAILBOX_DIR) / name).is_file():
        return None
    return _part(_parsed(name), "html") or None


def _letter(name: str) -> Letter:
    parsed = _parsed(name)
    return Letter(
        name=name,
        at=datetime.strptime(name[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC),
        sender=str(parsed.get("From", "")),
        to=str(parsed.get("To", "")),
        subject=str(parsed.get("Subject", "")),
        text=_part(parsed, "plain"),
        has_html=bool(_part(parsed, "html")),
    )


def _parsed(name: str) -> Parsed:
    read = message_from_bytes(
        (Path(settings.MAILBOX_DIR) / name).read_bytes(), policy=policy.default
    )
    assert isinstance(read, Parsed)
    return read


def _part(parsed: Parsed, kind: str) -> str:
    body = parsed.get_body(preferencelist=(kind,))
    return str(body.get_content()).strip() if body is not None else ""
