"""Sounds for a browser that asks for a part at a time (RFC 9110, section 14)."""

import re
from typing import IO

from django.http import HttpRequest, HttpResponse

# What one answer carries at most: a player asks for the rest by itself, and a long conversation
# never stands in memory.
PART = 1024 * 1024
ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def sound_response(
    request: HttpRequest, file: IO[bytes], size: int, content_type: str
) -> HttpResponse:
    """Answer with the part of a file that is asked for, or with its first; nobody may keep it.

    206 with a part, 416 for one that does not exist. Without a Range, the whole of a small file.
    """
    asked = request.headers.get("Range", "")
    wanted = _wanted(asked, size)
    if wanted is None:
        answer = HttpResponse(status=416)
        answer.headers["Content-Range"] = f"bytes */{size}"
    elif not asked and size <= PART:
        answer = HttpResponse(file.read(size), content_type=content_type)
    else:
        first, last = wanted[0], min(wanted[1], wanted[0] + PART - 1)
        file.seek(first)
        answer = HttpResponse(file.read(last - first + 1), content_type=content_type, status=206)
        answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _wanted(asked: str, size: int) -> tuple[int, int] | None:
    """Read the first and the last byte wanted; None where there are none.

    What can't be understood, several ranges among it, asks for everything.
    """
    found = ONE_RANGE.fullmatch(asked.strip())
    if found is None or not any(found.groups()):
        return 0, size - 1
    if not found[1]:
        return (max(0, size - int(found[2])), size - 1) if int(found[2]) else None
    first = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    return (first, last) if first <= last else None
