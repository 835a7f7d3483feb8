"""`villes_internet_create_authority` sets a town up in one command."""

import io

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from PIL import Image
from wagtail.images import get_image_model
from wagtail.models import Collection, GroupCollectionPermission, GroupSitePermission

from tests.factories import SiteFactory, UserFactory
from wagtail_villes_internet.authorities.models import LocalAuthority, VillesInternetSettings

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return SiteFactory(hostname="lunel.example")


def create(number="213401458", site="lunel.example"):
    call_command("villes_internet_create_authority", number, "--site", site)


@pytest.mark.parametrize("number", ["213401458", "213 401 458", "34145"])
def test_lunel_by_either_number(site, number, capsys):
    create(number)

    authority = LocalAuthority.objects.get()
    assert (authority.name, authority.siren, authority.insee) == ("Lunel", "213401458", "34145")
    assert (authority.department_name, authority.region_name) == ("Hérault", "Occitanie")
    assert VillesInternetSettings.bound_to(site).authority == authority
    assert "Webmestre Lunel (34145)" in capsys.readouterr().out


def test_twice_changes_nothing(site):
    create()
    create()

    assert LocalAuthority.objects.count() == 1
    assert Group.objects.filter(name__contains="Lunel").count() == 3
    assert GroupSitePermission.objects.filter(site=site).count() == 3


def test_an_unknown_number_is_refused_and_leaves_everything_as_it_was(site):
    with pytest.raises(CommandError, match="213401459") as error:
        create("213401459")

    assert error.value.returncode == 2
    assert not LocalAuthority.objects.exists()


def test_a_language_changed_after_the_first_migrate_is_refused_with_the_remedy(site, settings):
    settings.LANGUAGE_CODE = "en"

    with pytest.raises(CommandError, match="LANGUAGE_CODE") as error:
        create()

    assert error.value.returncode == 2
    assert "manage.py shell" in str(error.value)
    assert not LocalAuthority.objects.exists()


def test_a_postcode_is_told_from_an_insee_code(site):
    with pytest.raises(CommandError, match="n’est pas le code postal"):
        create("34400")


def test_an_unknown_site_is_refused_with_those_that_exist(site):
    with pytest.raises(CommandError, match="lunel.example:80"):
        create(site="lune1.example")

    assert not LocalAuthority.objects.exists()


def test_a_site_is_never_rebound_in_silence(site):
    create()

    with pytest.raises(CommandError, match="Lunel"):
        create("34172")

    assert VillesInternetSettings.bound_to(site).authority.name == "Lunel"
    assert not LocalAuthority.objects.filter(name="Montpellier").exists()


def test_one_host_on_two_ports_asks_for_the_port(site):
    SiteFactory(hostname="lunel.example", port=8000, root_page=site.root_page)

    with pytest.raises(CommandError, match="8000"):
        create()
    create(site="lunel.example:8000")

    assert VillesInternetSettings.bound_to(site) is None


def picture() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (64, 48)).save(file, "PNG")
    return SimpleUploadedFile("mairie.png", file.getvalue(), "image/png")


# Wagtail leaves the temporary file of a thumbnail to be closed by the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
class TestPictures:
    """Each town keeps its pictures in a collection of its own."""

    @pytest.fixture
    def montpellier(self, site):
        create()
        SiteFactory(hostname="montpellier.example", root_page=site.root_page)
        create("34172", site="montpellier.example")

    @pytest.fixture(params=["Webmestre", "Référent"])
    def person(self, request, client, montpellier):
        group = Group.objects.get(name=f"{request.param} Lunel (34145)")
        client.force_login(UserFactory(groups=[group]))
        return client

    def test_the_collection_is_made_once_and_found_where_it_was_moved(self, site):
        create()
        town = Collection.objects.get(name="Lunel (34145)")
        shelf = Collection.get_first_root_node().add_child(name="Hérault")
        town.move(shelf, pos="sorted-child")
        create()

        assert Collection.objects.filter(name__contains="Lunel").count() == 1
        assert GroupCollectionPermission.objects.filter(collection=town).count() == 6

    def test_a_picture_is_sent_from_the_chooser_into_the_town_s_collection(
        self, person, settings, tmp_path
    ):
        settings.MEDIA_ROOT = tmp_path
        assert person.get("/admin/images/").status_code == 200

        data = {
            "image-chooser-upload-title": "La mairie",
            "image-chooser-upload-file": picture(),
            "image-chooser-upload-collection": Collection.objects.get(name="Lunel (34145)").pk,
        }
        page = person.get("/admin/images/chooser/").content.decode()
        response = person.post("/admin/images/chooser/create/", data)

        assert "image-chooser-upload-file" in page
        assert response.json()["step"] == "chosen"
        assert get_image_model().objects.get().collection.name == "Lunel (34145)"

    def test_another_town_s_pictures_are_not_offered(self, person, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        for title, name in (("Le canal", "Lunel (34145)"), ("La Comédie", "Montpellier (34172)")):
            get_image_model().objects.create(
                title=title,
                file=picture(),
                collection=Collection.objects.get(name=name),
            )

        page = person.get("/admin/images/chooser/").content.decode()

        assert "Le canal" in page
        assert "La Comédie" not in page
        assert "Montpellier" not in page

    def test_an_elected_official_has_none_to_change(self, client, montpellier):
        client.force_login(UserFactory(groups=[Group.objects.get(name="Élu Lunel (34145)")]))

        assert client.get("/admin/images/")["Location"] == "/admin/"
