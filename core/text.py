"""Text as people search it."""

import unicodedata


def folded(text: str) -> str:
    """Give a text without accents, case or punctuation, words separated by one space."""
    ligatures = text.casefold().replace("œ", "oe").replace("æ", "ae")
    letters = (
        character if character.isalnum() else " "
        for character in unicodedata.normalize("NFKD", ligatures)
        if not unicodedata.combining(character)
    )
    return " ".join("".join(letters).split())
