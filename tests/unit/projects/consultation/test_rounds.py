from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.projects.domain.consultation.admission import Inadmissible, ItemOnBallot, Opening, inadmissible
from services.projects.domain.consultation.rounds import (
    ItemText,
    NothingChanged,
    PeriodFault,
    Round,
    TextFrozen,
    period_faults,
)
from tests.unit.projects.consultation.votes import OPENED, RULES, alike, ballot, changed, owned

FACADE = ItemText("facade", "外墙修缮并重新涂装", "拆除琉璃瓦面砖", "涂料", "米黄", "menu 3", ("a1", "b2"))
DAY = timedelta(days=1)


def opened(**texts: str) -> Round:
    return Round(1, texts, OPENED - 15 * DAY, OPENED, OPENED + 10 * DAY)


@pytest.mark.parametrize(
    "other",
    [
        {"text": "外墙修缮"},
        {"removed": ""},
        {"material": "真石漆"},
        {"colour": "灰"},
        {"menu_version": "menu 4"},
        {"pictures": ("b2", "a1")},
        {"pictures": ("a1",)},
    ],
)
def test_whatever_an_owner_is_shown_is_in_the_hash(other: dict[str, object]) -> None:
    assert replace(FACADE, **other).hash != FACADE.hash  # type: ignore[arg-type]
    assert replace(FACADE).hash == FACADE.hash


def test_what_is_voted_on_cannot_change_once_it_is_open() -> None:
    found = opened(facade="1", shed="2")
    found.keep({"facade": "1", "shed": "2"}, OPENED + DAY)
    found.keep({"facade": "9"}, OPENED - DAY)
    with pytest.raises(TextFrozen) as refused:
        found.keep({"facade": "9", "lamp": "3"}, OPENED)
    assert refused.value.items == ("facade", "lamp", "shed")


def test_a_new_round_names_what_changed_and_does_not_count_the_ballots_of_the_one_before() -> None:
    first = opened(facade="1", shed="2")
    second = first.again({"facade": "9", "shed": "2"}, OPENED + 20 * DAY, OPENED + 35 * DAY, OPENED + 45 * DAY)
    assert (second.number, second.changed) == (2, ("facade",))
    with pytest.raises(NothingChanged):
        first.again(first.texts, OPENED, OPENED, OPENED)
    estate = alike(1)
    items = {"roof": ItemOnBallot("roof", RULES["ordinary"])}
    old = ballot(1, estate.parts[0].id, "+")
    assert [reason for _, reason in inadmissible([old], estate, items, second.opening)] == [Inadmissible.OTHER_ROUND]


@pytest.mark.parametrize(
    ("announced", "opens", "closes", "faults"),
    [
        (0, 15, 20, ()),
        (0, 15, 75, ()),
        (0, 14, 20, (PeriodFault.NOTICE_TOO_SHORT,)),
        (0, 15, 19, (PeriodFault.OPEN_TOO_SHORT,)),
        (0, 15, 76, (PeriodFault.OPEN_TOO_LONG,)),
        (0, 1, 2, (PeriodFault.NOTICE_TOO_SHORT, PeriodFault.OPEN_TOO_SHORT)),
        (0, 20, 20, (PeriodFault.CLOSES_BEFORE_IT_OPENS,)),
        (10, 5, 20, (PeriodFault.CLOSES_BEFORE_IT_OPENS,)),
    ],
)
def test_notice_and_voting_have_their_days(
    announced: int, opens: int, closes: int, faults: tuple[PeriodFault, ...]
) -> None:
    found = Round(1, {}, OPENED + announced * DAY, OPENED + opens * DAY, OPENED + closes * DAY)
    assert period_faults(found, RULES["ordinary"].periods) == faults
    order = tuple(one for one in faults if one is PeriodFault.CLOSES_BEFORE_IT_OPENS)
    assert period_faults(found, None) == order


def refused(at: datetime | None = OPENED, item: str = "roof", part: str = "a", **more: object) -> list[Inadmissible]:
    estate = owned(("a", 1, "x", "1"), ("b", 1, "y", "2"))
    unproxied = changed("building-ordinary", proxy="none")
    items = {
        "roof": ItemOnBallot("roof", RULES["ordinary"], text_hash="t"),
        "stairs": ItemOnBallot("stairs", unproxied, building="1"),
    }
    cast = replace(ballot(1, part, "+"), item=item, at=at, **{"text_hash": "t", **more})  # type: ignore[arg-type]
    return [reason for _, reason in inadmissible([cast], estate, items, Opening(OPENED, OPENED + DAY))]


def test_what_may_not_be_counted_is_distinguished() -> None:
    assert refused() == refused(item="stairs") == refused(proxy="written, page 3") == []
    assert refused(OPENED + DAY) == []
    assert refused(part="c") == [Inadmissible.NO_SUCH_PART]
    assert refused(part="b", item="stairs") == [Inadmissible.NOT_CONCERNED]
    assert refused(item="shed") == [Inadmissible.NO_SUCH_ITEM]
    assert refused(text_hash="u") == [Inadmissible.OTHER_TEXT]
    assert refused(text_hash=None) == [Inadmissible.NO_TEXT]
    assert refused(item="stairs", proxy="p") == [Inadmissible.NO_PROXY]
    assert refused(OPENED - timedelta(seconds=1)) == [Inadmissible.BEFORE_OPENING]
    assert refused(OPENED + DAY + timedelta(seconds=1)) == [Inadmissible.AFTER_CLOSING]
    assert refused(None) == [Inadmissible.NO_TIME]
