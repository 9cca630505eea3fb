"""What differs between two versions of a standard, as facts; sentences are made where people read them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import NamedTuple, TypeVar

from services.projects.domain.standards.clauses import ClauseStatus
from services.projects.domain.standards.standard import EditionContent

Step = TypeVar("Step", bound=StrEnum)
Kind = TypeVar("Kind", bound=StrEnum)


class Change(StrEnum):
    TEXT_CHANGED = "text_changed"
    CLAUSE_ADDED = "clause_added"
    CLAUSE_CHANGED = "clause_changed"
    CLAUSE_SUPERSEDED = "clause_superseded"
    CLAUSE_WITHDRAWN = "clause_withdrawn"
    ELEMENT_ADDED = "element_added"
    ELEMENT_GONE = "element_gone"
    MENU_ADDED = "menu_added"
    MENU_CHANGED = "menu_changed"
    MENU_GONE = "menu_gone"
    PAPER_ADDED = "paper_added"
    PAPER_GONE = "paper_gone"
    MEETING_ADDED = "meeting_added"
    MEETING_GONE = "meeting_gone"
    FORM_ADDED = "form_added"
    FORM_GONE = "form_gone"


class Difference(NamedTuple):
    """`what`: a clause's or menu row's code, an element, a form's title, the kind of a paper or meeting.

    `other`: the successor of a clause that is superseded; the step of works of a paper or meeting.
    """

    change: Change
    what: str = ""
    other: str = ""


_ENDS = {ClauseStatus.SUPERSEDED: Change.CLAUSE_SUPERSEDED, ClauseStatus.WITHDRAWN: Change.CLAUSE_WITHDRAWN}


def differences(before: EditionContent, after: EditionContent) -> list[Difference]:
    found = [Difference(Change.TEXT_CHANGED)] if before.text != after.text else []
    known = {one.id: one for one in before.clauses}
    for clause in after.clauses:
        was = known.get(clause.id)
        if was is None:
            found.append(Difference(Change.CLAUSE_ADDED, clause.id))
        elif was.status is not clause.status:
            found.append(Difference(_ENDS[clause.status], clause.id, clause.successor or ""))
        elif was.text != clause.text:
            found.append(Difference(Change.CLAUSE_CHANGED, clause.id))
    found += _sets(set(before.elements), set(after.elements), Change.ELEMENT_ADDED, Change.ELEMENT_GONE)
    rows, now = {row.code: row for row in before.menu}, {row.code: row for row in after.menu}
    found += _sets(set(rows), set(now), Change.MENU_ADDED, Change.MENU_GONE)
    found += [Difference(Change.MENU_CHANGED, code) for code in sorted(rows.keys() & now) if rows[code] != now[code]]
    found += _steps(before.papers, after.papers, Change.PAPER_ADDED, Change.PAPER_GONE)
    found += _steps(before.meetings, after.meetings, Change.MEETING_ADDED, Change.MEETING_GONE)
    forms, forms_now = {one.title: one for one in before.templates}, {one.title: one for one in after.templates}
    gone = {title for title, one in forms.items() if forms_now.get(title) != one}
    added = {title for title, one in forms_now.items() if forms.get(title) != one}
    return [*found, *_sets(gone - added, added, Change.FORM_ADDED, Change.FORM_GONE)]


def _sets(before: Set[str], after: Set[str], added: Change, gone: Change) -> list[Difference]:
    return [
        *(Difference(added, one) for one in sorted(after - before)),
        *(Difference(gone, one) for one in sorted(before - after)),
    ]


def _steps(
    before: Mapping[Step, Set[Kind]], after: Mapping[Step, Set[Kind]], added: Change, gone: Change
) -> list[Difference]:
    found = []
    for step in sorted({*before, *after}):
        was, now = before.get(step, frozenset()), after.get(step, frozenset())
        found += [Difference(added, kind, step) for kind in sorted(now - was)]
        found += [Difference(gone, kind, step) for kind in sorted(was - now)]
    return found
