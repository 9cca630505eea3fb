"""Later works start from the standard in force; those that run keep theirs."""

from __future__ import annotations

from datetime import UTC, date, datetime

from services.projects.domain.consultation.meetings import MeetingKind
from services.projects.domain.menu import MenuContent
from services.projects.domain.standards.clauses import Clause
from services.projects.domain.standards.demands_on_works import asked, menu_of, without_gate
from services.projects.domain.standards.standard import Edition, EditionContent, EditionState, Retirement, Standard
from services.projects.domain.works.gated_works import Gated
from services.projects.domain.works.papers import PaperKind
from services.projects.files.works_rules import menu_rows

ISSUED = datetime(2026, 7, 1, 4, tzinfo=UTC)
BEFORE, AFTER = datetime(2026, 7, 20, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC)
ROOF = next(row for row in menu_rows() if row.code == "M01-A")
NEW = MenuContent.model_validate(
    ROOF.model_dump(exclude={"version", "known_from", "in_force_from"}) | {"standard_cn": "闭水48小时"}
)
GONE = NEW.model_copy(update={"code": "M01-B", "withdrawn": True})


def standard() -> Standard:
    content = EditionContent(
        "",
        (Clause("1", "x"),),
        ("E01",),
        (NEW, GONE),
        {Gated.ACCEPT: frozenset({PaperKind.MATERIAL_CERTIFICATE})},
        {Gated.CONFIRM_SCHEME: frozenset({MeetingKind.HEARING})},
    )
    edition = Edition(1, content, EditionState.ISSUED, effective_from=date(2026, 8, 1), issued_at=ISSUED,
                      menu_versions={"M01-A": 2, "M01-B": 2})  # fmt: skip
    return Standard("s", "", "housing", ("MJ01",), ISSUED, editions=[edition])


def test_works_that_began_before_keep_their_menu_and_later_ones_start_from_the_standard() -> None:
    kept, later = (menu_of(menu_rows(), [standard()], AFTER, began) for began in (BEFORE, AFTER))
    assert (kept["M01-A"].version, "M01-B" in kept) == (1, True)
    assert (later["M01-A"].version, later["M01-A"].standard_cn, "M01-B" in later) == (2, "闭水48小时", False)
    assert later["M01-A"].known_from == date(2026, 7, 1)


def test_papers_and_meetings_are_asked_of_later_works_with_its_elements_alone() -> None:
    assert asked([standard()], BEFORE, {"E01"}).papers == {}
    assert asked([standard()], AFTER, {"E06"}).by == ()
    found = asked([standard()], AFTER, {"E01", "E06"})
    assert found.papers == {Gated.ACCEPT: frozenset({PaperKind.MATERIAL_CERTIFICATE})}
    assert found.meetings == {Gated.CONFIRM_SCHEME: frozenset({MeetingKind.HEARING})}


def test_a_standard_that_is_retired_rules_what_begins_later_no_more() -> None:
    retired = standard()
    retired.retirement = Retirement(date(2026, 8, 31), ISSUED, "")
    assert menu_of(menu_rows(), [retired], AFTER, datetime(2026, 9, 1, tzinfo=UTC))["M01-A"].version == 1
    assert menu_of(menu_rows(), [retired], AFTER, AFTER)["M01-A"].version == 2


def test_a_step_at_which_nobody_looks_for_papers_is_named() -> None:
    assert without_gate([Gated.ACCEPT, Gated.CONSULT], [Gated.CONFIRM_SCHEME, Gated.START]) == [
        Gated.CONSULT,
        Gated.START,
    ]
