"""django-appointment's side of the comparison: W1 with 2,000 appointments.

Run by its own environment's Python. What it can't express is put the way its own tables allow:
one range a day (9–18), so lunch and the emergency hour are one unavailability each per day; a
configuration row is there, so that it is cached as the package intends.
"""

# Types of this package aren't known to the product's environment.
# mypy: ignore-errors

import logging
import sys
from datetime import date, datetime, time, timedelta

import django
from django.conf import settings

from benchmarks.processes.lines import serve
from tests.agenda import workload

TOTAL = 2000
APPS = ("auth", "contenttypes", "messages", "sessions", "admin")


def configure(folder: str) -> None:
    settings.configure(
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/w1.sqlite3"}
        },
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in APPS), "appointment"],
        SECRET_KEY="only here",
        USE_TZ=True,
        TIME_ZONE="Europe/Paris",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        MIGRATION_MODULES={"appointment": None},
        ROOT_URLCONF="appointment.urls",
        LOGGING_CONFIG=None,
    )
    django.setup()


def make():
    """Write W1 into its tables and return the practitioner and the service."""
    from appointment.models import Config, DayOff, Service, StaffMember, WorkingHours
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    Config.objects.create(slot_duration=20, lead_time=time(9), finish_time=time(18))
    service = Service.objects.create(name="Consultation", duration=workload.STEP, price=0)
    user = get_user_model().objects.create(username="martin", first_name="Paul")
    staff = StaffMember.objects.create(
        user=user, slot_duration=20, appointment_buffer_time=0, lead_time=time(9)
    )
    staff.services_offered.add(service)
    for weekday in range(1, 6):  # 0 is Sunday
        WorkingHours.objects.create(
            staff_member=staff, day_of_week=weekday, start_time=time(9), end_time=time(18)
        )
    for day in (date(2027, 3, 22), date(2027, 3, 29)):
        DayOff.objects.create(staff_member=staff, start_date=day, end_date=day)
    make_unavailabilities(staff)
    make_appointments(staff, service, user)
    return staff, service


def days() -> list[date]:
    count = (workload.END_DAY - workload.FIRST_DAY).days
    return [workload.FIRST_DAY + timedelta(days=n) for n in range(count)]


def make_unavailabilities(staff) -> None:
    from appointment.models import Unavailability

    spans = [(day, time(11), time(12)) for day in days()]
    spans += [(day, time(12), time(14)) for day in days()]
    spans.append((date(2027, 4, 1), time(14), time(18)))
    for day, start, end in spans:
        Unavailability.objects.create(staff_member=staff, date=day, start_time=start, end_time=end)


def make_appointments(staff, service, client) -> None:
    from appointment.models import Appointment, AppointmentRequest

    requests = [
        AppointmentRequest(
            date=start.date(),
            start_time=start.time(),
            end_time=(start + workload.STEP).time(),
            service=service,
            staff_member=staff,
            id_request=str(number),
        )
        for number, start in enumerate(workload.appointment_starts(TOTAL))
    ]
    made = AppointmentRequest.objects.bulk_create(requests)
    Appointment.objects.bulk_create(
        [
            Appointment(client=client, appointment_request=request, id_request=request.id_request)
            for request in made
        ]
    )


def slots(staff, service) -> list[datetime]:
    """Return the free slots of the thirty days, as its pages ask for them, day by day."""
    from appointment.services import get_available_slots_for_staff

    found: list[datetime] = []
    for day in days():
        weekday = (day.weekday() + 1) % 7
        found += get_available_slots_for_staff(day, staff, weekday, service=service)
    return found


def main() -> None:
    logging.disable()  # it says on standard output what it misses
    configure(sys.argv[1])
    from django.utils import timezone

    timezone.now = lambda: workload.FIRST  # W1 is asked on its first day, whatever today is
    staff, service = make()
    found = slots(staff, service)
    assert len(found) == workload.FREE_SLOTS, len(found)
    assert found[:5] == workload.FIRST_FREE, found[:5]
    serve(lambda: slots(staff, service))


main()
