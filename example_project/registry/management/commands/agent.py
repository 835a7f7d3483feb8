import argparse
import json
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError
from django.utils import timezone

from registry import agent


def opening_instant(text: str) -> datetime:
    return _instant(text, time(0, 0))


def closing_instant(text: str) -> datetime:
    return _instant(text, time(23, 59, 59))


def _instant(text: str, of_a_day: time) -> datetime:
    """A day, or an instant; without an offset, that of Paris. Raises `ValueError`."""
    instant = datetime.fromisoformat(text)
    if len(text) == len("AAAA-MM-JJ"):
        instant = datetime.combine(instant, of_a_day)
    return timezone.make_aware(instant) if timezone.is_naive(instant) else instant


class Command(BaseCommand):
    help = "Ce que fait l'association à son registre, sans qu'un site l'ait demandé."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)

        edit = actions.add_parser("edit", help="change un champ d'un service")
        edit.add_argument("siren")
        edit.add_argument("id")
        edit.add_argument("--field", required=True)
        edit.add_argument("--value", required=True)
        edit.add_argument("--json", action="store_true", help="la valeur est du JSON")

        delete = actions.add_parser("delete", help="retire un service")
        delete.add_argument("siren")
        delete.add_argument("id")

        award = actions.add_parser("add-award", help="publie ou remplace un label obtenu")
        award.add_argument("siren")
        award.add_argument("year", type=int)
        award.add_argument("--level", type=int)
        award.add_argument("--standing", default="labelled", choices=agent.STANDINGS)
        award.add_argument("--id", default="")
        award.add_argument("--source-url", default="")

        withdraw = actions.add_parser("withdraw-award", help="retire un label obtenu")
        withdraw.add_argument("siren")
        withdraw.add_argument("id")

        opening = actions.add_parser("open-edition", help="ouvre une édition, dès maintenant")
        opening.add_argument("year", type=int)
        opening.add_argument("--closes-at", type=closing_instant, metavar="JOUR")

        closing = actions.add_parser("close-edition", help="ferme une édition, dès maintenant")
        closing.add_argument("year", type=int)

        edition = actions.add_parser(
            "edition",
            help="ajoute une édition, ou en change les dates",
            description="Un jour vaut, à Paris, de 00:00:00 pour ouvrir à 23:59:59 pour fermer.",
        )
        edition.add_argument("year", type=int)
        edition.add_argument("--opens-at", type=opening_instant, metavar="JOUR")
        edition.add_argument("--closes-at", type=closing_instant, metavar="JOUR")
        edition.add_argument("--ceremony-on", type=date.fromisoformat, metavar="JOUR")
        edition.add_argument("--place")
        edition.add_argument("--published", action=argparse.BooleanOptionalAction)

        filing = actions.add_parser("file-dossier", help="inscrit un dossier reçu autrement")
        filing.add_argument("siren")
        filing.add_argument("year", type=int)
        filing.add_argument("file", type=Path)

        matrix = actions.add_parser("publish-matrix", help="publie ou corrige une matrice")
        matrix.add_argument("file", type=Path)

        authorities = actions.add_parser(
            "add-authorities", help='ajoute des collectivités : [{"siren", "name", "token", …}]'
        )
        authorities.add_argument("file", type=Path)

        issue = actions.add_parser("issue-token", help="accepte un jeton de plus")
        issue.add_argument("name")
        issue.add_argument("token")
        issue.add_argument("sirens", nargs="+")

        retire = actions.add_parser("retire-token", help="met fin à un jeton")
        retire.add_argument("name")
        retire.add_argument("--hours", type=float, default=24)

        prune = actions.add_parser("prune", help="oublie les vieux retraits et les vieilles clés")
        prune.add_argument("--tombstones-older-than-days", type=float, default=400)

    def handle(self, *args: object, action: str, **options: object) -> None:
        run = getattr(self, "run_" + action.replace("-", "_"))
        try:
            self.stdout.write(str(run(options)))
        except agent.Refused as error:
            raise CommandError(f"Refusé : {error}") from error
        except (ObjectDoesNotExist, IntegrityError, OSError, ValueError, KeyError) as error:
            raise CommandError(f"Impossible : {error}") from error

    def run_edit(self, options: dict) -> object:
        value = json.loads(options["value"]) if options["json"] else options["value"]
        return agent.edit_service(options["siren"], options["id"], {options["field"]: value})

    def run_delete(self, options: dict) -> object:
        return agent.delete_service(options["siren"], options["id"])

    def run_add_award(self, options: dict) -> object:
        return agent.publish_award(
            options["siren"],
            options["year"],
            standing=options["standing"],
            level=options["level"],
            award_id=options["id"],
            source_url=options["source_url"],
        )

    def run_withdraw_award(self, options: dict) -> object:
        agent.withdraw_award(options["siren"], options["id"])
        return options["id"]

    def run_open_edition(self, options: dict) -> object:
        return agent.open_edition(options["year"], closes_at=options["closes_at"])

    def run_close_edition(self, options: dict) -> object:
        return agent.close_edition(options["year"])

    def run_edition(self, options: dict) -> object:
        names = ("opens_at", "closes_at", "ceremony_on", "place", "published")
        given = {name: options[name] for name in names if options[name] is not None}
        return agent.publish_edition(options["year"], **given)

    def run_file_dossier(self, options: dict) -> object:
        return agent.file_dossier(options["siren"], options["year"], options["file"].read_bytes())

    def run_publish_matrix(self, options: dict) -> object:
        return agent.publish_matrix(json.loads(options["file"].read_text(encoding="utf-8")))

    def run_add_authorities(self, options: dict) -> object:
        rows = json.loads(options["file"].read_text(encoding="utf-8"))
        return agent.add_authorities(rows)

    def run_issue_token(self, options: dict) -> object:
        return agent.issue_token(options["name"], options["token"], options["sirens"])

    def run_retire_token(self, options: dict) -> object:
        return agent.retire_token(options["name"], after=timedelta(hours=options["hours"]))

    def run_prune(self, options: dict) -> object:
        age = timedelta(days=options["tombstones_older_than_days"])
        tombstones, answers = agent.prune(tombstones_before=timezone.now() - age)
        return f"{tombstones} retraits, {answers} clés"
