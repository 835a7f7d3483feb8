"""The command: what it keeps, what it reports, and what it never does."""

import io
import re

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from tests.factories import AuthorityFactory, AwardFactory
from wagtail_villes_internet.labels.models import Award, Edition
from wagtail_villes_internet.labels.palmares.models import PalmaresRow
from wagtail_villes_internet.registry.errors import Unreachable
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.palmares import ListedAuthority, ListedAward
from wagtail_villes_internet.registry.types import RemoteAward, RemoteDistinction

from .notations import CARRIED, OTHERS, carried

pytestmark = pytest.mark.django_db

# By line of the carried file: nobody can say which town these are from the file alone.
IN_DOUBT = {
    6: ("Bromont", "unknown_place"),
    10: ("Blanquefort", "ambiguous"),
    11: ("Bromont", "unknown_place"),
    24: ("Blanquefort", "ambiguous"),
    30: ("Mérignac", "ambiguous"),
    99: ("CA Caux Vallée de Seine", "unknown_name"),
    160: ("CA de Lisieux", "unknown_name"),
}
LUNEL = {"name": "Lunel", "siren": "213401458", "insee": "34145"}


def everything() -> dict[str, list]:
    """All rows of all tables of the installation."""
    return {model._meta.label: list(model.objects.values()) for model in apps.get_models()}


def facts() -> list[tuple]:
    """What the database says, whatever its keys: rows, editions and awards."""
    rows = PalmaresRow.objects.order_by("edition__year", "key").values_list(
        "edition__year", "key", "name", "place", "siren", "insee", "department", "region",
        "authority__siren", "standing", "level", "mentions", "note", "source", "basis",
    )  # fmt: skip
    awards = Award.objects.order_by("edition__year").values_list(
        "edition__year", "authority__siren", "standing", "level", "origin", "source_url"
    )
    return [*rows, *Edition.objects.values_list("year", "palmares_complete"), *awards]


def test_the_carried_awards_are_all_matched_but_those_in_doubt(palmares):
    said = palmares(CARRIED)

    assert (said["read"], said["added"], said["exit_code"]) == (186, 186, 1)
    assert {line["line"]: (line["name"], line["why"]) for line in said["reported"]} == IN_DOUBT
    unmatched = PalmaresRow.objects.filter(siren="", insee="")
    assert sorted(unmatched.values_list("name", flat=True)) == sorted(
        name for name, _why in IN_DOUBT.values()
    )
    assert said["ignored_columns"] == ["ceremony_date"]


def test_every_line_keeps_its_source_and_its_basis(palmares):
    palmares(CARRIED)

    kept = PalmaresRow.objects.values_list("edition__year", "name", "source", "basis")
    assert sorted(kept) == sorted(
        (int(row["edition"]), row["collectivite"], row["source_url"], row["basis"])
        for row in carried()
    )
    newspaper = PalmaresRow.objects.get(name="Gueugnon")
    assert (newspaper.source, newspaper.source_url) == ("presse, 2017", "")


def test_the_carried_file_says_what_it_says(palmares):
    palmares(CARRIED)
    out_of_competition = PalmaresRow.objects.get(edition__year=2016, name="Issy-les-Moulineaux")
    unknown = PalmaresRow.objects.get(edition__year=2023, name="Amboise")
    mention = PalmaresRow.objects.get(edition__year=2026, name="Dijon")

    assert (out_of_competition.standing, out_of_competition.level) == ("out_of_competition", None)
    assert (unknown.standing, unknown.level) == ("level_unknown", None)
    assert mention.mentions == ["Territoire d'excellence numérique"]


@pytest.mark.parametrize("notation", OTHERS)
def test_the_same_facts_in_another_notation_give_the_same_database(palmares, tmp_path, notation):
    AuthorityFactory(**LUNEL)
    palmares(CARRIED)
    expected = facts()
    Award.objects.all().delete()
    PalmaresRow.objects.all().delete()

    path, columns = notation(tmp_path)
    said = palmares(path, column=columns)

    assert facts() == expected
    assert [line["name"] for line in said["reported"]] == [name for name, _ in IN_DOUBT.values()]


def test_a_second_import_changes_nothing(palmares):
    AuthorityFactory(**LUNEL)
    palmares(CARRIED)
    before = everything()

    said = palmares(CARRIED)

    assert everything() == before
    assert (said["added"], said["changed"], said["unchanged"]) == (0, 0, 186)
    assert (said["awards_added"], said["awards_changed"]) == (0, 0)


@pytest.mark.parametrize("notation", OTHERS)
def test_nor_does_the_same_list_in_another_notation(palmares, tmp_path, notation):
    palmares(CARRIED)
    before = everything()
    path, columns = notation(tmp_path)

    palmares(path, column=columns)

    assert everything() == before


def test_a_dry_run_says_the_same_and_writes_nothing(palmares):
    AuthorityFactory(**LUNEL)
    before = everything()

    rehearsed = palmares(CARRIED, dry_run=True, complete=True)

    assert everything() == before
    done = palmares(CARRIED, complete=True)
    # 2005 is an edition nobody knew: its list is only known to be complete once it exists.
    assert rehearsed | {"dry_run": False, "marked_complete": done["marked_complete"]} == done


def test_one_bad_line_stops_no_good_one(palmares, written):
    said = palmares(
        written(
            "année,ville,dép,niveau\n"
            "2024,Lunel,34,5\n"
            "2024,Agen,47,sept\n"
            "deux mille,Vannes,56,5\n"
            "2009,Metz,57,5\n"
            "2024,,,5\n"
            "2024,Grenoble,38,5@\n"
        )
    )

    assert [line["line"] for line in said["reported"]] == [3, 4, 5, 6]
    assert {line["why"] for line in said["reported"]} == {"unreadable"}
    assert sorted(PalmaresRow.objects.values_list("name", flat=True)) == ["Grenoble", "Lunel"]
    assert said["exit_code"] == 1


def test_everything_matched_ends_well(palmares, written):
    assert palmares(written("an;ville;label\n2024;Lunel;5\n"))["exit_code"] == 0


def test_a_name_in_doubt_is_said_with_those_it_may_be(palmares, written):
    [line] = palmares(written("an,ville,niveau\n2006,Blanquefort,5\n"))["reported"]

    assert line["line"] == 2
    assert [one["insee"] for one in line["candidates"]] == ["32056", "33056"]


def test_a_line_put_right_takes_the_place_of_the_one_in_doubt(palmares, written):
    palmares(written("an,ville,niveau\n2006,Blanquefort,5\n"))

    said = palmares(written("an,ville,dép,niveau\n2006,Blanquefort,33,5\n"))

    assert (said["added"], said["changed"]) == (0, 1)
    assert PalmaresRow.objects.get().insee == "33056"


def test_two_towns_of_one_name_stay_two(palmares, written):
    path = written("an,ville,dép,niveau\n2006,Blanquefort,,4\n2006,Blanquefort,33,5\n")
    palmares(path)

    said = palmares(path)

    assert (said["unchanged"], PalmaresRow.objects.count()) == (2, 2)


def test_a_line_repeated_is_kept_once_and_a_contradiction_is_reported(palmares, written):
    said = palmares(written("an,ville,niveau\n2024,Lunel,5\n2024,LUNEL,5\n2024,Ville de Lunel,4\n"))

    assert (said["repeated"], said["contradicted"]) == (1, 1)
    assert said["reported"][0]["line"] == 4
    assert "2" in said["reported"][0]["message"]
    assert PalmaresRow.objects.get().level == 5


class TestDeducedLines:
    STATED = "an,ville,niveau,fondement\n2024,Lunel,5,annoncé\n"
    DEDUCED = "an,ville,niveau,fondement\n2024,Lunel,4,déduit\n"

    def test_stay_marked(self, palmares, written):
        palmares(written(self.DEDUCED))

        assert PalmaresRow.objects.get().is_deduced

    def test_give_way_to_a_stated_one(self, palmares, written):
        palmares(written(self.DEDUCED))
        palmares(written(self.STATED))

        row = PalmaresRow.objects.get()
        assert (row.is_deduced, row.level) == (False, 5)

    def test_never_replace_a_stated_one(self, palmares, written):
        palmares(written(self.STATED))
        said = palmares(written(self.DEDUCED))

        row = PalmaresRow.objects.get()
        assert (row.is_deduced, row.level, said["unchanged"]) == (False, 5, 1)

    def test_give_way_inside_one_file_too(self, palmares, written):
        path = written(self.DEDUCED.replace(",4,", ",5,") + "2024,Lunel,5,annoncé\n")
        palmares(path)

        assert not PalmaresRow.objects.get().is_deduced
        assert palmares(path)["changed"] == 0


class TestAwardsOfTheTownsOfThisSite:
    LIST = "an,ville,niveau,mention,source\n2024,Lunel,5,médiation,https://a.example/\n"

    @pytest.fixture
    def lunel(self):
        return AuthorityFactory(**LUNEL)

    def test_are_made_declared_with_their_mentions(self, palmares, written, lunel):
        said = palmares(written(self.LIST))

        award = lunel.awards.get()
        assert (award.edition.year, award.level, award.proof) == (2024, 5, "declared")
        assert award.origin == Award.Origin.PALMARES
        assert award.source_url == "https://a.example/"
        assert [mention.name for mention in award.distinctions.all()] == ["médiation"]
        assert said["awards_added"] == 1
        assert PalmaresRow.objects.get().authority == lunel

    @pytest.mark.parametrize("origin", [Award.Origin.TYPED, Award.Origin.REGISTRY])
    def test_never_overrule_a_typed_word_or_the_registry_s(self, palmares, written, lunel, origin):
        AwardFactory(authority=lunel, level=3, origin=origin)

        said = palmares(written(self.LIST))

        assert lunel.awards.get().level == 3
        assert (said["awards_added"], said["awards_changed"]) == (0, 0)
        assert PalmaresRow.objects.get().level == 5, "the list stays as it was published"

    def test_follow_a_corrected_list_and_keep_what_was_there(self, palmares, written, lunel):
        palmares(written(self.LIST))

        said = palmares(written(self.LIST.replace(",5,", ",4,").replace("médiation", "éducation")))

        award = lunel.awards.get()
        assert (award.level, said["awards_changed"]) == (4, 1)
        assert [mention.name for mention in award.distinctions.all()] == ["éducation"]
        assert award.revisions.get().content["level"] == 5

    def test_come_to_a_town_that_arrives_after_its_list(self, palmares, written):
        palmares(written(self.LIST))
        lunel = AuthorityFactory(**LUNEL)

        said = palmares(written(self.LIST))

        assert (said["awards_added"], lunel.awards.count()) == (1, 1)

    def test_are_nobody_s_where_the_name_is_in_doubt(self, palmares, written):
        town = AuthorityFactory(name="Blanquefort", insee="33056")

        palmares(written("an,ville,niveau\n2006,Blanquefort,5\n"))

        assert not town.awards.exists()

    def test_find_a_town_without_siren_by_its_insee_code(self, palmares, written):
        town = AuthorityFactory(name="Lunel", siren=None, insee="34145")

        palmares(written(self.LIST))

        assert town.awards.exists()


class TestCompleteLists:
    LIST = "an,ville,niveau\n2024,Lunel,5\n"

    def is_complete(self):
        return Edition.objects.get(year=2024).palmares_complete

    def test_are_only_those_said_to_be(self, palmares, written):
        palmares(written(self.LIST))
        assert not self.is_complete()

        assert palmares(written(self.LIST), complete=True)["marked_complete"] == [2024]
        assert self.is_complete()
        assert palmares(written(self.LIST), complete=True)["marked_complete"] == []

    def test_lack_no_line(self, palmares, written):
        palmares(written(self.LIST + "2024,Agen,beaucoup\n"), complete=True)

        assert not self.is_complete()


def test_a_file_of_one_edition_need_not_name_it(palmares, written):
    palmares(written("ville,niveau\nLunel,5\n"), edition=2024)

    assert PalmaresRow.objects.get().edition.year == 2024


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["absent.csv"],
        ["absent.csv", "--registry", "2024"],
        [CARRIED, "--column", "Nulle part=name"],
        [CARRIED, "--column", "rien"],
        [CARRIED, "--edition", "2009"],
        ["--registry", "2024"],
    ],
)
def test_what_cannot_be_used_ends_in_one_line_and_code_2(arguments):
    with pytest.raises(CommandError) as refused:
        call_command("villes_internet_import_palmares", *map(str, arguments))

    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


def test_in_words_it_says_each_line_in_doubt_and_sums_up(written):
    out, err = io.StringIO(), io.StringIO()
    path = written("an,ville,niveau,maire\n2024,Lunel,5,X\n2006,Blanquefort,5,Y\n")

    with pytest.raises(SystemExit) as ended:
        call_command("villes_internet_import_palmares", str(path), stdout=out, stderr=err)

    assert ended.value.code == 1
    assert re.search("3.*Blanquefort.*32056.*33056", err.getvalue())
    assert "maire" in out.getvalue()
    assert "2" in out.getvalue()


class TestFromARegistry:
    LUNEL = ListedAuthority("213401458", "34145", "Lunel", "Hérault")
    BROMONT = ListedAuthority(None, None, "Bromont", "Québec")

    @pytest.fixture
    def registry(self, settings):
        MemoryRegistry.forget_all()
        settings.WAGTAIL_VILLES_INTERNET = {
            "REGISTRY": {"BACKEND": "wagtail_villes_internet.registry.memory.MemoryRegistry"}
        }
        yield MemoryRegistry()
        MemoryRegistry.forget_all()

    @staticmethod
    def listed(who: ListedAuthority, level: int = 5) -> ListedAward:
        mentions = (RemoteDistinction("médiation", None),)
        return ListedAward(RemoteAward(who.name, 2024, "labelled", level, mentions, ""), who)

    def test_lines_are_kept_by_their_numbers_and_declared(self, palmares, registry):
        town = AuthorityFactory(**LUNEL)
        registry.set_palmares(2024, [self.listed(self.LUNEL), self.listed(self.BROMONT, 4)])

        said = palmares(registry=2024)

        assert (said["added"], said["unmatched"], said["exit_code"]) == (2, 1, 1)
        row = PalmaresRow.objects.get(siren="213401458")
        assert (row.level, row.mentions, row.department) == (5, ["médiation"], "34")
        assert (town.awards.get().proof, town.awards.get().level) == ("declared", 5)
        assert palmares(registry=2024)["unchanged"] == 2

    def test_a_list_said_to_be_complete_is(self, palmares, registry):
        registry.set_palmares(2024, [self.listed(self.LUNEL)])
        palmares(registry=2024)
        assert not Edition.objects.get(year=2024).palmares_complete

        registry.set_palmares(2024, [self.listed(self.LUNEL)], complete=True)
        assert palmares(registry=2024)["marked_complete"] == [2024]

    def test_a_registry_that_fails_ends_in_one_line(self, registry):
        for error in (None, Unreachable()):
            if error:
                registry.fail_next(error)
            with pytest.raises(CommandError) as refused:
                call_command("villes_internet_import_palmares", "--registry", "2023")
            assert refused.value.returncode == 2
