"""Conventions of the sources that no linter knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house import name_of, sources

DRAWERS = {"utils", "helpers", "manager", "managers", "data", "misc", "common", "tools"}
LEFT_OPEN = re.compile(
    r"TODO|FIXME|XXX|raise NotImplementedError|pytest\.(?:skip|mark\.(?:skip|xfail))"
)
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.AsyncFor, ast.AsyncWith)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

by_source = pytest.mark.parametrize("path", sources(), ids=name_of)


def depth(node: ast.AST) -> int:
    """How many blocks stand inside each other, functions within left out."""
    children = [c for c in ast.iter_child_nodes(node) if not isinstance(c, FUNCTIONS)]
    return max((depth(c) + isinstance(c, BLOCKS) for c in children), default=0)


def test_no_module_is_a_drawer() -> None:
    assert [name_of(path) for path in sources() if path.stem in DRAWERS] == []


@by_source
def test_a_file_stays_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400


@by_source
def test_a_function_nests_three_deep_at_most(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]

    assert [f"{f.name}:{f.lineno}" for f in functions if depth(f) > 3] == []


@pytest.mark.parametrize("path", sources(tests=True), ids=name_of)
def test_nothing_is_left_open(path: Path) -> None:
    if path == Path(__file__):
        return
    assert LEFT_OPEN.findall(path.read_text(encoding="utf-8")) == []
