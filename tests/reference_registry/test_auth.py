"""Who may ask for what."""

from uuid import UUID

import pytest
import requests

from .town import TIMEOUT, Town, new_id, problem_type

pytestmark = pytest.mark.processes


def ask(url: str, authorization: str | None = None) -> requests.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return requests.get(url, headers=headers, timeout=TIMEOUT)


@pytest.mark.parametrize("path", ["/services", "/services?since=0", f"/services/{UUID(int=1)}"])
def test_services_need_a_token(town, path):
    answer = ask(town.url(path))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert problem_type(answer) == ""
    assert "epoch" not in answer.json()


@pytest.mark.parametrize("path", ["", "/awards"])
def test_an_authority_and_its_awards_need_none(town, path):
    assert ask(town.url(path)).status_code == 200


@pytest.mark.parametrize("path", ["matrix", "matrix/provisoire-1", "editions"])
def test_what_is_shared_needs_none(registry, path):
    assert ask(registry.base_url + path).status_code == 200
    assert ask(registry.base_url + path, "Bearer anything").status_code == 200


@pytest.mark.parametrize(
    "authorization",
    ["Bearer unknown", "Bearer", "", "Basic YTpi", "token-900000000", "Bearer a b", "Bearer é"],
)
@pytest.mark.parametrize("path", ["", "/awards", "/services"])
def test_a_token_that_is_not_accepted_is_a_401_wherever_it_is_shown(town, authorization, path):
    header = authorization.encode("utf-8")
    answer = requests.get(town.url(path), headers={"Authorization": header}, timeout=TIMEOUT)
    assert answer.status_code == 401


def test_the_name_of_the_scheme_has_no_case(town):
    assert ask(town.url("/services"), f"bEARER {town.token}").status_code == 200


@pytest.mark.parametrize("siren", ["213401458", "999999999", "12", "abcdefghi", "９00000001"])
def test_a_town_that_the_token_does_not_cover_is_a_403_and_never_a_404(town, siren):
    for path in ("", "/awards", "/services", f"/services/{UUID(int=1)}", "/services/malformed"):
        url = f"{town.registry.base_url}authorities/{siren}{path}"
        answer = ask(url, f"Bearer {town.token}")
        assert answer.status_code == 403
        assert problem_type(answer) == ""
        assert answer.json()["epoch"] == town.epoch()


@pytest.mark.parametrize("siren", ["999999999", "12", "abcdefghi", "9000000010"])
def test_without_token_a_town_that_is_not_known_is_not_known(registry, siren):
    answer = ask(f"{registry.base_url}authorities/{siren}")
    assert answer.status_code == 404
    assert problem_type(answer) == "/not-known"


def test_an_operator_has_a_list_of_towns(registry, session, new_town):
    covered, also, other = new_town(), new_town(), new_town()
    registry.agent("issue-token", "operator", "operator-token", covered.siren, also.siren)
    for town, status in ((covered, 200), (also, 200), (other, 403)):
        asker = Town(registry, town.siren, "operator-token", session)
        assert asker.get("/services").status_code == status


def test_the_old_and_the_new_token_are_both_accepted_during_a_rotation(registry, session, town):
    renewed = Town(registry, town.siren, "renewed-token", session)
    assert renewed.get("/services").status_code == 401
    registry.agent("issue-token", "renewed", "renewed-token", town.siren)
    registry.agent("retire-token", f"Ville {town.siren}")
    assert renewed.get("/services").status_code == 200
    assert town.get("/services").status_code == 200

    registry.agent("retire-token", f"Ville {town.siren}", "--hours", 0)
    assert renewed.get("/services").status_code == 200
    assert town.get("/services").status_code == 401


def test_a_key_belongs_to_the_town_whichever_token_sends_it(registry, session, town):
    other_token = Town(registry, town.siren, "second-token", session)
    registry.agent("issue-token", "second", "second-token", town.siren)
    service_id = new_id()
    first = town.create(service_id, key='"one"')
    again = other_token.create(service_id, key='"one"')
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
