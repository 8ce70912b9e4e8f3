"""Whoever installs the product finds every setting in the example and in the documentation."""

from __future__ import annotations

import re

import pytest

from tests.house import ROOT

CONFIGURATION = (ROOT / "permanence" / "configuration.py").read_text()


def settings_read() -> set[str]:
    """The names that the configuration asks the environment for."""
    return set(re.findall(r'(?:env\.\w+\(|_words\(env,)\s*"([A-Z_]+)"', CONFIGURATION))


def test_the_example_names_every_setting_and_no_other() -> None:
    example = (ROOT / "deploy" / "env.example").read_text()

    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == settings_read()


def test_the_documentation_names_every_setting_and_no_other() -> None:
    documentation = (ROOT / "docs" / "operations.md").read_text()

    assert set(re.findall(r"^\| `([A-Z_]+)` \|", documentation, re.MULTILINE)) == settings_read()


def test_each_setting_of_the_example_is_explained_in_a_sentence() -> None:
    lines = (ROOT / "deploy" / "env.example").read_text().splitlines()
    before = {line: lines[number - 1] for number, line in enumerate(lines)}

    named = [line for line in lines if re.match(r"#?[A-Z_]+=", line)]

    assert [line for line in named if not re.match(r"# \S.*\.$", before[line])] == []


@pytest.mark.parametrize("page", ["docs/operations.md", "deploy/README.md"])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (ROOT / page).read_text())

    local = [target for target in targets if "://" not in target]

    assert [target for target in local if not (folder / target).exists()] == []
