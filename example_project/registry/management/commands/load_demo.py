from django.core.management.base import BaseCommand

from registry import demo


class Command(BaseCommand):
    help = "Charge les données de la démonstration, une seule fois : ce qui a changé depuis reste."

    def handle(self, *args: object, **options: object) -> None:
        loaded = demo.load()
        self.stdout.write(
            f"Registre de démonstration : {', '.join(loaded)}."
            if loaded
            else "Registre de démonstration : tout est déjà chargé."
        )
