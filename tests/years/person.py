"""The people of a town at their screens, and what they filed."""

import re

from django.test import Client
from django.utils.timezone import localdate

from tests.desk.pages import text
from wagtail_villes_internet.dossiers.models import Dossier, Filing
from wagtail_villes_internet.dossiers.sealing import verify
from wagtail_villes_internet.registry.base import get_backend
from wagtail_villes_internet.sync.filing import draft_at

YEAR = localdate().year + 1


class Person:
    """Somebody of the town at their screen."""

    def __init__(self, user, town):
        self.client = Client()
        self.client.force_login(user)
        self.town = town

    def get(self, path: str = "", year: int = YEAR) -> str:
        answer = self.client.get(f"/admin/villes-internet/dossier/{year}/{path}", follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    def reads(self, path: str = "", year: int = YEAR) -> str:
        """The screen itself, without what stands around every screen."""
        page = text(self.client.get(f"/admin/villes-internet/dossier/{year}/{path}", follow=True))
        return page[page.index("<main") : page.index("</main>")]

    def posts(self, path: str, year: int = YEAR, **data) -> str:
        answer = self.client.post(
            f"/admin/villes-internet/dossier/{year}/{path}",
            {"authority": self.town.authority.pk, **data},
            follow=True,
        )
        assert answer.status_code == 200
        return text(answer)

    def posts_what_is_shown(self, path: str, year: int = YEAR) -> str:
        """Presses the button of a screen that shows what it is about."""
        shown = re.search(r'name="shown" value="([0-9a-f]{64})"', self.get(path, year))
        assert shown, f"nothing to decide on at {path}"
        return self.posts(path, year, shown=shown[1])

    def forces_a_filing(self) -> str:
        """Posts what the screen offers no button for, with the digest of today."""
        dossier = Dossier.objects.get(year=YEAR, authority=self.town.authority)
        with get_backend() as backend:
            shown = draft_at(dossier, backend).content.digest
        return self.posts("deposer/", shown=shown)

    def writes(self, year: int = YEAR, **texts) -> None:
        row = Dossier.objects.get(year=year, authority=self.town.authority)
        before = {f"seen-{name}": getattr(row, name) for name in ("statement", "answers")}
        now = {name: getattr(row, name) for name in ("statement", "answers")}
        self.posts("textes/", year, **{**before, **now, **texts})
        row.refresh_from_db()
        assert {name: getattr(row, name) for name in texts} == texts


def filings(year: int = YEAR) -> list[Filing]:
    return list(Filing.objects.filter(dossier__year=year).order_by("number"))


def states(year: int = YEAR) -> list[str]:
    return [one.state for one in filings(year)]


def kept_as_filed() -> dict[int, bytes]:
    for one in Filing.objects.all():
        assert verify(one) == ()
    return {one.pk: bytes(one.octets) for one in Filing.objects.all()}
