"""Scenes: each is played at its steps, beside everything else, and judged when it is over."""

from __future__ import annotations

from typing import Any

import pytest

from demo.clockwork import BEGIN, midnight
from demo.district import District
from demo.residents import Residents
from demo.scene import Actors, Scene, SceneFailed, Scenes, all_scenes
from tests.unit.demo.desk import Services

NOW = midnight(BEGIN)


def scene(played: list[str], *, well: bool = True) -> Scene:
    def called(actors: Actors) -> None:
        actors.file("ticket", "楼顶漏雨", "MJ01", resident=1)
        played.append("called")

    return Scene(
        key="one",
        title_cn="一件",
        title_en="one",
        begins=2,
        mornings={0: called, 1: lambda _: played.append("morning")},
        evenings={0: (lambda _: played.append("evening"), lambda _: played.append("night"))},
        ends=lambda _: well,
        shown=(),
    )


def cast(one: Scene) -> Scenes:
    services: Any = Services()
    return Scenes((one,), lambda: Actors(services, District(1), Residents(services), services, services, NOW))


def play(scenes: Scenes, steps: int) -> None:
    for step in range(1, steps + 1):
        scenes.morning(step, NOW)
        part = 0
        while scenes.evening(step, part):
            part += 1


def test_a_scene_is_played_in_its_order_and_its_tickets_are_its_own() -> None:
    played: list[str] = []
    scenes = cast(scene(played))
    assert scenes.tickets == set()
    play(scenes, 3)
    assert played == ["called", "evening", "night", "morning"]
    assert len(scenes.tickets) == 1
    assert [one.key for one, _ in scenes.lives()] == ["one"]


@pytest.mark.parametrize("steps", [1, 2])
def test_what_is_not_over_is_not_judged(steps: int) -> None:
    scenes = cast(scene([], well=False))
    play(scenes, steps)
    assert scenes.lives() == []


def test_a_scene_that_ends_otherwise_fails_the_play() -> None:
    scenes = cast(scene([], well=False))
    play(scenes, 3)
    with pytest.raises(SceneFailed, match="the scene 'one' did not end as expected"):
        scenes.lives()


def test_every_scene_has_its_own_key_and_callers() -> None:
    assert len({one.key for one in all_scenes()}) == len(all_scenes()) >= 5
