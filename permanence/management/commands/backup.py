"""manage.py backup FILE"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from permanence.backup import BackupRefused, back_up


class Command(BaseCommand):
    """Writes everything this installation keeps into one archive."""

    help = "Write the database and the stored files into one archive, while the product runs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the archive's name."""
        parser.add_argument("file", type=Path, help="the archive to write, such as today.tar.gz")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Back up, or say why not."""
        try:
            back_up(file.absolute(), at=timezone.now())
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{file} holds the database and the stored files. Keep it secret.")
