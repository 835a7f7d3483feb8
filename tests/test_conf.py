"""The package's settings, and the checks on them."""

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from django.utils import translation

from wagtail_villes_internet import checks
from wagtail_villes_internet.conf import get_settings

SIREN = "213401458"
HTTP = "wagtail_villes_internet.registry.http.HttpRegistry"
MEMORY = "wagtail_villes_internet.registry.memory.MemoryRegistry"


def configured(**settings: object):
    return override_settings(WAGTAIL_VILLES_INTERNET=settings)


def registry(backend: str = HTTP, **options: object) -> dict[str, object]:
    return {"BACKEND": backend, "OPTIONS": options}


def test_everything_may_be_left_out():
    with configured():
        found = get_settings()

    assert (found.registry_backend, found.registry_options) == (None, {})
    assert (found.max_withdraw_percent, found.instance) == (20, None)
    assert found.token_for(SIREN) is None
    assert found.token_fingerprint(SIREN) == ""
    assert found.has_tokens is False


def test_everything_may_be_said():
    with configured(
        REGISTRY=registry(url="https://registre.example/", timeout=3),
        REGISTRY_TOKENS={SIREN: "abc"},
        MAX_WITHDRAW_PERCENT=0,
        INSTANCE="preproduction",
    ):
        found = get_settings()

    assert found.registry_backend == HTTP
    assert found.registry_options == {"url": "https://registre.example/", "timeout": 3}
    assert (found.max_withdraw_percent, found.instance) == (0, "preproduction")
    assert found.token_for(SIREN) == "abc"
    assert found.token_for("000000000") is None
    assert found.has_tokens is True


def give_token(siren: str) -> str | None:
    return f"token-{siren}" if siren == SIREN else None


def test_tokens_may_come_from_a_callable():
    with configured(REGISTRY_TOKENS=f"{__name__}.give_token"):
        found = get_settings()

    assert found.token_for(SIREN) == f"token-{SIREN}"
    assert found.token_for("000000000") is None


def test_settings_are_read_once_until_they_change():
    with configured(MAX_WITHDRAW_PERCENT=30):
        first = get_settings()
        assert get_settings() is first
        with configured(MAX_WITHDRAW_PERCENT=40):
            assert get_settings().max_withdraw_percent == 40
        with override_settings(DEBUG=True):
            assert get_settings() is get_settings()
        assert get_settings().max_withdraw_percent == 30


def test_a_token_is_known_by_a_fingerprint_that_says_nothing_of_it():
    with configured(REGISTRY_TOKENS={SIREN: "xyz", "000000000": "xyz", "111111111": "xyw"}):
        found = get_settings()
        prints = [found.token_fingerprint(siren) for siren in (SIREN, "000000000", "111111111")]

    assert prints[0] == prints[1] != prints[2]
    assert all(len(value) == 16 and "xyz" not in value for value in prints)


def test_the_monitoring_token_lets_in_whoever_has_it_and_is_never_shown():
    with configured(MONITORING_TOKEN="supervision-7f3a"):
        found = get_settings()

    assert found.lets_monitor("supervision-7f3a")
    assert not found.lets_monitor("supervision-7f3")
    assert not found.lets_monitor("é")
    assert not found.lets_monitor("")
    assert "supervision-7f3a" not in repr(found)


def test_without_a_monitoring_token_nobody_is_let_in():
    with configured():
        assert not get_settings().lets_monitor("")
        assert not get_settings().lets_monitor("None")


@pytest.mark.parametrize("token", ["", "un jeton", "é", 3, b"abc", ["abc"]])
def test_a_malformed_monitoring_token_is_named_and_not_shown(token):
    with (
        configured(MONITORING_TOKEN=token),
        pytest.raises(ImproperlyConfigured, match="MONITORING_TOKEN") as raised,
    ):
        get_settings()

    assert not token or str(token) not in str(raised.value)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (None, "WAGTAIL_VILLES_INTERNET"),
        ([], "WAGTAIL_VILLES_INTERNET"),
        ({"REGISTRE": {}}, "REGISTRE"),
        ({"REGISTRY": "https://registre.example/"}, "REGISTRY"),
        ({"REGISTRY": {}}, "BACKEND"),
        ({"REGISTRY": {"BACKEND": 3}}, "BACKEND"),
        ({"REGISTRY": {"BACKEND": "http"}}, "BACKEND"),
        ({"REGISTRY": {"BACKEND": HTTP, "URL": "x"}}, "URL"),
        ({"REGISTRY": {"BACKEND": HTTP, "OPTIONS": "x"}}, "OPTIONS"),
        ({"REGISTRY_TOKENS": ["abc"]}, "REGISTRY_TOKENS"),
        ({"REGISTRY_TOKENS": "nowhere.tokens"}, "REGISTRY_TOKENS"),
        ({"REGISTRY_TOKENS": f"{__name__}.SIREN"}, "REGISTRY_TOKENS"),
        ({"REGISTRY_TOKENS": {"34145": "abc"}}, "REGISTRY_TOKENS"),
        ({"REGISTRY_TOKENS": {213401458: "abc"}}, "REGISTRY_TOKENS"),
        ({"REGISTRY_TOKENS": {SIREN: ""}}, "REGISTRY_TOKENS"),
        ({"REGISTRY_TOKENS": {SIREN: None}}, "REGISTRY_TOKENS"),
        ({"REGISTRY_TOKENS": {SIREN: "a b"}}, "REGISTRY_TOKENS"),
        ({"REGISTRY_TOKENS": {SIREN: "é"}}, "REGISTRY_TOKENS"),
        ({"MAX_WITHDRAW_PERCENT": "20"}, "MAX_WITHDRAW_PERCENT"),
        ({"MAX_WITHDRAW_PERCENT": True}, "MAX_WITHDRAW_PERCENT"),
        ({"MAX_WITHDRAW_PERCENT": -1}, "MAX_WITHDRAW_PERCENT"),
        ({"MAX_WITHDRAW_PERCENT": 101}, "MAX_WITHDRAW_PERCENT"),
        ({"INSTANCE": ""}, "INSTANCE"),
        ({"INSTANCE": 3}, "INSTANCE"),
        ({"PAGES_BASE_TEMPLATE": ""}, "PAGES_BASE_TEMPLATE"),
        ({"PAGES_BASE_TEMPLATE": ["base.html"]}, "PAGES_BASE_TEMPLATE"),
    ],
)
def test_a_setting_nobody_can_read_is_named(settings, named):
    with (
        override_settings(WAGTAIL_VILLES_INTERNET=settings),
        pytest.raises(ImproperlyConfigured, match=named),
    ):
        get_settings()


def found_by_checks() -> list[str]:
    messages = [
        *checks.check_settings(),
        *checks.check_modeladmin(),
        *checks.check_sqlite(),
    ]
    return [message.id.rpartition(".")[2] for message in messages]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, []),
        ({"MAX_WITHDRAW_PERCENT": 300}, ["E001"]),
        ({"REGISTRY": registry("nowhere.Backend")}, ["E002"]),
        ({"REGISTRY": registry(url="http://registre.example/")}, ["E002"]),
        ({"REGISTRY": registry(url="https://registre.example/", tiemout=3)}, ["E002"]),
        ({"REGISTRY": registry(url="https://registre.example/")}, ["W003"]),
        ({"REGISTRY": registry(url="https://registre.example/"), "REGISTRY_TOKENS": {}}, ["W003"]),
        ({"REGISTRY": registry(url="https://registre.example/"), "REGISTRY_TOKENS": {SIREN: "a"}},
         []),
        ({"REGISTRY": registry(url="http://127.0.0.1:8001/"), "REGISTRY_TOKENS": {SIREN: "a"}},
         []),
        ({"REGISTRY": registry(MEMORY)}, []),
    ],
)  # fmt: skip
def test_checks_of_the_settings(settings, expected):
    with configured(**settings):
        assert found_by_checks() == expected


def test_the_registers_need_wagtail_modeladmin(monkeypatch):
    monkeypatch.setattr(checks.apps, "is_installed", lambda name: name != "wagtail_modeladmin")

    assert found_by_checks() == ["W001"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://example.com", ["W007"]),
        ("https://www.lunel.example", []),
        ("http://localhost:8000", []),
        (None, []),
    ],
)
def test_the_address_that_a_new_project_comes_with_is_no_address(address, expected):
    with override_settings(WAGTAILADMIN_BASE_URL=address):
        found = checks.check_admin_address()

    assert [message.id.rpartition(".")[2] for message in found] == expected


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        ({"ENGINE": "django.db.backends.sqlite3"}, ["W002"]),
        ({"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"timeout": 20}}, ["W002"]),
        (
            {
                "ENGINE": "django.db.backends.sqlite3",
                "OPTIONS": {"transaction_mode": "deferred"},
            },
            ["W002"],
        ),
        (
            {
                "ENGINE": "django.db.backends.sqlite3",
                "OPTIONS": {"transaction_mode": "immediate"},
            },
            [],
        ),
        ({"ENGINE": "django.db.backends.postgresql"}, []),
    ],
)
def test_sqlite_is_shared_by_two_processes(monkeypatch, database, expected):
    monkeypatch.setattr(checks.settings, "DATABASES", {"default": database})

    assert found_by_checks() == expected


def test_django_runs_them_all():
    with configured(MAX_WITHDRAW_PERCENT=300):
        found = run_checks(tags=["wagtail_villes_internet"])

    assert [message.id for message in found] == ["wagtail_villes_internet.E001"]


def test_a_check_speaks_the_language_of_the_site(monkeypatch):
    monkeypatch.setattr(checks, "_check_base_template", list)
    monkeypatch.setattr(checks.apps, "is_installed", lambda name: True)

    with override_settings(LANGUAGE_CODE="fr", ROOT_URLCONF=()), translation.override(None):
        [found] = checks.check_ready_pages()

    assert found.id == "wagtail_villes_internet.W006"
    assert "Les adresses du paquet" in found.msg
    assert "avant celles de Wagtail" in found.hint
