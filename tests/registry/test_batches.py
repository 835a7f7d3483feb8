"""Many writes in one request: each as if it had been sent alone, in memory and over HTTP."""

import json
from dataclasses import replace

import pytest

from wagtail_villes_internet.registry import batches, errors
from wagtail_villes_internet.registry.canonical import content_hash
from wagtail_villes_internet.registry.types import Tombstone, Write, Written

from .hostile import answer, hostile, problem
from .values import EPOCH, HASH, ID, SIREN, a_body, delete, put, service_id

ONE, TWO, THREE, FOUR = map(service_id, (1, 2, 3, 4))


def created(number: int) -> Write:
    return put(service_id(number), key=f"k{number}")


class TestAgainstARegistry:
    def test_each_write_has_its_own_answer_in_order(self, world):
        there = world.write(put(ONE, key="k1"))
        changed, gone, made, refused = world.batch(
            [
                put(ONE, key="k2", if_match=there.etag, title="Autre"),
                delete(TWO, '"x"', key="k3"),
                put(THREE, key="k4"),
                put(FOUR, key="k5", title=""),
            ]
        )

        assert changed == Written(
            ONE,
            200,
            world.service(ONE).etag,
            content_hash(a_body(title="Autre")),
            "k2",
            None,
            there.epoch,
        )
        assert type(gone) is errors.UnknownService
        assert (made.id, made.status, made.replayed) == (THREE, 201, False)
        assert type(refused) is errors.Rejected
        assert (refused.status, refused.problems[0].pointer) == (422, "/title")
        assert {gone.epoch, refused.epoch} == {there.epoch}
        assert world.service(THREE).body == a_body()

    def test_a_batch_sent_again_has_no_other_effect(self, world):
        attempts = [created(number) for number in range(5)]
        first = world.batch(attempts)
        sequence = world.registry.summary(world.siren).sequence

        assert world.batch(attempts) == [replace(done, replayed=True) for done in first]
        assert world.registry.summary(world.siren).sequence == sequence == 5

    def test_a_batch_that_died_is_sent_again_in_parts(self, world):
        alone = world.write(created(1))

        parts = world.batch([created(0), created(1)]), world.batch([created(2), created(1)])

        for _other, again in parts:
            assert again == replace(alone, sequence=None, replayed=True)
        assert world.write(created(0)).replayed is True

    def test_a_withdrawal_leaves_its_tombstone(self, world):
        there = world.write(put(ONE, key="k1"))

        (gone,) = world.batch([delete(ONE, there.etag, key="k2")])

        assert gone == Written(ONE, 200, None, None, "k2", None, there.epoch, tombstone=True)
        (again,) = world.batch([delete(ONE, there.etag, key="k3")])
        tombstone = Tombstone(ONE, there.sequence + 1, "k2")
        assert type(again) is errors.WithdrawnService
        assert again.tombstone == tombstone

    def test_what_is_there_is_said_to_whoever_expected_something_else(self, world):
        there = world.write(put(ONE, key="k1"))

        stale, reused, unknown = world.batch(
            [
                put(ONE, key="k2"),
                put(TWO, key="k1"),
                put(THREE, key="k3", reference_services=("zz-unknown",)),
            ]
        )

        assert type(stale) is errors.PreconditionFailed
        assert stale.etag == there.etag
        assert type(reused) is errors.KeyReused
        assert type(unknown) is errors.UnknownCode

    def test_nothing_to_send_is_answered_with_nothing(self, world):
        assert world.batch([]) == []

    @pytest.mark.parametrize(
        ("attempts", "status"),
        [
            ([put(ONE, key="k1"), put(ONE, key="k2")], 400),
            ([put(ONE, key="k1"), replace(put(TWO, key="k2"), body="{")], 400),
            ([created(number) for number in range(101)], 413),
            ([put(ONE, key="k1"), put(TWO, key="k2", summary="x" * 1_050_000)], 413),
        ],
    )
    def test_an_envelope_that_is_refused_did_nothing(self, world, attempts, status):
        with pytest.raises(errors.Rejected) as caught:
            world.batch(attempts)

        assert caught.value.status == status
        assert world.registry.summary(world.siren).sequence == 0


class TestTheCut:
    def test_one_batch_holds_a_hundred_operations(self):
        attempts = [created(number) for number in range(250)]

        pieces = list(batches.cut(attempts))

        assert [len(piece) for piece in pieces] == [100, 100, 50]
        assert [attempt for piece in pieces for attempt in piece] == attempts

    def test_one_batch_holds_a_mebibyte(self):
        attempts = [
            put(service_id(number), key="k", description="é" * 20_000) for number in range(60)
        ]

        pieces = list(batches.cut(attempts))

        sizes = [len(batches.envelope(piece)) for piece in pieces]
        assert len(pieces) > 1
        assert max(sizes) <= batches.MAX_OCTETS
        # One more in any but the last would not have gone in.
        assert min(sizes[:-1]) > batches.MAX_OCTETS - 50_000

    def test_one_batch_fills_the_mebibyte_to_the_last_octet(self):
        small = put(ONE, key="k", title="")
        room = batches.MAX_OCTETS - len(batches.envelope([small, small]))
        filling = [put(ONE, key="k", title=""), put(TWO, key="k", title="x" * room)]
        too_much = [filling[0], put(TWO, key="k", title="x" * (room + 1))]

        assert len(batches.envelope(filling)) == batches.MAX_OCTETS
        assert list(batches.cut(filling)) == [tuple(filling)]
        assert list(batches.cut(too_much)) == [(too_much[0],), (too_much[1],)]

    def test_what_no_batch_can_hold_goes_alone(self):
        large = put(TWO, key="k", summary="x" * 1_100_000)

        assert list(batches.cut([put(ONE), large, put(THREE)])) == [
            (put(ONE),), (large,), (put(THREE),),
        ]  # fmt: skip

    def test_no_batch_names_an_id_twice(self):
        first, second = put(ONE, key="k1"), put(ONE, key="k2", if_match='"a"')

        assert list(batches.cut([first, put(TWO), second])) == [(first, put(TWO)), (second,)]

    def test_nothing_is_cut_into_nothing(self):
        assert list(batches.cut([])) == []


def results(*items: dict, **members: object) -> bytes:
    return answer(200, {"results": list(items), "epoch": EPOCH, **members})


def result(**changes: object) -> dict[str, object]:
    return {
        "id": ID,
        "status": 201,
        "etag": '"v1"',
        "hash": HASH,
        "problem": None,
        "replayed": False,
        **changes,
    }


def refused(status: int, kind: str = "", **changes: object) -> dict[str, object]:
    type_ = f"https://registry.example/problems/{kind}" if kind else "about:blank"
    members = {"type": type_, "status": status, **changes.pop("members", {})}
    return result(status=status, etag=None, hash=None, problem=members, **changes)


class TestOverHttp:
    def test_bodies_are_sent_octet_for_octet_and_without_headers_of_their_own(self, client, token):
        attempt = replace(put(), body='{ "b":1.50,\n"a" : "\\u00e9é"}')
        with hostile(results(result(), result(id=TWO, etag=None, hash=None, status=200))) as server:
            client(server).batch(SIREN, [attempt, delete(TWO, '"t"')])

            asked = server.exchanges[0]
            assert asked.line == f"POST /api/v1/authorities/{SIREN}/services/batch HTTP/1.1"
            assert asked.headers["Authorization"] == f"Bearer {token}"
            assert asked.headers["Content-Type"] == "application/json"
            for name in ("Idempotency-Key", "If-Match", "If-None-Match"):
                assert asked.headers[name] is None
            assert attempt.body.encode() in asked.body
            assert json.loads(asked.body) == {
                "operations": [
                    {
                        "op": "put",
                        "key": "key-1",
                        "id": ID,
                        "if_match": None,
                        "body": json.loads(attempt.body),
                    },
                    {"op": "delete", "key": "key-d", "id": TWO, "if_match": '"t"'},
                ]
            }

    @pytest.mark.parametrize(
        ("item", "kind"),
        [
            (refused(401), errors.Unauthorized),
            (refused(403), errors.Forbidden),
            (refused(404, "service-unknown"), errors.UnknownService),
            (refused(404), errors.Unreachable),
            (refused(409, "in-progress"), errors.InProgress),
            (refused(410), errors.Unreachable),
            (refused(410, "service-withdrawn"), errors.Unparsable),
            (refused(412, members={"etag": '"v2"'}), errors.PreconditionFailed),
            (refused(422, "key-reused"), errors.KeyReused),
            (refused(422, "unknown-code"), errors.UnknownCode),
            (refused(428), errors.Rejected),
            (refused(429, retry_after=7), errors.Busy),
            (refused(500), errors.Busy),
            (result(status=404, problem=None), errors.Unreachable),
            (result(status=422, problem="no"), errors.Rejected),
        ],
    )
    def test_a_refused_operation_means_what_it_means_alone(self, client, token, item, kind):
        with hostile(results(item)) as server:
            (outcome,) = client(server).batch(SIREN, [put()])

        assert type(outcome) is kind
        assert outcome.epoch == EPOCH

    @pytest.mark.parametrize(
        ("retry_after", "expected"),
        [(7, 7.0), (10**30, 86_400.0), (-1, None), ("7", None), (True, None), (1.5, None)],
    )
    def test_a_busy_operation_says_how_long(self, client, token, retry_after, expected):
        with hostile(results(refused(503, retry_after=retry_after))) as server:
            (outcome,) = client(server).batch(SIREN, [put()])

        assert outcome.retry_after == expected

    @pytest.mark.parametrize(
        "item",
        [
            result(etag='W/"v1"'),
            result(etag=None),
            result(hash="zz"),
            result(status=204),
            result(status=304),
            result(status="201"),
            result(status=True),
            result(replayed=None),
            {name: value for name, value in result().items() if name != "replayed"},
        ],
    )
    def test_a_result_nobody_can_read_leaves_the_others_standing(self, client, token, item):
        other = result(id=TWO)
        with hostile(results(item, other)) as server:
            unread, read = client(server).batch(SIREN, [put(), put(TWO)])

        assert type(unread) is errors.Unparsable
        assert read == Written(TWO, 201, '"v1"', HASH, "key-1", None, EPOCH)

    def test_a_withdrawal_is_not_a_creation(self, client, token):
        with hostile(results(result())) as server:
            (outcome,) = client(server).batch(SIREN, [delete(ID, '"t"')])

        assert type(outcome) is errors.Unparsable

    @pytest.mark.parametrize(
        "reply",
        [
            results(),
            results(result(), result()),
            results(result(id=TWO)),
            results(result(), epoch=None),
            results(results="no"),
            answer(200, {"results": [None], "epoch": EPOCH}),
            answer(200, []),
        ],
    )
    def test_the_answer_to_another_batch_is_not_read(self, client, token, reply):
        with hostile(reply) as server, pytest.raises(errors.Unparsable):
            client(server).batch(SIREN, [put()])

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (problem(413), errors.Rejected),
            (problem(400), errors.Rejected),
            (problem(404), errors.Unreachable),
            (problem(503, headers={"Retry_After": "3"}), errors.Busy),
            (answer(201, {"results": [result()], "epoch": EPOCH}), errors.Rejected),
        ],
    )
    def test_a_refused_batch_is_refused_whole(self, client, token, reply, kind):
        with hostile(reply) as server, pytest.raises(kind):
            client(server).batch(SIREN, [put()])
