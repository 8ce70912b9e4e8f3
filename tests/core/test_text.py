"""Text as people search it."""

import pytest

from core.text import folded


@pytest.mark.parametrize(
    ("text", "found_as"),
    [
        ("Hélène LEFÈVRE", "helene lefevre"),
        ("de La Tour d’Auvergne-Rochebrune", "de la tour d auvergne rochebrune"),
        ("Œuvrard  &  Cie", "oeuvrard cie"),
        ("", ""),
    ],
)
def test_names_are_found_without_accents_case_or_punctuation(text: str, found_as: str) -> None:
    assert folded(text) == found_as
