"""The judge is judged: what is planted is found, what is sound is let pass (docs/faults.md R18)."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.oracle import Evidence, Sighting, Verdict, judge

KEYS = [f"ticket-{n}" for n in range(20)]
LOG = [Sighting(key, f"{key}/v{version}", version) for key in KEYS for version in (1, 2, 3)]


def judged(sightings: list[Sighting], *, per_version: bool = True) -> Verdict:
    return judge(KEYS, [Evidence("tickets", KEYS, sightings, effects_per_version=per_version)])


def test_a_sound_history_is_clean() -> None:
    verdict = judged(LOG)
    assert verdict.clean
    assert verdict.redelivered == 0
    assert verdict.sent == len(KEYS)


@given(st.randoms())
def test_keys_may_interleave_as_they_like(random: random.Random) -> None:
    lanes = {key: [one for one in LOG if one.key == key] for key in KEYS}
    order = [one.key for one in LOG]
    random.shuffle(order)
    assert judged([lanes[key].pop(0) for key in order]).clean


@pytest.mark.parametrize("key", KEYS)
def test_a_planted_loss_is_found(key: str) -> None:
    verdict = judged([one for one in LOG if one.key != key])
    assert verdict.lost == [f"tickets: {key}"]
    assert not verdict.duplicated
    assert not verdict.clean


@given(st.sampled_from(LOG))
def test_a_planted_double_is_found(original: Sighting) -> None:
    second = Sighting(original.key, "another effect", original.version)
    at = LOG.index(original)
    verdict = judged([*LOG[: at + 1], second, *LOG[at + 1 :]])
    assert verdict.duplicated == [f"tickets: {original.key}"]
    assert not verdict.clean


@given(st.sampled_from([n for n, one in enumerate(LOG) if one.version < 3]))
def test_a_planted_swap_is_found(at: int) -> None:
    swapped = [*LOG[:at], LOG[at + 1], LOG[at], *LOG[at + 2 :]]
    verdict = judged(swapped)
    assert verdict.out_of_order == [f"tickets: {LOG[at].key}"]
    assert not verdict.clean


def test_a_second_delivery_of_a_ticket_is_a_double_whatever_its_version() -> None:
    two = [Sighting("ticket-1", "delivery a", 2), Sighting("ticket-1", "delivery b", 3)]
    assert judged(two, per_version=False).duplicated == ["tickets: ticket-1"]
    assert not judged(two, per_version=True).duplicated


def test_the_same_effect_twice_is_a_redelivery_and_no_double() -> None:
    verdict = judged([*LOG, LOG[-1]])
    assert verdict.clean
    assert verdict.redelivered == 1


def test_a_zombies_late_write_is_out_of_order_though_it_is_a_redelivery() -> None:
    verdict = judged([*LOG, LOG[-2]])
    assert verdict.out_of_order == [f"tickets: {LOG[-1].key}"]
    assert verdict.redelivered == 1


def test_a_batch_published_again_in_its_order_is_a_redelivery_alone() -> None:
    verdict = judged([*LOG, *LOG[-3:]])
    assert verdict.clean
    assert verdict.redelivered == 3


def test_what_was_never_acknowledged_may_be_there_or_not() -> None:
    assert judged([*LOG, Sighting("unanswered", "unanswered/v1")]).clean


def test_each_place_has_its_own_expectation() -> None:
    rows = [Sighting(key, key) for key in KEYS[:5]]
    evidence = [Evidence("tickets", KEYS, LOG, effects_per_version=True), Evidence("deliveries", KEYS[:5], rows)]
    assert judge(KEYS, evidence).clean
    evidence[1] = Evidence("deliveries", KEYS[:6], rows)
    assert judge(KEYS, evidence).lost == ["deliveries: ticket-5"]


def test_the_printed_line_counts_what_was_found() -> None:
    line = json.loads(judged([*LOG[3:], LOG[-1]]).line("R1", recovery_s=1.26, kills=5))
    assert line == {
        "name": "R1", "sent": 20, "lost": 1, "duplicated": 0, "out_of_order": 0, "redelivered": 1,
        "recovery_s": 1.3, "kills": 5,
    }  # fmt: skip
