"""Visits addresses of the host as somebody who never logged in; prints the answers as JSON."""

import json

from django.core.management.base import BaseCommand
from django.test import Client


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+")

    def handle(self, paths, **options):
        answers = {}
        for path in paths:
            response = Client(SERVER_NAME="localhost").get(path)
            answers[path] = {
                "status": response.status_code,
                "location": response.headers.get("Location", ""),
                "vary": response.headers.get("Vary", ""),
                "body": response.content.decode(),
            }
        self.stdout.write(json.dumps(answers))
