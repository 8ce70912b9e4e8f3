"""How many SMS segments a text takes, by the GSM alphabet or else by UCS-2."""

from __future__ import annotations

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")


def segment_count(text: str) -> int:
    """1 segment of 160 GSM characters or 70 others, then 153 or 67 for each part."""
    if all(character in GSM_BASIC or character in GSM_EXTENDED for character in text):
        length = sum(2 if character in GSM_EXTENDED else 1 for character in text)
        return _parts(length, 160, 153)
    return _parts(len(text.encode("utf-16-le")) // 2, 70, 67)


def _parts(length: int, alone: int, chained: int) -> int:
    return 1 if length <= alone else -(-length // chained)
