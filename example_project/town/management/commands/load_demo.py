from django.core.management.base import BaseCommand

from town.load import load


class Command(BaseCommand):
    help = "Crée la ville de démonstration ; ce que l'on y a changé depuis est gardé."

    def handle(self, *args, **options):
        self.stdout.write("Ville créée." if load() else "La ville était déjà là.")
