"""A town that prepares its yearly dossier at the desk, and the words that tests of it need."""

from django.test import Client

from tests.factories import Town

YEAR = 2027
URL = f"/admin/villes-internet/dossier/{YEAR}/"


def begin(town: Town, services: int = 1, **fields):
    """The dossier of `YEAR` of that town, begun by its webmestre, with services that count."""
    for number in range(services):
        town.service(**{"title": f"Service {number:03}", **fields})
    posted(town, town.webmestre, "commencer/")
    return town.authority.dossiers.get(year=YEAR)


def posted(town: Town, user, path: str, follow: bool = True, **fields):
    """What `user` gets for a form of that town posted from the screen at `path`."""
    client = Client()
    client.force_login(user)
    return client.post(URL + path, {"authority": town.authority.pk, **fields}, follow=follow)


def digest(town: Town) -> str:
    """What the screen that files shows now, as its form names it."""
    client = Client()
    client.force_login(town.webmestre)
    return client.get(f"{URL}deposer/").context["content"].digest


def file_it(town: Town, user=None):
    """The last version of the dossier, filed from the screen by `user`, else the webmestre."""
    posted(town, user or town.webmestre, "deposer/", shown=digest(town))
    return town.authority.dossiers.get(year=YEAR).filings.first()
