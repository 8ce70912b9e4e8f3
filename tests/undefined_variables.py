"""Makes a template of ours fail on a variable that nobody gave it.

Django prints nothing there, and the mistake goes unseen. `{{ hint|default:"" }}` says that a
variable may be missing, and is left alone; so are other people's templates.
"""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from django.template.base import FilterExpression, Node

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
FORGIVING = {"default", "default_if_none"}


class UndefinedVariable(Exception):
    """A template prints what its view did not give."""


class Undefined(str):
    """The engine's `string_if_invalid`: Django asks it for its text when a variable is missing."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, missing: object) -> str:
        expression, context, node = whereabouts(sys._getframe(1))
        if not is_ours(node):
            return ""
        if is_forgiving(expression):
            return without_variable(expression, context)
        raise UndefinedVariable(f"{expression.token!r} in {node.origin.name}: no {missing}")


def whereabouts(frame: FrameType | None) -> tuple[FilterExpression, Any, Node]:
    """The expression being printed, its context, and the template's node that prints it."""
    assert frame is not None
    expression, context = frame.f_locals["self"], frame.f_locals["context"]
    while frame is not None and not is_placed(frame.f_locals.get("self")):
        frame = frame.f_back
    assert frame is not None
    return expression, context, frame.f_locals["self"]


def is_placed(candidate: object) -> bool:
    return isinstance(candidate, Node) and hasattr(candidate, "origin")


def is_ours(node: Node) -> bool:
    return TEMPLATES in Path(node.origin.name).parents


def is_forgiving(expression: FilterExpression) -> bool:
    return bool(expression.filters) and expression.filters[0][0].__name__ in FORGIVING


def without_variable(expression: FilterExpression, context: Any) -> str:
    """What the expression gives in production: its filters applied to nothing."""
    bare = copy.copy(expression)
    bare.var = ""
    bare.is_var = False
    return str(bare.resolve(context))
