"""Fetches recordings from the operator, and has its copies deleted.

The address is made here and never taken from a webhook; the account's secret goes nowhere else.
"""

import re
import time
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException, TwilioRestException

from calls.telephony.twilio.api import TIMEOUT_SECONDS, OperatorUnavailable, configured_client

# An MP3 of four hours, the longest that the operator lets a call last.
MOST_BYTES = 64 * 1024 * 1024
MOST_SECONDS = 50
IN_MEMORY = 1024 * 1024
RECORDING_ID = re.compile(r"RE[0-9A-Za-z]{1,62}")
SUFFIXES = {
    "audio/mpeg": ".mp3",
    "audio/mp3": ".mp3",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/wave": ".wav",
}
BEGINNINGS = {".mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"), ".wav": (b"RIFF",)}


@dataclass
class Sound:
    """What was fetched, at its beginning; `suffix` is .mp3 or .wav."""

    file: "SpooledTemporaryFile[bytes]"
    suffix: str


def fetch_recording(recording_id: str) -> Sound:
    """Give a recording's sound; raises OperatorUnavailable, also for what is no sound."""
    if not RECORDING_ID.fullmatch(recording_id):
        raise OperatorUnavailable("that is no recording's name")
    account = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    try:
        with requests.get(
            _address(recording_id), auth=account, timeout=TIMEOUT_SECONDS, stream=True
        ) as response:
            return _sound(response)
    except requests.RequestException as error:
        raise OperatorUnavailable(str(error)) from error


def _address(recording_id: str) -> str:
    base = settings.TWILIO_API_BASE.rstrip("/") or "https://api.twilio.com"
    account = settings.TWILIO_ACCOUNT_SID
    return f"{base}/2010-04-01/Accounts/{account}/Recordings/{recording_id}.mp3"


def _sound(response: requests.Response) -> Sound:
    if response.status_code != 200:
        raise OperatorUnavailable(f"HTTP {response.status_code}")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in SUFFIXES:
        raise OperatorUnavailable(f"content type {kind!r}")
    # Whoever asked closes it.
    file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    try:
        _write_within_bounds(response, file)
        _check_beginning(file, SUFFIXES[kind])
    except BaseException:
        file.close()
        raise
    return Sound(file, SUFFIXES[kind])


def _write_within_bounds(response: requests.Response, file: "SpooledTemporaryFile[bytes]") -> None:
    """Keep the whole answer; a slow or endless one is given up."""
    until = time.monotonic() + MOST_SECONDS
    for piece in response.iter_content(64 * 1024):
        file.write(piece)
        if file.tell() > MOST_BYTES or time.monotonic() > until:
            raise OperatorUnavailable("the recording is too long, or comes too slowly")


def _check_beginning(file: "SpooledTemporaryFile[bytes]", suffix: str) -> None:
    file.seek(0)
    if not file.read(4).startswith(BEGINNINGS[suffix]):
        raise OperatorUnavailable(f"what was sent is no {suffix} file")
    file.seek(0)


def delete_recording(recording_id: str) -> None:
    """Have the operator delete its copy; raises OperatorUnavailable. One that is gone is well."""
    try:
        configured_client().recordings(recording_id).delete()
    except TwilioRestException as error:
        if error.status != 404:
            raise OperatorUnavailable(str(error)) from error
    except (TwilioException, requests.RequestException) as error:
        raise OperatorUnavailable(str(error)) from error
