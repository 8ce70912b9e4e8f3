"""The translation tool, on a small tree of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.support import Translations

from bin import catalogues

SOURCE = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy
greeting = _("Good morning")
count = ngettext("%(count)s message", "%(count)s messages", 2)
state = pgettext_lazy("call", "Missed")
"""
PAGE = """
{% load i18n %}
  <p>It's {% translate "Book" %}</p>
 {% blocktranslate trimmed with name=client.name %}
    You answer for
    {{ name }}
{% endblocktranslate %}
<a title="{{ _("Close") }}">
"""
TABLE = (
    "Good morning\tBonjour\n"
    "%(count)s message\t%(count)s messages\tun message\t%(count)s messages\n"
    "call\\x04Missed\tManqué\n"
    "Book\tRéserver\n"
    "You answer for %(name)s\tVous répondez pour %(name)s\n"
    "Close\tFermer\n"
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "views.py").write_text(SOURCE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_views.py").write_text('_("Not for people")')
    return tmp_path


def fill(tree: Path, table: str) -> list[str]:
    path = tree / "table.tsv"
    path.write_text(table, encoding="utf-8")
    return catalogues.fill(tree, path)


def french(catalogue: Catalog, sentence: str) -> str:
    message = catalogue.get(sentence)
    assert message is not None
    return str(message.string)


def test_update_takes_the_sentences_of_code_and_templates_and_not_of_tests(tree: Path) -> None:
    catalogue = catalogues.update(tree)

    assert {catalogues.key_of(m) for m in catalogues.sentences(catalogue)} == {
        ("Good morning", None),
        ("%(count)s message", None),
        ("Missed", "call"),
        ("Book", None),
        ("You answer for %(name)s", None),
        ("Close", None),
    }


def test_check_names_each_sentence_without_french(tree: Path) -> None:
    catalogues.update(tree)

    found = catalogues.problems(tree)

    assert len(found) == 6
    assert "untranslated: 'Book' (templates/page.html)" in found


def test_a_filled_catalogue_has_no_problem_and_compiles_to_what_was_filled(tree: Path) -> None:
    assert fill(tree, TABLE) == []
    assert catalogues.problems(tree) == []

    catalogues.compile_catalogue(tree)

    with catalogues.po_path(tree).with_suffix(".mo").open("rb") as stream:
        compiled = Translations(stream)
    assert compiled.gettext("Book") == "Réserver"
    assert compiled.pgettext("call", "Missed") == "Manqué"
    assert compiled.ngettext("%(count)s message", "%(count)s messages", 0) == "un message"


def test_french_gets_the_spaces_of_its_typography_and_check_wants_them(tree: Path) -> None:
    typed = "« Bonjour » : à 9:00, « ça va » ? Oui ; vraiment !"
    fill(tree, TABLE.replace("\tBonjour\n", f"\t{typed}\n"))

    shown = french(catalogues.read_catalogue(tree), "Good morning")
    assert shown == typed.replace("« ", "«~").replace(" »", "~»").replace(" :", "~:").replace(
        " ?", "~?"
    ).replace(" ;", "~;").replace(" !", "~!").replace("~", "\N{NARROW NO-BREAK SPACE}")
    assert catalogues.problems(tree) == []

    path = catalogues.po_path(tree)
    path.write_text(path.read_text().replace("\N{NARROW NO-BREAK SPACE}!", " !"))
    assert len(catalogues.problems(tree)) == 1


def test_fill_returns_the_sentences_that_no_source_says(tree: Path) -> None:
    assert fill(tree, "Buy now\tAchetez\nBook\tRéserver\n") == ["Buy now"]


def test_fill_refuses_a_line_with_a_missing_tab(tree: Path) -> None:
    with pytest.raises(catalogues.CatalogueError, match="line 2 has 1 columns"):
        fill(tree, "Book\tRéserver\nClose Fermer\n")


def test_update_keeps_the_french_that_is_still_said_and_drops_the_rest(tree: Path) -> None:
    fill(tree, TABLE)
    (tree / "desk" / "views.py").write_text('_("Good morning"); _("Good evening")')

    catalogue = catalogues.update(tree)

    assert french(catalogue, "Good morning") == "Bonjour"
    assert catalogue.get("Missed", "call") is None
    assert catalogues.problems(tree) == ["untranslated: 'Good evening' (desk/views.py)"]


def test_check_sees_a_catalogue_that_is_older_than_the_sources(tree: Path) -> None:
    fill(tree, TABLE)
    (tree / "desk" / "views.py").unlink()

    assert catalogues.problems(tree) == [
        "The catalogue differs from the sources: run `bin/translations update`."
    ]


@pytest.mark.parametrize("french", ["Vous répondez", "Vous répondez pour %(nom)s"])
def test_check_sees_a_placeholder_lost_or_invented(tree: Path, french: str) -> None:
    fill(tree, TABLE + f"You answer for %(name)s\t{french}\n")

    assert catalogues.problems(tree) == [
        "other placeholders: 'You answer for %(name)s' (templates/page.html)"
    ]


def test_check_sees_what_was_only_guessed(tree: Path) -> None:
    fill(tree, TABLE)
    path = catalogues.po_path(tree)
    path.write_text(path.read_text().replace('msgid "Book"', '#, fuzzy\nmsgid "Book"'))

    assert "fuzzy: 'Book' (templates/page.html)" in catalogues.problems(tree)


def test_a_file_that_cannot_be_read_stops_the_update_and_is_named(tree: Path) -> None:
    fill(tree, TABLE)
    (tree / "desk" / "views.py").write_bytes(b"_('\xff')")

    with pytest.raises(catalogues.CatalogueError, match="desk/views.py"):
        catalogues.update(tree)
    assert french(catalogues.read_catalogue(tree), "Book") == "Réserver"
