"""The sound of a recording: what nobody said, as long as it lasted."""

from __future__ import annotations

import io
import math
import wave

RATE = 8000
LONGEST_SECONDS = 120


def tone(seconds: int) -> bytes:
    """A WAV file of a soft tone that swells each second."""
    frames = bytearray()
    for index in range(RATE * max(1, min(seconds, LONGEST_SECONDS))):
        swell = math.sin(math.pi * (index % RATE) / RATE)
        frames.append(128 + round(24 * swell * math.sin(2 * math.pi * 330 * index / RATE)))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(RATE)
        sound.writeframes(bytes(frames))
    return file.getvalue()
