"""Batches to intake: sent again until there is an answer, and no row blamed for another's fault."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cli.importing import sending
from services.cli.importing.sending import BATCH_BYTES, BATCH_ROWS, Intake, RowAnswer, Stopped, in_batches
from tests.unit.cli.importing.batch_route import NUMBER, BatchRoute, problem


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses are noted instead of waited for."""
    noted: list[float] = []
    monkeypatch.setattr(sending.time, "sleep", noted.append)
    return noted


def intake(route: BatchRoute, patience_s: float = 300) -> Intake:
    tokens: Iterator[str] = (f"Bearer {number}" for number in range(10_000))
    client = httpx.Client(base_url="http://intake", transport=httpx.MockTransport(route))
    return Intake(client, lambda: {"Authorization": next(tokens)}, source="city", mode="live", patience_s=patience_s)


def rows(*texts: str) -> list[bytes]:
    return [json.dumps({"source_id": text, "text": text}).encode() for text in texts]


def lost_answer(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("connection reset by peer", request=request)


def test_a_batch_names_source_and_mode_and_its_rows_in_order() -> None:
    route = BatchRoute()
    assert intake(route).send(rows("a", "b")) == [RowAnswer(NUMBER), RowAnswer(NUMBER)]
    (body,) = route.bodies
    assert (body["source"], body["mode"]) == ("city", "live")
    assert [ticket["source_id"] for ticket in body["tickets"]] == ["a", "b"]


def test_a_batch_of_nothing_is_not_sent() -> None:
    route = BatchRoute()
    assert intake(route).send([]) == []
    assert not route.bodies


def test_repeats_and_problems_are_reported_row_by_row() -> None:
    route = BatchRoute(known={"a": "a", "b": "another"})
    assert intake(route).send(rows("a", "b", "c")) == [
        RowAnswer(NUMBER, repeated=True),
        RowAnswer(problem="source_id: came before with another content (correct the id)"),
        RowAnswer(NUMBER),
    ]


def test_a_batch_without_an_answer_is_sent_again_with_growing_pauses(pauses: list[float]) -> None:
    busy = httpx.Response(503, headers={"Retry-After": "2"})
    route = BatchRoute(faults=[lost_answer, lambda _: busy, lambda _: httpx.Response(500), lambda _: None])
    assert intake(route).send(rows("a")) == [RowAnswer(NUMBER)]
    assert len(route.bodies) == 4
    assert route.bodies[0] == route.bodies[3]
    assert pauses == [0.25, 2.0, 1.0]
    assert len(set(route.tokens)) == 4


def test_it_gives_up_on_an_intake_that_stays_away() -> None:
    route = BatchRoute(faults=[lost_answer] * 3)
    with pytest.raises(Stopped, match=r"has not taken a batch for 0 s \(ReadError\)"):
        intake(route, patience_s=0.1).send(rows("a"))


def test_a_batch_refused_for_one_row_costs_that_row_alone() -> None:
    texts = [f"text {number}" for number in range(200)]
    texts[137] = "poison"
    answers = intake(BatchRoute(poison="poison")).send(rows(*texts))
    assert [number for number, answer in enumerate(answers) if answer.problem] == [137]
    assert answers[137].problem == "text: is not for us"


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_the_good_rows_of_any_batch_are_taken_once_and_in_order(good: list[bool]) -> None:
    route = BatchRoute(poison="poison")
    answers = intake(route).send(rows(*(f"{'good' if one else 'poison'} {n}" for n, one in enumerate(good))))
    assert [answer.problem is None for answer in answers] == good
    assert list(route.known) == [f"good {n}" for n, one in enumerate(good) if one]
    assert not any(answer.repeated for answer in answers)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (problem(401, "no token"), "fresh one with the role hub"),
        (problem(403, "not you"), "lacks the role hub"),
        (problem(404, "what"), "check --url"),
        (problem(422, "source: is blank", "body.source"), "source: is blank"),
    ],
)
def test_what_all_rows_would_be_refused_for_stops_the_import(answer: httpx.Response, message: str) -> None:
    route = BatchRoute(faults=[lambda _: answer])
    with pytest.raises(Stopped, match=message):
        intake(route).send(rows("a", "b"))
    assert len(route.bodies) == 1


def test_answers_that_do_not_fit_the_rows_stop_the_import() -> None:
    route = BatchRoute(faults=[lambda _: httpx.Response(200, json={"results": []})])
    with pytest.raises(Stopped, match="another version"):
        intake(route).send(rows("a"))


@given(st.lists(st.sampled_from([0, 1, 300, BATCH_BYTES // 3, BATCH_BYTES, 2 * BATCH_BYTES]), max_size=1200))
def test_batches_keep_order_and_bounds(sizes: list[int]) -> None:
    batches = list(in_batches(sizes, lambda size: size))
    assert [size for batch in batches for size in batch] == sizes
    for batch in batches:
        assert 1 <= len(batch) <= BATCH_ROWS
        assert sum(batch) <= BATCH_BYTES or len(batch) == 1


def test_a_full_batch_has_as_many_rows_as_intake_takes() -> None:
    assert [len(batch) for batch in in_batches(range(1201), lambda _: 10)] == [500, 500, 201]
