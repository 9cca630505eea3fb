"""A scheme names what it does not cure, and how its rows differ from today's menu."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.contracts.elements import Choice
from services.projects.domain.menu import menu_as_of
from services.projects.domain.works.items import WorksItem
from services.projects.domain.works.scheme import outdated, suggested, uncured
from services.projects.files.works_rules import menu_rows

DAY = date(2026, 7, 1)
MENU = menu_as_of(menu_rows(), DAY, DAY)
ROWS = {(row.code, row.version): row for row in menu_rows()}
TYPES = {"MJ01": ("E01",), "XQ05": ("E16", "E27"), "XQ03": ()}


def item(code: str, dropped: str | None = None) -> WorksItem:
    row = MENU[code]
    return WorksItem(
        code, code, row.version, row.element, Choice.MUST, "3", Decimal(1), 1, confirmed_by="paper", dropped=dropped
    )


def test_what_no_item_cures_is_named_with_what_could() -> None:
    left = uncured([item("M01-A")], TYPES)
    assert [(one.type_code, one.by) for one in left] == [("XQ05", ("E16", "E27")), ("XQ03", ())]
    assert {row.element for row in suggested([item("M01-A")], TYPES, MENU)} <= {"E16", "E27"}
    assert "M16-A" in [row.code for row in suggested([item("M01-A")], TYPES, MENU)]


def test_a_dropped_item_cures_nothing() -> None:
    left = uncured([item("M01-A", dropped="no money"), item("M16-A")], TYPES)
    assert [one.type_code for one in left] == ["MJ01", "XQ03"]
    assert suggested([item("M01-A"), item("M16-A")], TYPES, MENU) == []


def test_an_item_of_another_version_says_what_is_different_today() -> None:
    frozen = ROWS["M01-A", 1]
    newer = frozen.model_copy(update={"version": 2, "standard_cn": "三层卷材", "known_from": DAY})
    menu = {**MENU, "M01-A": newer}
    (found,) = outdated([item("M01-A"), item("M16-A")], ROWS, menu)
    assert (found.item, found.frozen, found.today, found.fields) == ("M01-A", frozen, newer, ("standard_cn",))
    (gone,) = outdated([item("M01-A")], ROWS, {})
    assert (gone.today, gone.fields) == (None, ())
    assert outdated([item("M01-A")], ROWS, MENU) == []
