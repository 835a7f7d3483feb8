from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry import backups


class Command(BaseCommand):
    help = (
        "Remet le registre dans l'état d'une copie, même pendant qu'il est servi. "
        "Son époque change : chaque site relit tout."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, file: Path, **options: object) -> None:
        try:
            epoch = backups.restore(file)
        except backups.CannotCopy as error:
            raise CommandError(f"Retour impossible : {error}") from error
        self.stdout.write(epoch)
