"""Makes the database of a test's installation and fills it with the demonstration's people.

Run as a program, in the installation's own environment.
"""

import django


def main() -> None:
    """Migrate and seed."""
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from calls.models import LineSchedule
    from permanence.demo.seed import seed

    call_command("migrate", interactive=False, verbosity=0)
    seed(timezone.now())
    # Its lines ring whoever answers at any hour, so that the tests pass by night as by day.
    LineSchedule.objects.all().delete()


if __name__ == "__main__":
    main()
