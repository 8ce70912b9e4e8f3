"""Notes whether a person wants confirmations and reminders."""

from datetime import datetime

from django.db import transaction

from clients.models import Correspondent, User
from clients.services.audit import record_audit
from messages_app.models import AppointmentNotice, StoppedAddress
from messages_app.queries.notices import first_reached


@transaction.atomic
def note_agreement(
    *, person: Correspondent, agrees: bool, by: User | None, at: datetime
) -> Correspondent:
    """Keep what the person answered, and when; who agrees anew also takes back her own stop."""
    answer = Correspondent.Texts.AGREED if agrees else Correspondent.Texts.REFUSED
    if agrees:
        numbers = [str(one.number) for one in person.numbers.all()]
        stopped = StoppedAddress.objects.filter(client_id=person.client_id)
        stopped.filter(address__in=[*numbers, person.email]).delete()
    if person.texts != answer:
        person.texts, person.texts_answered_at = answer, at
        person.save(update_fields=["texts", "texts_answered_at"])
        record_audit(
            by=by,
            action=f"correspondent.texts_{answer}",
            target=person,
            client=person.client,
            at=at,
        )
    return person


def agree(*, patient: Correspondent, caller: Correspondent | None, by: User, at: datetime) -> None:
    """Note the agreement of the one of them who will be written to."""
    person, _reach = first_reached(patient, caller)
    if person is not None:
        note_agreement(person=person, agrees=True, by=by, at=at)


@transaction.atomic
def stop_texts(*, notice: AppointmentNotice, at: datetime) -> None:
    """Write no more to the addresses to which this notice went."""
    addresses = notice.deliveries.order_by("address").values_list("address", flat=True).distinct()
    for address in addresses:
        StoppedAddress.objects.get_or_create(
            client_id=notice.client_id, address=address, defaults={"at": at}
        )
    record_audit(by=None, action="notice.stopped", target=notice, client=notice.client, at=at)
