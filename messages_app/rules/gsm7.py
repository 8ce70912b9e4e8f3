"""How a text fits into SMS segments, and how French is brought into their alphabet.

Alphabet and escape table: 3GPP TS 23.038. One letter outside it turns the whole text into UCS-2,
which leaves 70 characters instead of 160.
"""

import re
import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = frozenset("^{}\\[~]|€\f")

SUBSTITUTES = {
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "‹": "'",
    "›": "'",
    "–": "-",
    "—": "-",
    "−": "-",
    "‑": "-",
    "•": "-",
    "·": ".",
    "…": "...",
    "°": "o",
    "º": "o",
    "ª": "a",
    "œ": "oe",
    "Œ": "OE",
    "×": "x",
    "→": "->",
    "✓": "OK",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
    "þ": "th",
    "ð": "d",
}
UNKNOWN = "?"

_BREAKS = re.compile(r"[ \t\r\n\f\v]+")
_QUOTED_SPACES = re.compile(r"(?<=«)\s+|\s+(?=»)")


def is_gsm7(text: str) -> bool:
    """Every character travels in the 7-bit alphabet."""
    return all(letter in BASIC or letter in ESCAPED for letter in text)


def transliterate(text: str) -> str:
    """The nearest text in the 7-bit alphabet: accents it lacks fall, guillemets become quotes."""
    return "".join(_letter(letter) for letter in _QUOTED_SPACES.sub("", text))


def _letter(letter: str) -> str:
    if letter in BASIC or letter in ESCAPED:
        return letter
    if letter in SUBSTITUTES:
        return SUBSTITUTES[letter]
    if letter.isspace():
        return " "
    if unicodedata.category(letter) in {"Cf", "Cc", "Mn"}:
        return ""
    return _without_accent(letter)


def _without_accent(letter: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letter)
    kept = "".join(part for part in decomposed if part in BASIC or part in ESCAPED)
    return kept or UNKNOWN


def segments(text: str) -> int:
    """How many SMS the text costs: 160/153 septets each, or 70/67 UTF-16 units outside GSM-7."""
    if not is_gsm7(text):
        units = [len(letter.encode("utf-16-be")) // 2 for letter in text]
        return _packed(units, alone=70, joined=67)
    return _packed([2 if letter in ESCAPED else 1 for letter in text], alone=160, joined=153)


def _packed(widths: list[int], *, alone: int, joined: int) -> int:
    """A letter two units wide is never cut between two segments."""
    if sum(widths) <= alone:
        return 1
    count, filled = 1, 0
    for width in widths:
        if filled + width > joined:
            count, filled = count + 1, 0
        filled += width
    return count


def one_line(text: str) -> str:
    """The text without line breaks or double spaces; no-break spaces stay."""
    return _BREAKS.sub(" ", text).strip()


def shorten(text: str, length: int) -> str:
    """At most `length` characters on one line, cut at a word where there is one, then dots."""
    line = one_line(text)
    if len(line) <= length:
        return line
    cut = line[: length - 3]
    whole_words = cut.rsplit(" ", 1)[0] if " " in cut else cut
    return f"{whole_words.rstrip(' ,;:.')}..."
