"""From a bare checkout to a running town: `make demo`, or `python3 scripts/demo.py`.

SITE_PORT and REGISTRY_PORT choose the ports, VI_DEMO_VAR the folder of the databases;
VI_DEMO_REGISTRY=none runs the town without a registry, its transmission being then by hand.
"""

import os
import signal
import sys
import time
from pathlib import Path

from demo_town import PROJECT, REGISTRY_MANAGE, DemoTown, is_free, last_line
from environment import Trouble, ensure, require_python

WELCOME = """
  Le site       {site}
  La rédaction  {site}admin/
  Le registre   {registry}

  Comptes : admin, webmestre, elu (mot de passe : lunel-demo)

  Ce qui est publié part au registre dans les secondes qui suivent. Ctrl-C arrête tout.
"""
ENDED = {
    "registry": (
        "Le registre s'est arrêté ; le site continue sans lui. Pour le relancer :\n"
        "  VI_REGISTRY_DB={var}/registry.sqlite3 {python} {registry} serve --port {port}"
    ),
    "loop": "La transmission s'est arrêtée ; le site continue. Relancez la démonstration.",
}


def main():
    # Whoever starts it in the background, as scripts do, hands down a Ctrl-C that is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _leave)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, _leave)
    require_python()
    town = DemoTown(
        python=sys.executable,
        site_port=_port("SITE_PORT", 8000),
        registry_port=_port("REGISTRY_PORT", 8001),
        var=Path(os.environ.get("VI_DEMO_VAR", PROJECT / "var")).resolve(),
        by_hand=os.environ.get("VI_DEMO_REGISTRY") == "none",
    )
    for name, port in [("SITE_PORT", town.site_port), ("REGISTRY_PORT", town.registry_port)]:
        if not is_free(port):
            raise Trouble(
                f"Le port {port} est déjà pris. Pour en choisir un autre : "
                f"{name}={port + 100} make demo"
            )
    town.python = str(ensure("pdf"))
    try:
        _start(town)
        _watch(town)
    finally:
        # A second Ctrl-C must not leave half of them running.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        town.stop()


def _start(town):
    print("Préparation de la ville de démonstration…", flush=True)
    town.prepare()
    if not town.by_hand:
        town.start_registry()
    first = town.sync("--now")
    print(last_line(first.stdout) or last_line(first.stderr), flush=True)
    town.start_site()
    registry = "aucun : transmission à la main" if town.by_hand else town.registry_url
    print(WELCOME.format(site=town.site_url, registry=registry), flush=True)
    town.start_loop()


def _watch(town):
    """Until somebody stops it or the site ends."""
    while True:
        for name in town.ended():
            if name == "site":
                raise Trouble(f"Le site s'est arrêté. Le détail est dans {town.log('site')}")
            print(
                ENDED[name].format(
                    var=town.var,
                    python=town.python,
                    registry=REGISTRY_MANAGE,
                    port=town.registry_port,
                ),
                flush=True,
            )
        time.sleep(0.5)


def _port(name, default):
    value = os.environ.get(name) or str(default)
    if not (value.isdigit() and 0 < int(value) < 65536):
        raise Trouble(f"{name}={value} n'est pas un port : donnez un nombre entre 1 et 65535.")
    return int(value)


def _leave(*_):
    sys.exit(0)


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        print("\nTout est arrêté.")
