"""What an assistant types about a message, before it is anybody's row."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from core.days import written_instant
from messages_app.rules.filtering import Urgency


@dataclass(frozen=True)
class MessageFields:
    """The words of a message; `callback_number` as it was typed or in E.164."""

    caller_name: str = ""
    company: str = ""
    callback_number: str = ""
    about: str = ""
    subject: str = ""
    body: str = ""
    category: str = ""
    urgency: str = Urgency.NORMAL.value
    deadline_at: datetime | None = None

    @property
    def says_something(self) -> bool:
        """Enough to be worth a client's attention: a word, a name or a number."""
        return any((self.body, self.caller_name, self.company, self.callback_number, self.subject))

    @property
    def searched_text(self) -> str:
        """All the words that a filter's keyword may be found in."""
        return "\n".join((self.caller_name, self.company, self.about, self.subject, self.body))


def from_draft(draft: Mapping[str, Any]) -> MessageFields:
    """The fields of a draft: blanks trimmed, unknown keys and unreadable instants left out."""
    known = {field.name for field in fields(MessageFields)} - {"deadline_at", "urgency"}
    texts = {name: str(draft.get(name) or "").strip() for name in known}
    urgent = str(draft.get("urgency") or "") == Urgency.URGENT
    return MessageFields(
        **texts,
        urgency=Urgency.URGENT.value if urgent else Urgency.NORMAL.value,
        deadline_at=written_instant(str(draft.get("deadline_at"))),
    )
