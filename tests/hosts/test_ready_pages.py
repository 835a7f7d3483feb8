"""The ready pages beside a host that writes no code: two lines of INSTALLED_APPS, one address."""

import pytest

from .host import ROOT, Host

MIGRATIONS = ROOT / "wagtail_villes_internet" / "pages" / "migrations"
SERVICE = "/nos-services/service/portail-famille-11111111/"


def opened(settings: str, factory) -> Host:
    host = Host(factory.mktemp("hosts") / settings, settings)
    before = sorted(MIGRATIONS.iterdir())
    host.open_ready()
    assert sorted(MIGRATIONS.iterdir()) == before, "a host wrote a migration into the package"
    return host


@pytest.fixture(scope="module")
def ready(tmp_path_factory) -> Host:
    return opened("ready_pages", tmp_path_factory)


def test_the_label_and_the_services_are_online_in_the_hosts_own_template(ready):
    answers = ready.visit("/notre-label/", "/nos-services/", SERVICE)

    assert [answer["status"] for answer in answers.values()] == [200, 200, 200]
    label, services, service = (answer["body"] for answer in answers.values())
    assert 'data-vi-level="5"' in label
    assert "data-vi-history" in label
    assert "data-vi-services" in services
    assert SERVICE in services
    assert "<title>Portail famille - Host</title>" in service
    assert all("wagtail_villes_internet/villes-internet.css" in page for page in (label, service))


def test_the_host_has_nothing_to_migrate_and_is_told_of_no_fault(ready):
    assert ready.manage("makemigrations", "--check", "--dry-run") == "No changes detected\n"
    assert "no issues" in ready.manage("check", "--fail-level=WARNING")


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        ('"wagtail_villes_internet",', "", "add “wagtail_villes_internet” to INSTALLED_APPS"),
        (
            '"wagtail.contrib.settings",',
            "",
            "Ajoutez «\xa0wagtail.contrib.settings\xa0» à INSTALLED_APPS",
        ),
        ('"wagtail_modeladmin",', "", "Ajoutez «\xa0wagtail_modeladmin\xa0» à INSTALLED_APPS"),
        (
            'path("villes-internet/", include("wagtail_villes_internet.urls")),',
            "",
            'Ajoutez path("villes-internet/", include("wagtail_villes_internet.urls")) à',
        ),
        ("{% block content %}{% endblock %}", "", "Ajoutez {% block content %}{% endblock %} à"),
        ('"base.html"}', '"bse.html"}', "Corrigez PAGES_BASE_TEMPLATE"),
    ],
)
def test_what_is_missing_is_named_with_the_line_to_add(tmp_path, line, instead, told):
    host = Host(tmp_path / "host", "ready_pages")
    [path] = [
        path
        for path in [*host.folder.glob("*.py"), *host.folder.glob("templates/*")]
        if line in path.read_text(encoding="utf-8") and path.name != "members_urls.py"
    ]
    written = path.read_text(encoding="utf-8")
    path.write_text(written.replace(line, instead, 1), encoding="utf-8")

    checked = host.attempt("check", "--fail-level=WARNING")

    assert checked.returncode != 0
    assert told in checked.stderr.replace("\n", " ").replace("\t", " ")
