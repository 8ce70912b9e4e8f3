"""Text as people search it, and as they read it."""

import re
import unicodedata

NARROW = "\N{NARROW NO-BREAK SPACE}"
FIRM = "\N{NO-BREAK SPACE}"
TELEPHONE = re.compile(r"(?<!\d)0\d(?: \d\d){4}(?!\d)")
# Letters of our neighbours that Unicode does not take apart.
PLAIN = str.maketrans(
    {"œ": "oe", "æ": "ae", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
UNITS = "ans?|mois|jours?|heures?|minutes?|min|h|s|m|km"
UNIT = re.compile(rf"(?<=\d) (?=(?:{UNITS}|{MONTHS})\b|[€°%])")


def folded(text: str) -> str:
    """Give a text without accents, case or punctuation, words separated by one space."""
    letters = (
        character if character.isalnum() else " "
        for character in unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
        if not unicodedata.combining(character)
    )
    return " ".join("".join(letters).split())


def set_tight(text: str) -> str:
    """Make the spaces of a written text that no line may end at unbreakable; change nothing else.

    Those before ; : ! ? » and after « (narrow), between a number and its unit or month, and those
    of a telephone number. A space is never added: English, which has none there, stays as it was.
    """
    text = re.sub(r" (?=[;:!?»])", NARROW, text).replace("« ", "«" + NARROW)
    text = TELEPHONE.sub(lambda number: number.group().replace(" ", FIRM), text)
    return UNIT.sub(FIRM, text)
