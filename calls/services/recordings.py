"""Keeps what callers left on the machine, and conversations where a line records them.

The table is the queue: `Recording.next_attempt_at` says what is still to be done. A webhook wakes
the worker, a sweep finds what a lost wake-up left.
"""

import logging
from datetime import datetime, timedelta

from celery import current_app
from django.core.files import File
from django.db import transaction
from django.db.models import F, QuerySet

from calls.facts import VoicemailLeft
from calls.models import Call, Recording
from calls.rules.lifecycle import SHORTEST_VOICEMAIL
from calls.services.live import publish_call
from calls.telephony.events import ProviderRecording
from calls.telephony.twilio import recordings as operator
from calls.telephony.twilio.api import OperatorUnavailable
from clients.models import Client
from core.after_commit import after_commit
from core.facts import emit
from core.purging import in_batches

logger = logging.getLogger(__name__)

SWEEP_TASK = "calls.tasks.sweep_recordings"
# Who works on one has so long; then another may.
LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=6)
# About three days of trying.
MOST_ATTEMPTS = 20
AT_ONCE = 20
UNANSWERED = (Call.Ending.MISSED, Call.Ending.ABANDONED, Call.Ending.FAILED)


@transaction.atomic
def note_recording(*, call: Call, heard: ProviderRecording, kind: str, at: datetime) -> Recording:
    """Keep that the operator has a recording; told again, it changes nothing but the haste.

    A voicemail tells the apps above, and names the ending of a call that ended before it was known.
    """
    locked = Call.objects.select_for_update(of=("self",)).select_related("client")
    call = locked.get(pk=call.pk)
    recording, is_new = Recording.objects.get_or_create(
        provider=heard.provider,
        provider_id=heard.recording_id,
        defaults={
            "call": call,
            "kind": kind,
            "seconds": heard.seconds,
            "recorded_at": max(at - timedelta(seconds=heard.seconds), call.started_at),
            "state": _first_state(kind, heard.seconds),
            "next_attempt_at": at if heard.is_ready else at + FIRST_PAUSE,
        },
    )
    if is_new and kind == Recording.Kind.VOICEMAIL:
        _tell_voicemail(call, recording)
    if heard.is_ready:
        _hasten(recording, at)
    return recording


def _first_state(kind: str, seconds: int) -> str:
    too_short = timedelta(seconds=seconds) < SHORTEST_VOICEMAIL
    is_click = kind == Recording.Kind.VOICEMAIL and too_short
    return Recording.State.TOO_SHORT if is_click else Recording.State.WAITING


def _tell_voicemail(call: Call, recording: Recording) -> None:
    if recording.state == Recording.State.TOO_SHORT:
        return
    if call.ending in UNANSWERED:
        call.ending = Call.Ending.VOICEMAIL
        call.save(update_fields=["ending"])
    if call.left_alone_at is not None:
        # His words are on the list.
        call.left_alone_at = None
        call.save(update_fields=["left_alone_at"])
    publish_call(call)
    emit(
        VoicemailLeft(
            call_id=call.pk,
            call_uuid=call.uuid,
            client_uuid=call.client.uuid,
            recording_id=recording.pk,
        )
    )


def _hasten(recording: Recording, at: datetime) -> None:
    untouched = Recording.objects.filter(pk=recording.pk, attempts=0, next_attempt_at__gt=at)
    untouched.update(next_attempt_at=at)
    after_commit(current_app.send_task, SWEEP_TASK, retry=False)


def sweep_recordings(*, at: datetime) -> int:
    """Fetch what is to be fetched, have copies deleted that are no more needed; give how many."""
    due = Recording.objects.filter(next_attempt_at__lte=at).order_by("next_attempt_at", "pk")
    return sum(_work_on(one, at) for one in due.select_related("call__client")[:AT_ONCE])


def _work_on(recording: Recording, at: datetime) -> bool:
    """Do what one needs; False where another process has it, or the operator can't be asked."""
    same = Recording.objects.filter(pk=recording.pk, next_attempt_at=recording.next_attempt_at)
    if not same.update(next_attempt_at=at + LEASE, attempts=F("attempts") + 1):
        return False
    try:
        if recording.state == Recording.State.WAITING:
            _fetch(recording, at)
        else:
            operator.delete_recording(recording.provider_id)
            _still(recording).update(copy_deleted_at=at, next_attempt_at=None, attempts=0)
    except OperatorUnavailable as error:
        _try_later(recording, error, at)
        return False
    return True


def _still(recording: Recording) -> QuerySet[Recording]:
    return Recording.objects.filter(pk=recording.pk, state=recording.state)


def _fetch(recording: Recording, at: datetime) -> None:
    """Keep the sound in a file of ours; only then may the operator's copy go."""
    sound = operator.fetch_recording(recording.provider_id)
    field = recording.file
    with sound.file as content:
        name = field.field.generate_filename(recording, f"{recording.uuid.hex}{sound.suffix}")
        stored = field.storage.save(name, File(content))
    kept = {"state": Recording.State.KEPT, "file": stored, "attempts": 0, "next_attempt_at": at}
    if _still(recording).update(**kept):
        publish_recording(recording)
    else:
        # It was forgotten while it was fetched.
        field.storage.delete(stored)


def publish_recording(recording: Recording) -> None:
    """Let open screens know that a recording can be heard, or no more."""
    publish_call(recording.call)


def _try_later(recording: Recording, error: OperatorUnavailable, at: datetime) -> None:
    tried = recording.attempts + 1
    logger.warning("recording %s, try %d: %s", recording.provider_id, tried, error)
    if recording.state == Recording.State.WAITING and tried >= MOST_ATTEMPTS:
        _still(recording).update(state=Recording.State.LOST, next_attempt_at=None)
        publish_recording(recording)
        return
    pause = min(FIRST_PAUSE * 3 ** min(tried, 12), LONGEST_PAUSE)
    _still(recording).update(next_attempt_at=at + pause)


def forget_recordings(*, at: datetime) -> int:
    """Delete the files whose client's period is over, and have the operator's copies deleted."""
    periods = Client.objects.order_by().values_list("recordings_days", flat=True).distinct()
    return sum(
        in_batches(_past(days, at), lambda rows: _forget_each(rows, at)) for days in list(periods)
    )


def _past(days: int, at: datetime) -> QuerySet[Recording]:
    over = Recording.objects.filter(
        call__client__recordings_days=days, recorded_at__lt=at - timedelta(days=days)
    )
    return over.exclude(state__in=(Recording.State.FORGOTTEN, Recording.State.TOO_SHORT))


def _forget_each(rows: QuerySet[Recording], at: datetime) -> None:
    for recording in rows:
        if recording.file.name:
            recording.file.storage.delete(recording.file.name)
        recording.file = ""
        recording.state = Recording.State.FORGOTTEN
        recording.attempts = 0
        recording.next_attempt_at = None if recording.copy_deleted_at else at
        recording.save(update_fields=["file", "state", "attempts", "next_attempt_at"])
