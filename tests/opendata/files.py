"""The files, asked for as anybody may."""

import csv
import io
import json
from typing import Any

from django.http import HttpResponseBase
from django.test import Client

from tests.factories import Town

ROOT = "/villes-internet/"
FILES = ("label.json", "labels.csv", "services.json", "services.csv")


def get(town: Town, name: str, client: Client | None = None, **headers) -> HttpResponseBase:
    client = client or Client()
    return client.get(ROOT + name, headers={"host": town.site.hostname, **headers})


def text(response: HttpResponseBase) -> str:
    return b"".join(response).decode()


def document(town: Town, name: str) -> dict[str, Any]:
    """What a JSON file holds."""
    return json.loads(text(get(town, name)))


def lines(town: Town, name: str) -> list[dict[str, str]]:
    """The lines of a CSV file, by the name of the column, their cells as they are written."""
    return list(csv.DictReader(io.StringIO(text(get(town, name)), newline="")))
