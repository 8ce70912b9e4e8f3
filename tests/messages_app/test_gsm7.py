"""French in the SMS alphabet, and what it costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages_app.rules.gsm7 import is_gsm7, segments, shorten, transliterate

# 3GPP TS 23.038, table 6.2.1, by code 0x00–0x7F (0x1B is the escape itself).
STANDARD_TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


def test_the_standard_table_is_the_alphabet() -> None:
    assert len(STANDARD_TABLE) == 128
    assert all(is_gsm7(letter) for letter in STANDARD_TABLE.replace("\x1b", ""))


@pytest.mark.parametrize("letter", "çêâîôûëïœÀÈÊ«»’…–° \u00a0\u202f".replace(" ", ""))
def test_these_french_characters_are_outside_the_alphabet(letter: str) -> None:
    assert not is_gsm7(letter)


@pytest.mark.parametrize("letter", "àéèùäöüÉÇ€")
def test_these_french_characters_stay_as_they_are(letter: str) -> None:
    assert transliterate(letter) == letter


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Maître Lefèvre : reçu", "Maitre Lefèvre : recu"),
        ("« Bonjour »", '"Bonjour"'),
        ("«\u202fBonjour\u00a0»", '"Bonjour"'),
        ("Hélène a appelé…", "Hélène a appelé..."),
        ("l’œuvre n° 5", "l'oeuvre no 5"),
        ("9 h – 12 h", "9 h - 12 h"),
        ("ÀÈÊ", "AEE"),
        ("9\u202fh\u00a040", "9 h 40"),
        ("ﬁn", "fin"),
        ("a\u200bb", "ab"),
        ("e\u0301te\u0301", "ete"),
        ("李", "?"),
    ],
)
def test_transliterate_keeps_the_sense(written: str, sent: str) -> None:
    assert transliterate(written) == sent


@given(st.text(max_size=80))
def test_a_transliterated_text_is_always_inside_the_alphabet(text: str) -> None:
    assert is_gsm7(transliterate(text))


@given(st.text(max_size=80))
def test_transliterating_twice_changes_nothing_more(text: str) -> None:
    assert transliterate(transliterate(text)) == transliterate(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("ç" * 134, 2),
        ("ç" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments_counts_what_the_operator_bills(text: str, count: int) -> None:
    assert segments(text) == count


def test_segments_never_cuts_a_double_letter_in_two() -> None:
    # 152 letters leave one septet in the first segment: the euro, two wide, must begin the second.
    text = "a" * 152 + "€" + "a" * 151

    assert (segments(text), segments(text + "a")) == (2, 3)


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("Greffe TJ", 20, "Greffe TJ"),
        ("Greffe   du\ntribunal", 40, "Greffe du tribunal"),
        ("Greffe du tribunal judiciaire", 22, "Greffe du tribunal..."),
        ("Anticonstitutionnellement", 10, "Anticon..."),
    ],
)
def test_shorten_cuts_at_a_word(text: str, length: int, short: str) -> None:
    assert shorten(text, length) == short


@given(st.text(max_size=120), st.integers(min_value=4, max_value=60))
def test_shorten_never_exceeds_its_length(text: str, length: int) -> None:
    assert len(shorten(text, length)) <= length
