"""A town with a dossier, and everybody who may try something with it."""

from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupSitePermission

from tests.factories import Town, UserFactory, admin_only_user
from wagtail_villes_internet.desk.setup import group_name
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier
from wagtail_villes_internet.dossiers.models import Dossier

YEAR = 2027
HERE = f"/admin/villes-internet/dossier/{YEAR}/accord/"
ASK, OUTSIDE, SCAN = f"{HERE}demander/", f"{HERE}hors-du-site/", f"{HERE}scan/"
ELU = "/admin/villes-internet/dossier/elu/"
PDF = b"%PDF-1.7\n% un papier signe"


class TownWithDossier(Town):
    """A town that began its dossier, with one service in it."""

    def __init__(self, name: str, **authority):
        super().__init__(name, **authority)
        self.portal = self.service(title=f"Portail famille de {name}")
        self.dossier = open_dossier(self.authority, YEAR)

    @property
    def digest(self) -> str:
        """That of the dossier as it stands."""
        return draft_of(Dossier.objects.get(pk=self.dossier.pk)).content.digest

    def change(self) -> None:
        """Something that the dossier says is another thing now."""
        Dossier.objects.filter(pk=self.dossier.pk).update(statement="Une année de plus.")

    def require(self, *, agreement: bool = True, mailbox: str = "") -> None:
        setting = self.settings
        setting.agreement_required, setting.elected_email = agreement, mailbox
        setting.save()

    def posted(self, **values) -> dict[str, object]:
        """What a form of the agreement's page posts."""
        return {"authority": self.authority.pk, "shown": self.digest, **values}

    def group(self, role: str):
        names = {group.name: group for one in self.people for group in one.groups.all()}
        return names[group_name(role, self.authority)]

    @property
    def people(self):
        return self.webmestre, self.referent, self.elu


def personas(here: TownWithDossier, elsewhere: TownWithDossier, admin_user) -> dict[str, object]:
    """Everybody, by name; None is somebody who did not log in."""
    return {
        "visitor": None,
        "may only enter the admin": admin_only_user(),
        "viewer": UserFactory(groups=[viewers_of(here)]),
        "webmestre": here.webmestre,
        "référent": here.referent,
        "élu": here.elu,
        "operator": admin_user,
        "superuser in the group Élu": UserFactory(is_superuser=True, groups=[here.group("Élu")]),
        "webmestre of another town": elsewhere.webmestre,
        "élu of another town": elsewhere.elu,
        "élu elsewhere, référent here": UserFactory(
            groups=[elsewhere.group("Élu"), here.group("Référent")]
        ),
        "élu here, référent elsewhere": UserFactory(
            groups=[here.group("Élu"), elsewhere.group("Référent")]
        ),
    }


def viewers_of(town: Town) -> Group:
    """A group that reads the dossiers of the town, and does nothing else."""
    ours = {"content_type__app_label": "wagtail_villes_internet"}
    group = Group.objects.create(name=f"Lecteurs {town.authority.pk}")
    group.permissions.add(
        Permission.objects.get(codename="view_dossier", **ours),
        Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin"),
    )
    GroupSitePermission.objects.create(
        group=group,
        site=town.site,
        permission=Permission.objects.get(codename="view_villesinternetsettings", **ours),
    )
    return group


def working_for(client, user, town: Town):
    """The browser of `user`, who works for `town` where they may."""
    client.logout()
    if user is not None:
        client.force_login(user)
        client.post("/admin/villes-internet/collectivite/", {"authority": town.authority.pk})
    return client


def outcome(response) -> str:
    """What a person got, in a word."""
    if response.status_code == 302:
        where = response["Location"]
        if where.startswith("/admin/login/"):
            return "login"
        return "refused" if where == "/admin/" else "done"
    return {200: "shown", 403: "refused", 404: "not found", 405: "not found"}[response.status_code]
