"""Who hears which fact: the one list of all the wires between apps."""

from core.facts import Handler

WIRES: dict[type, list[Handler]] = {}
