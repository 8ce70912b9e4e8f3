"""Writes static/sounds/waiting.wav: our own waiting music, a slow arpeggio of sixteen seconds.

Telephones carry 8,000 samples a second of eight bits; nothing finer reaches the ear.
"""

import math
import wave
from pathlib import Path

RATE = 8000
NOTE_SECONDS = 0.5
# Four chords, each broken upwards and downwards: C, A minor, F, G, as semitones from A 220 Hz.
CHORDS = [(3, 7, 10, 15), (0, 3, 7, 12), (-4, 0, 3, 8), (-2, 2, 5, 10)]
UP_AND_DOWN = (0, 1, 2, 3, 2, 1, 2, 1)
LOUDNESS = 40
FILE = Path(__file__).parent.parent / "static" / "sounds" / "waiting.wav"


def sample(index: int, notes: list[int]) -> float:
    """One instant: each note rings on, fading, while the next ones begin."""
    at = index / RATE
    current = int(at / NOTE_SECONDS)
    total = 0.0
    for back in range(4):
        number = current - back
        since = at - number * NOTE_SECONDS
        frequency = 220 * 2 ** (notes[number % len(notes)] / 12)
        attack = min(1.0, since / 0.02)
        total += attack * math.exp(-3 * since) * math.sin(2 * math.pi * frequency * since)
    return total / 2


def main() -> None:
    """Write the file."""
    notes = [chord[place] for chord in CHORDS for place in UP_AND_DOWN]
    count = round(RATE * NOTE_SECONDS * len(notes))
    frames = bytes(128 + round(LOUDNESS * sample(index, notes)) for index in range(count))
    with wave.open(str(FILE), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(RATE)
        sound.writeframes(frames)


if __name__ == "__main__":
    main()
