from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry import backups


class Command(BaseCommand):
    help = "Copie tout le registre dans un nouveau fichier, même pendant qu'il est servi."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, file: Path, **options: object) -> None:
        try:
            backups.backup(file)
        except backups.CannotCopy as error:
            raise CommandError(f"Copie impossible : {error}") from error
        self.stdout.write(str(file))
