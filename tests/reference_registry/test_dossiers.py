"""Dossiers: filed, filed again, refused, read, as the contract says of `dossiers/{year}`."""

import contextlib
import hashlib
import json
import socket
from datetime import datetime

import pytest

from .town import a_dossier, a_service, new_id, new_key, problem_type

pytestmark = pytest.mark.processes

EIGHT_MIB = 8 * 1024 * 1024
YEARS = iter(range(2040, 2080))


@pytest.fixture(scope="module")
def year(registry) -> int:
    """An edition that stays open."""
    return opened(registry)


def opened(registry) -> int:
    """An edition of one test alone."""
    given = next(YEARS)
    registry.agent("open-edition", given)
    return given


def sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def tag_of_all(town) -> str:
    return town.get().json()["dossiers_etag"]


class TestFiling:
    def test_nothing_is_filed_at_first(self, town, year):
        answer = town.dossier(year)
        assert answer.status_code == 404
        assert problem_type(answer) == "/dossier-unknown"

    def test_the_receipt_has_the_hash_of_the_octets_that_arrived(self, town, year):
        octets = json.dumps(a_dossier(town.siren, year), indent=3).encode() + b" \n"
        key = new_key()
        before, answer, after = now(), town.file(year, octets, key=key), now()

        assert answer.status_code == 201
        assert "ETag" not in answer.headers
        receipt = answer.json()["receipt"]
        assert receipt["number"]
        assert (receipt["sha256"], receipt["key"]) == (sha256(octets), key.strip('"'))
        assert before <= datetime.fromisoformat(receipt["received_at"]) <= after

    def test_what_is_filed_is_read_as_it_was_sent(self, town, year):
        dossier = a_dossier(town.siren, year, statement="  « Œuvre »\n\n🏛 ", signed_off=[])
        filed = town.file(year, json.dumps(dossier).encode(), key='"k1"').json()
        answer = town.dossier(year)

        found = answer.json()
        assert answer.headers["ETag"] == found["etag"] == filed["etag"]
        assert (found["dossier"], found["key"]) == (dossier, "k1")
        assert found["receipts"] == [filed["receipt"]]
        same = {"If-None-Match": found["etag"]}
        assert town.get(f"/dossiers/{year}", same).status_code == 304

    def test_every_filing_is_receipted_newest_first_under_another_tag(self, town, year):
        first = town.file(year, key='"k1"').json()
        second = town.file(year, condition={"If-Match": first["etag"]}, key='"k2"')
        assert second.status_code == 200
        tag = second.json()["etag"]
        third = town.file(year, condition={"If-Match": tag}, key='"k3"').json()

        receipts = town.dossier(year).json()["receipts"]
        assert [receipt["key"] for receipt in receipts] == ["k3", "k2", "k1"]
        assert len({receipt["number"] for receipt in receipts}) == 3
        assert len({receipt["sha256"] for receipt in receipts}) == 1
        assert len({first["etag"], tag, third["etag"]}) == 3

    def test_the_summary_changes_with_each_filing_and_with_nothing_else(self, town, year):
        empty = tag_of_all(town)
        first = town.file(year).json()
        once = tag_of_all(town)
        town.file(year)
        town.create(new_id(), a_service())
        unchanged = tag_of_all(town)
        town.file(year, condition={"If-Match": first["etag"]})

        assert len({empty, once, tag_of_all(town)}) == 3
        assert unchanged == once
        assert town.get().json()["sequence"] == 1

    def test_one_town_sees_nothing_of_another(self, new_town, year):
        town, other = new_town(), new_town()
        town.file(year)
        assert other.dossier(year).status_code == 404
        stranger = {"Authorization": f"Bearer {other.token}"}
        assert town.get(f"/dossiers/{year}", stranger).status_code == 403
        assert town.file(year, headers=stranger).status_code == 403
        nobody = {"Authorization": "Bearer x"}
        assert town.get(f"/dossiers/{year}", nobody).status_code == 401
        assert town.file(year, headers=nobody).status_code == 401

    def test_a_dossier_of_8_mib_is_received_whole(self, town, year):
        shell = len(json.dumps(a_dossier(town.siren, year, answers="")).encode())
        octets = json.dumps(a_dossier(town.siren, year, answers="é"), ensure_ascii=False).encode()
        octets = octets.replace("é".encode(), b"a" * (EIGHT_MIB - shell))
        assert len(octets) == EIGHT_MIB

        answer = town.file(year, octets)
        assert (answer.status_code, answer.json()["receipt"]["sha256"]) == (201, sha256(octets))
        assert town.file(year, octets + b" ").status_code == 413


class TestTheCampaign:
    def test_an_edition_takes_dossiers_from_its_opening_to_its_closing(self, registry, town):
        year = next(YEARS)
        registry.agent("edition", year, "--opens-at", "2999-01-01")
        early = town.file(year)
        registry.agent("edition", year, "--opens-at", "2020-01-01", "--closes-at", "2999-01-01")
        taken = town.file(year)
        registry.agent("close-edition", year)
        late = town.file(year, condition={"If-Match": taken.json()["etag"]})

        assert (early.status_code, taken.status_code, late.status_code) == (409, 201, 409)
        assert problem_type(early) == problem_type(late) == "/campaign-closed"
        assert town.dossier(year).json()["etag"] == taken.json()["etag"]

    def test_the_closing_can_be_moved(self, registry, town):
        year = opened(registry)
        registry.agent("close-edition", year)
        assert town.file(year).status_code == 409
        registry.agent("edition", year, "--closes-at", "2999-12-31")
        assert town.file(year).status_code == 201
        registry.agent("edition", year, "--published")
        assert town.file(year).status_code == 409

    def test_the_state_is_that_of_the_last_octet_not_of_the_first(self, registry, town):
        year = opened(registry)
        octets = json.dumps(a_dossier(town.siren, year)).encode()
        with contextlib.closing(started(town, year, octets[:-1], len(octets))) as connection:
            registry.agent("close-edition", year)
            connection.sendall(octets[-1:])
            assert connection.recv(65_536).startswith(b"HTTP/1.1 409")

    def test_a_closing_after_the_last_octet_refuses_nothing(self, registry, town):
        year = opened(registry)
        closing_in_between = f"""
from datetime import datetime, UTC
from django.test import Client
from registry import agent, dossiers
read_order = dossiers.read_order
def closing(*args, **options):
    agent.publish_edition({year}, closes_at=datetime(2020, 1, 1, tzinfo=UTC))
    return read_order(*args, **options)
dossiers.read_order = closing
answer = Client(SERVER_NAME="127.0.0.1").put(
    "/api/v1/authorities/{town.siren}/dossiers/{year}",
    {json.dumps(a_dossier(town.siren, year))!r},
    content_type="application/json",
    headers={{"Authorization": "Bearer {town.token}", "If-None-Match": "*",
             "Idempotency-Key": '"k"'}},
)
print(answer.status_code)
"""
        assert registry.manage("shell", "--verbosity=0", "-c", closing_in_between) == "201"
        assert town.file(year).status_code == 409

    def test_no_such_edition_is_not_known(self, town):
        for year in (1789, 10_000, "2040x", "02040", "x"):
            refused = town.file(year, b"{}")
            assert (refused.status_code, problem_type(refused)) == (404, "/not-known")
            unread = town.dossier(year)
            assert (unread.status_code, problem_type(unread)) == (404, "/dossier-unknown")


def started(town, year: int, octets: bytes, length: int) -> socket.socket:
    """A filing whose body is on its way."""
    connection = socket.create_connection(("127.0.0.1", town.registry.port), timeout=30)
    head = (
        f"PUT /api/v1/authorities/{town.siren}/dossiers/{year} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {town.token}\r\nContent-Type: application/json\r\n"
        f"If-None-Match: *\r\nIdempotency-Key: {new_key()}\r\nContent-Length: {length}\r\n\r\n"
    )
    connection.sendall(head.encode() + octets)
    return connection


class TestKeys:
    def test_a_filing_sent_again_receives_its_first_answer_after_the_closing(self, registry, town):
        year = opened(registry)
        first = town.file(year, key='"k1"')
        second = town.file(year, condition={"If-Match": first.json()["etag"]}, statement="Mieux.")
        registry.agent("close-edition", year)
        again = town.file(year, key='"k1"')

        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["Idempotency-Replayed"] == "true"
        assert town.dossier(year).json()["etag"] == second.json()["etag"]
        assert len(town.dossier(year).json()["receipts"]) == 2

    def test_the_same_filing_is_the_same_octets(self, town, year):
        octets = json.dumps(a_dossier(town.siren, year)).encode()
        filed = town.file(year, octets, key='"k1"')
        same = {"If-Match": filed.json()["etag"]}

        for other in (
            town.file(year, octets + b" ", key='"k1"'),
            town.file(year, octets, same, key='"k1"'),
            town.file(1789, octets, key='"k1"'),
            town.create(new_id(), a_service(), key='"k1"'),
        ):
            assert (other.status_code, problem_type(other)) == (422, "/key-reused")
        assert town.file(year, octets, key='"k1"').headers["Idempotency-Replayed"] == "true"

    def test_a_key_of_a_service_files_nothing(self, town, year):
        town.create(new_id(), a_service(), key='"k1"')
        refused = town.file(year, key='"k1"')
        assert (refused.status_code, problem_type(refused)) == (422, "/key-reused")

    def test_a_late_copy_of_a_refused_first_filing_stays_refused(self, town, year):
        filed = town.file(year)
        refused = town.file(year, key='"k1"')
        assert (refused.status_code, refused.json()["etag"]) == (412, filed.json()["etag"])
        town.file(year, condition={"If-Match": filed.json()["etag"]})
        assert town.file(year, key='"k1"').json() == refused.json()

    def test_a_refusal_leaves_its_key_free(self, registry, town, year):
        assert town.file(year, key='"k1"', statement=3).status_code == 422
        assert town.file(year, b"{", key='"k1"').status_code == 400
        assert town.file(1789, key='"k1"').status_code == 404
        assert town.file(year, key='"k1"').status_code == 201


class TestTheOrderOfJudgement:
    def test_each_reason_comes_before_the_next(self, registry, town):
        """A request with every fault, which are put right one after the other."""
        year = opened(registry)
        registry.agent("close-edition", year)
        unknown, large = town.dossier_url(1789), b"{" * (EIGHT_MIB + 1)
        headers = {
            "Authorization": "Bearer x",
            "Content-Type": "text/plain",
            "Idempotency-Key": "bare",
        }
        seen = []

        def send(url: str, octets: bytes = b"{", **changed: str) -> None:
            headers.update({name.replace("_", "-"): value for name, value in changed.items()})
            answer = town.request("PUT", url, headers, data=octets)
            seen.append((answer.status_code, problem_type(answer)))

        send(unknown, large)
        send(unknown, large, Authorization=f"Bearer {town.registry.token}")
        send(unknown, large, Authorization=f"Bearer {town.token}")
        send(unknown)
        send(unknown, Content_Type="application/json")
        send(unknown, Idempotency_Key='"k1"')
        send(unknown, If_Match="*")
        send(unknown, If_Match='"stale"')
        send(town.dossier_url(year))
        registry.agent("open-edition", year)
        send(town.dossier_url(year))
        del headers["If-Match"]
        send(town.dossier_url(year), If_None_Match="*")
        send(town.dossier_url(year), b"{}")

        assert seen == [
            (401, ""),
            (403, ""),
            (413, ""),
            (415, ""),
            (400, ""),
            (428, ""),
            (400, ""),
            (404, "/not-known"),
            (409, "/campaign-closed"),
            (412, ""),
            (400, ""),
            (422, ""),
        ]

    @pytest.mark.parametrize("condition", ["*", '"a", "b"', 'W/"a"', "a"])
    def test_a_condition_is_one_strong_tag(self, town, year, condition):
        assert town.file(year, condition={"If-Match": condition}).status_code == 400

    def test_nothing_is_replaced_where_nothing_is(self, town, year):
        refused = town.file(year, condition={"If-Match": '"a"'})
        assert refused.status_code == 412
        assert "etag" not in refused.json()

    def test_a_stale_filing_is_refused_and_told_the_tag(self, town, year):
        first = town.file(year).json()
        second = town.file(year, condition={"If-Match": first["etag"]}).json()
        refused = town.file(year, condition={"If-Match": first["etag"]}, statement="Trop tard")
        assert (refused.status_code, refused.json()["etag"]) == (412, second["etag"])
        assert len(town.dossier(year).json()["receipts"]) == 2

    def test_faults_are_pointed_at(self, town, year):
        refused = town.file(year, edition=1789, signed_off=[{"role": "mayor", "on": "hier"}])
        assert (refused.status_code, problem_type(refused)) == (422, "")
        assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [
            ("/edition", "bad_choice"),
            ("/signed_off/0/role", "bad_choice"),
            ("/signed_off/0/on", "bad_date"),
        ]

    @pytest.mark.parametrize(
        "octets", [b"", b"{", b"\xff", b'{"edition": 1, "edition": 1}', b"[NaN]", b"[" * 100_000]
    )
    def test_what_is_no_json_is_refused(self, town, year, octets):
        assert town.file(year, octets).status_code == 400

    def test_nothing_is_compressed(self, town, year):
        assert town.file(year, headers={"Content-Encoding": "gzip"}).status_code == 415

    def test_a_dossier_is_not_withdrawn(self, town, year):
        answer = town.request("DELETE", town.dossier_url(year))
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PUT")


class TestTheStaff:
    def test_a_dossier_that_came_another_way_has_no_key(self, registry, town, tmp_path):
        year = opened(registry)
        town.file(year)
        registry.agent("close-edition", year)
        file = tmp_path / "dossier.json"
        file.write_text(json.dumps(a_dossier(town.siren, year, statement="Par la poste")))
        registry.agent("file-dossier", town.siren, year, file)

        found = town.dossier(year).json()
        assert (found["key"], found["dossier"]["statement"]) == (None, "Par la poste")
        assert [receipt["key"] is None for receipt in found["receipts"]] == [True, False]
        assert found["receipts"][0]["sha256"] == sha256(file.read_bytes())

    @pytest.mark.parametrize("text", ["{", "{}"])
    def test_the_staff_follows_the_rules_of_the_contract_too(
        self, registry, town, year, tmp_path, text
    ):
        (tmp_path / "dossier.json").write_text(text)
        done = registry.run("agent", "file-dossier", town.siren, year, tmp_path / "dossier.json")
        assert done.returncode == 1
        assert done.stderr.startswith("CommandError: Refusé")

    def test_a_day_opens_at_its_first_second_and_closes_at_its_last_in_paris(self, registry, town):
        year = next(YEARS)
        registry.agent(
            "edition", year, "--opens-at", "2040-03-25", "--closes-at", "2040-10-28",
            "--ceremony-on", "2041-02-01", "--place", "Lunel",
        )  # fmt: skip
        (said,) = [each for each in editions(town) if each["year"] == year]
        assert (said["opens_at"], said["closes_at"]) == (
            "2040-03-25T00:00:00+01:00",
            "2040-10-28T23:59:59+01:00",
        )
        assert (said["ceremony_on"], said["place"]) == ("2041-02-01", "Lunel")
        registry.agent("edition", year, "--closes-at", "2040-10-30T12:00:00+00:00")
        (moved,) = [each for each in editions(town) if each["year"] == year]
        assert moved == {**said, "closes_at": "2040-10-30T13:00:00+01:00"}

    def test_an_edition_that_nobody_knows_is_not_closed(self, registry):
        done = registry.run("agent", "close-edition", 1789)
        assert done.returncode == 1
        assert "CommandError: Impossible" in done.stderr


def editions(town) -> list[dict]:
    url = f"{town.registry.base_url}editions"
    return town.session.get(url, timeout=30).json()["items"]


def now() -> datetime:
    return datetime.now().astimezone()
