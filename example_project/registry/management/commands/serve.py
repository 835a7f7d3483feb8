import errno
import signal
import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from registry.server import make_server


class Command(BaseCommand):
    help = "Sert le registre jusqu'à Ctrl-C (SIGINT) ou SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8001)

    def handle(self, *args: object, host: str, port: int, **options: object) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("La base n'est pas prête : lancez d'abord migrate, puis load_demo.")
        try:
            server = make_server(host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Le port {port} est déjà pris : arrêtez ce qui l'occupe, ou choisissez-en "
                    "un autre avec --port."
                ) from None
            raise CommandError(f"Impossible d'écouter sur {host}:{port} : {error}.") from None
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)
        shown = f"[{host}]" if ":" in host else host
        self.stdout.write(f"Registre de démonstration : http://{shown}:{server.server_port}/")
        self.stdout.flush()
        with server:
            server.serve_forever()


def _stop(signum: int, frame: object) -> None:
    sys.exit(0)
