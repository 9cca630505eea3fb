"""Clauses keep their ids: what is missing, rewritten at its end, or supersedes itself is named."""

from __future__ import annotations

import pytest

from services.projects.domain.standards.clauses import Clause, ClauseStatus, clause_faults
from services.projects.domain.standards.difference import Change, Difference, differences
from services.projects.domain.standards.standard import EditionContent

ONE, TWO = Clause("1", "闭水"), Clause("2", "目测")
WITHDRAWN, SUPERSEDED = ClauseStatus.WITHDRAWN, ClauseStatus.SUPERSEDED


@pytest.mark.parametrize(
    ("clauses", "before", "fault"),
    [
        ((ONE, TWO), (), None),
        ((ONE, Clause("2", "目测", WITHDRAWN)), (ONE, TWO), None),
        ((ONE, Clause("2", "目测", SUPERSEDED, "1")), (ONE, TWO), None),
        ((ONE,), (ONE, TWO), "lack 2"),
        ((ONE, ONE), (), "twice"),
        ((Clause("1", "闭水", WITHDRAWN),), (ONE,), "none that is active"),
        ((ONE, Clause("2", "改写", WITHDRAWN)), (ONE, TWO), "not rewritten"),
        ((ONE, Clause("2", "目测", SUPERSEDED, "2")), (ONE, TWO), "name its successor"),
        ((ONE, Clause("2", "目测", SUPERSEDED)), (ONE, TWO), "name its successor"),
        ((Clause("1", "闭水", successor="2"), TWO), (), "leave it out"),
        ((ONE, TWO), (ONE, Clause("2", "目测", WITHDRAWN)), "stays as it was"),
        ((ONE, Clause("3", "新", WITHDRAWN)), (ONE,), "not rewritten"),
    ],
)
def test_clauses_follow_those_of_the_version_before(
    clauses: tuple[Clause, ...], before: tuple[Clause, ...], fault: str | None
) -> None:
    found = [one.why for one in clause_faults(clauses, before)]
    assert found == [] if fault is None else any(fault in one for one in found)


def test_what_differs_is_listed_clause_by_clause() -> None:
    before = EditionContent("a", (ONE, TWO), elements=("E01",))
    after = EditionContent("b", (Clause("1", "闭水两次"), Clause("2", "目测", SUPERSEDED, "3"), Clause("3", "闭水")))
    assert differences(before, after) == [
        Difference(Change.TEXT_CHANGED),
        Difference(Change.CLAUSE_CHANGED, "1"),
        Difference(Change.CLAUSE_SUPERSEDED, "2", "3"),
        Difference(Change.CLAUSE_ADDED, "3"),
        Difference(Change.ELEMENT_GONE, "E01"),
    ]
    assert differences(after, after) == []
