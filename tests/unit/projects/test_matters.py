"""When tickets are of one matter: places, callers and words decide, never a chain of likenesses."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.fingerprint import scaled
from services.projects.domain.commonness import Commonness
from services.projects.domain.detection import Call
from services.projects.domain.joining import POOL, POSTINGS, Joiner, weighted_keys
from services.projects.domain.likeness import Likeness, Trace, alike, shared_names, trace_of
from services.projects.domain.matters import beginning, belongs, core_of
from services.projects.domain.memory_store import MemoryStore
from tests.harness.term_key import TERM_KEY
from tests.unit.projects.books import book

START = datetime(2026, 6, 1, tzinfo=UTC)
RULE = Likeness(TERM_KEY)
BOOK = book(window_days=30, distinct_callers=5)
NOISE, DUST, SMELL, BUS = range(1, 500, 100)[:4]
"""Subjects: from each number on, terms of its own."""


def trace(n: int, *, caller: int | None = None, day: float = 0, place: str = "", subject: int = NOISE) -> Trace:
    """Opens with the place and says the subject's ten terms, and two of its own."""
    name = dict.fromkeys(TERM_KEY.terms_of(place), 3.0)
    said = {subject + k: 2.0 for k in range(10)} | {100_000 + 2 * n: 1.5, 100_001 + 2 * n: 1.5}
    places = frozenset((place,)) if place else frozenset[str]()
    who = f"{n if caller is None else caller:032x}"
    call = Call(f"{n:04}", who, START + timedelta(days=day))
    return Trace(call, places, places, scaled(said | name))


def joined(traces: Sequence[Trace]) -> dict[str, set[str]]:
    """The tickets of each matter, after all were taken in the order of their time."""
    joiner = Joiner(MemoryStore(timedelta(days=30)), BOOK, RULE)
    matters: dict[str, set[str]] = {}
    for one in sorted(traces, key=lambda one: (one.call.occurred_at, one.call.ticket_id)):
        found = joiner.take(one)
        if found:
            matters.setdefault(found.matter.id, set()).update(each.call.ticket_id for each in found.traces)
    return matters


def test_the_fifth_caller_begins_a_matter_of_all_five_and_a_later_one_joins() -> None:
    traces = [trace(n, day=n, place="听雨新城") for n in range(6)]
    assert joined(traces[:4]) == {}
    assert joined(traces[:5]) == {"1": {f"{n:04}" for n in range(5)}}
    assert joined(traces) == {"1": {f"{n:04}" for n in range(6)}}


def test_who_did_not_name_the_place_but_says_the_same_is_of_it() -> None:
    traces = [trace(n, day=n, place="听雨新城" if n != 2 else "") for n in range(6)]
    assert joined(traces) == {"1": {f"{n:04}" for n in range(6)}}


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 3), min_size=5, max_size=20))
def test_fewer_than_five_callers_are_no_matter_however_often_they_tell_it(callers: list[int]) -> None:
    assert joined([trace(n, caller=who, day=n / 4, place="听雨新城") for n, who in enumerate(callers)]) == {}


@settings(deadline=None, max_examples=15)
@given(st.permutations(["听雨新城"] * 6 + ["望月广场"] * 6))
def test_the_same_words_about_two_places_are_two_matters(places: list[str]) -> None:
    matters = joined([trace(n, day=n, place=place) for n, place in enumerate(places)])
    of = {f"{n:04}": place for n, place in enumerate(places)}
    assert len(matters) == 2
    assert all(len({of[ticket] for ticket in tickets}) == 1 for tickets in matters.values())


def test_two_subjects_at_one_road_are_no_matter_of_five() -> None:
    traces = [trace(n, day=n, place="同心路", subject=NOISE if n % 2 else DUST) for n in range(8)]
    assert joined(traces) == {}


def test_a_topic_reported_at_many_places_is_no_matter() -> None:
    assert (
        joined([trace(n, day=n, place=f"{'甲乙丙丁戊己庚辛'[n]}{'子丑寅卯辰巳午未'[n]}新村") for n in range(8)]) == {}
    )


def test_a_chain_of_likenesses_leads_nowhere() -> None:
    """Each says half of what the one before said: the ends share nothing."""
    chain = []
    for n in range(12):
        said = scaled({1000 + 5 * n + k: 2.0 for k in range(10)})
        call = Call(f"{n:04}", f"{n:032x}", START + timedelta(days=n))
        chain.append(Trace(call, frozenset(), frozenset(), said))
    assert all(alike(one, other, RULE) for one, other in itertools.pairwise(chain))
    assert all(len(tickets) < 8 for tickets in joined(chain).values())


def test_a_group_without_a_place_is_a_matter_by_its_words() -> None:
    assert joined([trace(n, day=n) for n in range(5)]) == {"1": {f"{n:04}" for n in range(5)}}


def test_callers_spread_over_more_than_the_window_are_none() -> None:
    assert joined([trace(n, day=8 * n, place="听雨新城") for n in range(8)]) == {}


@settings(deadline=None, max_examples=15)
@given(st.permutations(range(10)))
def test_the_order_of_the_pool_does_not_matter(order: list[int]) -> None:
    traces = [trace(n, day=n / 2, place="听雨新城" if n % 3 else "", subject=NOISE) for n in range(10)]
    newest = trace(99, day=6, place="听雨新城")
    begun = beginning(newest, [traces[n] for n in order], BOOK, RULE)
    assert begun == beginning(newest, traces, BOOK, RULE)


@settings(deadline=None, max_examples=15)
@given(st.permutations(range(8)))
def test_who_calls_at_the_same_moment_may_come_in_any_order(order: list[int]) -> None:
    joiner = Joiner(MemoryStore(timedelta(days=30)), BOOK, RULE)
    members: set[str] = set()
    for n in order:
        found = joiner.take(trace(n, day=1, place="听雨新城"))
        members |= {one.call.ticket_id for one in found.traces} if found else set()
    assert members == {f"{n:04}" for n in range(8)}


@given(st.sets(st.text(alphabet="听雨新城小区", min_size=2, max_size=4), max_size=3))
def test_names_are_shared_both_ways(names: set[str]) -> None:
    others = {"听雨新城", "望月广场"}
    assert set(shared_names(names, others)) == set(shared_names(others, names))


def test_a_matter_takes_nobody_who_opens_with_another_place() -> None:
    core = core_of([trace(n, place="听雨新城") for n in range(5)])
    assert core
    assert belongs(trace(9, place="听雨新城三期"), core, RULE)
    assert not belongs(trace(9, place="望月广场"), core, RULE)
    assert not belongs(trace(9, place="听雨新城", subject=BUS), core, RULE)


def test_memory_is_bounded_by_the_window_and_the_postings() -> None:
    store = MemoryStore(timedelta(days=30))
    joiner = Joiner(store, BOOK, RULE)
    for n in range(2 * POSTINGS):
        joiner.take(trace(n, caller=n % 4, day=n / 10, place="听雨新城"))
        asked = trace(n, place="听雨新城", day=n / 10)
        assert len(store.sharing(weighted_keys(asked.places, asked.weights), asked.call.occurred_at, POOL)) <= POOL
    for n in range(2 * POSTINGS, 2 * POSTINGS + 100):
        joiner.take(trace(n, caller=1, day=1000 + n, place="", subject=n * 200))
    assert len(store) <= 31


def test_a_name_that_many_texts_hold_names_no_place() -> None:
    common = Commonness()
    for n in range(2000):
        common.learn([*TERM_KEY.terms_of("中心"), *(TERM_KEY.terms_of("听雨新城") if n < 5 else ())])
    terms = dict.fromkeys((*TERM_KEY.terms_of("中心广场"), *TERM_KEY.terms_of("听雨新城")), 3)
    call = Call("1", "1", START)
    assert trace_of(call, ["中心", "听雨新城小区"], terms, TERM_KEY, common.rarity).places == {"听雨新城"}
