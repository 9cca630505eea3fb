"""demo/world.py, background.py, stories: the district is what the seed makes it, and adds up only where a fault is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any, cast

import pytest

from demo.calls import Call
from demo.clockwork import BEGIN, midnight
from demo.district import District
from demo.disturbances import CAUSES, GALE, REPEAT_CALLER
from demo.interfaces import Person
from demo.register import register
from demo.story import all_stories
from demo.truth import shows
from demo.world import NUISANCE, Condition, World
from services.projects.files.rules import FILE, RulesInForce
from services.projects.http.register_bodies import EstatesBody
from tests.unit.classifier.readers import shipped_reader


class Noting:
    """The hub that notes what it sends."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def post(self, service: str, path: str, body: dict[str, Any]) -> None:
        self.sent.append((path, body))


SEEDS = [1, 2, 7, 2026]
START = midnight(BEGIN)
YEAR = timedelta(days=365)


def _world(seed: int, **controls: bool) -> World:
    return World(District(seed), all_stories(), **controls)


@cache
def _three_years(seed: int, with_faults: bool = True) -> Sequence[Call]:
    return _world(seed, with_faults=with_faults).calls(START, START + 3 * YEAR)


def _estates_of_faults(calls: Sequence[Call]) -> set[str | None]:
    return {one.estate for one in calls if one.cause and one.cause not in CAUSES}


def test_a_gale_and_a_repeat_caller_look_like_concentrations() -> None:
    gale = [one for one in _three_years(1, with_faults=False) if one.cause == GALE]
    assert len({one.estate for one in gale}) == 40
    assert shows([one for one in gale if one.estate == gale[0].estate])
    repeated = [one for one in _three_years(1, with_faults=False) if one.cause == REPEAT_CALLER]
    assert (len(repeated), len({one.phone for one in repeated})) == (40, 1)


def test_estates_are_registered_with_floor_areas_by_which_five_callers_are_enough_everywhere() -> None:
    scaling = RulesInForce(FILE).book().at(START).detection.floor_area
    assert scaling
    for seed in range(20):
        hub, district = Noting(), District(seed)
        register(cast(Person, hub), district)
        ((path, body),) = hub.sent
        taken = EstatesBody.model_validate(body).estates
        assert (path, len(taken)) == ("/estates/batch", len(district.estates))
        assert {scaling.scaled(5, float(one.floor_area_m2 or 0)) for one in taken} == {5}
        assert all(one.floor_area_m2 for one in taken)


def test_the_same_seed_is_the_same_district_and_another_one_another() -> None:
    again = _world(1).calls(START, START + 3 * YEAR)
    assert again == _three_years(1)
    assert _estates_of_faults(again) != _estates_of_faults(_three_years(2))


@pytest.mark.parametrize("seed", SEEDS)
def test_background_adds_up_nowhere_however_it_is_read(seed: int) -> None:
    by_estate: dict[str | None, list[Call]] = defaultdict(list)
    for one in _three_years(seed, with_faults=False):
        assert one.cause is None or one.cause in CAUSES
        if one.cause is None:
            by_estate[one.estate].append(one)
    assert [estate for estate, calls in by_estate.items() if estate and shows(calls)] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_where_five_callers_add_up_there_is_a_fault_and_every_fault_shows(seed: int) -> None:
    world = _world(seed)
    cells: dict[tuple[str | None, str], list[Call]] = defaultdict(list)
    for one in (one for one in world.calls(START, START + 3 * YEAR) if one.cause != GALE):
        cells[one.estate, one.type_code].append(one)
    assert {cell for cell, calls in cells.items() if shows(calls)} == {fault.cell for fault in world.faults}


@pytest.mark.parametrize("seed", SEEDS)
def test_people_say_what_it_is_about_and_where(seed: int) -> None:
    reader = shipped_reader()
    calls = _three_years(seed)
    read = [(one, reader.read(one.text, one.address)) for one in calls]
    assert [one.text for one, reading in read if reading.place.estate != one.estate] == []
    astray = [one.text for one, reading in read if reading.type_code != one.type_code or reading.confidence < 0.5]
    assert len(astray) < 0.02 * len(calls), astray[:10]


def test_a_story_is_described_in_many_ways() -> None:
    for story in all_stories():
        texts = [one.text for one in _three_years(1) if one.cause == story.key]
        assert len(set(texts)) > 0.9 * len(texts), story.key


@pytest.mark.parametrize("seed", SEEDS)
def test_callers_are_distinct_and_some_call_again(seed: int) -> None:
    for story in all_stories():
        calls = [one for one in _three_years(seed) if one.cause == story.key]
        assert 5 <= len({one.phone for one in calls}) < len(calls)


def test_no_number_is_anybodys() -> None:
    assert {one.phone[:3] for one in _three_years(1) if one.phone} == {"100"}


@pytest.mark.parametrize("seed", SEEDS)
def test_stories_alike_take_place_in_sub_districts_of_their_own(seed: int) -> None:
    faults = _world(seed).faults
    sheds = [fault.estate.sub_district for fault in faults if fault.story.type_code == "XQ05"]
    assert len(set(sheds)) == len(sheds) == 3
    assert len({fault.estate.id for fault in faults}) == len(faults)


def test_works_are_complained_about_while_they_last_and_a_cure_ends_the_calls() -> None:
    world = _world(1)
    fault = next(one for one in world.faults if one.story.key == "roof-leak")
    year = START + YEAR
    before = world.calls(START, year)
    world.start_works(fault)
    during = world.calls(year, year + YEAR)
    world.finish(fault)
    after = world.calls(year + YEAR, year + 2 * YEAR)

    def about(calls: Sequence[Call], type_code: str) -> int:
        return sum((one.estate, one.type_code) == (fault.estate.id, type_code) for one in calls)

    assert [about(calls, NUISANCE) > 20 for calls in (before, during, after)] == [False, True, False]
    assert fault.condition is Condition.CURED
    assert about(before, "MJ01") > 2 * about(during, "MJ01") > 4 * about(after, "MJ01")


@pytest.mark.parametrize("seed", SEEDS)
def test_nuisance_is_no_concentration_of_its_own(seed: int) -> None:
    world = _world(seed)
    for fault in world.faults:
        world.start_works(fault)
    calls = [one for one in world.calls(START, START + YEAR) if one.type_code == NUISANCE]
    assert len(calls) > 100
    for estate in {one.estate for one in calls}:
        assert not shows([one for one in calls if one.estate == estate])


def test_works_that_do_not_hold_leave_the_fault_where_it_was() -> None:
    world = _world(1)
    fault = next(one for one in world.faults if one.story.key == "sewer")
    world.start_works(fault)
    world.finish(fault)
    assert fault.condition is Condition.PRESENT
    world.start_works(fault)
    world.finish(fault)
    assert fault.condition is Condition.CURED


def test_without_cures_nothing_helps_but_an_explanation() -> None:
    world = _world(1, with_cures=False)
    for fault in world.faults:
        for _ in fault.story.cures:
            world.finish(fault)
    cured = {fault.story.key for fault in world.faults if fault.condition is Condition.CURED}
    assert cured == {story.key for story in all_stories() if story.cures[-1].kind == "explain"}
