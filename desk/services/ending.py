"""The end of the work on a call."""

from datetime import datetime

from django.db import transaction

from calls.models import Call
from calls.services import set_disposition
from clients.models import User
from messages_app.models import CallFile
from messages_app.services.files import close_file, holds_something
from messages_app.services.voicemails import set_voicemail_aside


@transaction.atomic
def end_work(*, call: Call, disposition: str, by: User, at: datetime) -> bool:
    """Say what came of a call and close its file; False where a draft keeps the file to finish."""
    set_disposition(call=call, disposition=disposition, by=by, at=at)
    file = CallFile.objects.filter(call=call).first()
    if file is not None and holds_something(file):
        return False
    if not call.is_open:
        end_voicemail(call=call, by=by, at=at)
    return True


@transaction.atomic
def end_voicemail(*, call: Call, by: User, at: datetime) -> None:
    """End the work on a call; a voicemail of which nothing was noted is listed no more."""
    close_file(call=call, by=by, at=at)
    set_voicemail_aside(call=call, by=by, at=at)
