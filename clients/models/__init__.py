"""Tables of the clients app."""

from clients.models.audit import AuditEntry
from clients.models.bureau import Bureau, Endpoint, Membership
from clients.models.client import Assignment, Client, ClientMember, Line
from clients.models.correspondent import Correspondent, CorrespondentNumber
from clients.models.cover import Cover
from clients.models.guidance import (
    DirectoryEntry,
    Instruction,
    PracticalInfo,
    StockPhrase,
    TriageGuide,
    TriageSign,
)
from clients.models.roster import OnCallPerson, OnCallShift
from clients.models.user import User

__all__ = [
    "Assignment",
    "AuditEntry",
    "Bureau",
    "Client",
    "ClientMember",
    "Correspondent",
    "CorrespondentNumber",
    "Cover",
    "DirectoryEntry",
    "Endpoint",
    "Instruction",
    "Line",
    "Membership",
    "OnCallPerson",
    "OnCallShift",
    "PracticalInfo",
    "StockPhrase",
    "TriageGuide",
    "TriageSign",
    "User",
]
