"""manage.py restore FILE"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from permanence.backup import BackupRefused, restore


class Command(BaseCommand):
    """Puts an archive of `backup` in place."""

    help = "Restore an archive made by backup. Stop web processes, workers and beat first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the archive's name, and the leave to erase."""
        parser.add_argument("file", type=Path, help="an archive made by backup")
        parser.add_argument(
            "--replace", action="store_true", help="erase what this installation holds"
        )

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        """Restore, or say why not."""
        try:
            about = restore(file.absolute(), replace=replace)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Restored what was kept on {about.made_at}.")
