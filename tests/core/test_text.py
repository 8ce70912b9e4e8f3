"""Text as people search it, and as they read it."""

import pytest

from core.text import folded, set_tight


@pytest.mark.parametrize(
    ("text", "found_as"),
    [
        ("Hélène LEFÈVRE", "helene lefevre"),
        ("de La Tour d’Auvergne-Rochebrune", "de la tour d auvergne rochebrune"),
        ("Œuvrard  &  Cie", "oeuvrard cie"),
        ("Żółkiewska-Øster", "zolkiewska oster"),
        ("", ""),
    ],
)
def test_names_are_found_without_accents_case_or_punctuation(text: str, found_as: str) -> None:
    assert folded(text) == found_as


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("bonjour ! Qui ; quoi : où ?", "bonjour\u202f! Qui\u202f; quoi\u202f: où\u202f?"),
        ("l’interphone « Martin »", "l’interphone «\u202fMartin\u202f»"),
        ("au 01 99 00 40 13", "au 01\u00a099\u00a000\u00a040\u00a013"),
        ("moins de 3 mois, à 20 h, 30 €", "moins de 3\u00a0mois, à 20\u00a0h, 30\u00a0€"),
        ("Good afternoon! Flat 3 opens at 8", "Good afternoon! Flat 3 opens at 8"),
        ("au mercredi 2 décembre", "au mercredi 2\u00a0décembre"),
        ("9 heureux, 2 sous", "9 heureux, 2 sous"),
    ],
)
def test_no_line_ends_inside_what_belongs_together(written: str, set_as: str) -> None:
    assert set_tight(written) == set_as
