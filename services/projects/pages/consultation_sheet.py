"""The page of one consultation, and how an act on it is answered: by the page as it is then."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from fastapi import Request, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.projects.app.consultation.acts import ConsultationActs
from services.projects.app.consultation.late_entries import late_entries
from services.projects.app.consultation.ports import RejectedRow
from services.projects.domain.consultation.course import (
    CONSULTATION_STEPS,
    ISSUES_CODES,
    NOTES_SALES,
    TAKES_BALLOTS,
    Consultation,
    ConsultationState,
)
from services.projects.http.consultations import CONSULTATION, seen_by
from services.projects.http.consultations_shown import (
    codes_shown,
    consultation_shown,
    deliveries_shown,
    entries_shown,
    entry_shown,
    result_shown,
    sale_shown,
    standing_shown,
)
from services.projects.http.refusals import answered
from services.projects.http.rights import authority_of, who_of
from services.projects.jobs.consultation.columns import CountRefused
from services.projects.pages.forms import NOTHING, Entered, acted, refused
from services.projects.pages.works_context import project_of
from services.projects.store.consultation_views import steps_of
from services.projects.store.consultations import results_of

LATEST = 20
"""Ballots, those entered last, with both their times."""
_OF_A_ROW = re.compile(r"body\.[a-z]+\.(\d+)\.(\w+)")


@dataclass(frozen=True, slots=True)
class ConsultationSheet:
    workshop: Workshop
    pages: Pages
    acts: ConsultationActs

    def act(
        self,
        request: Request,
        actor: Actor,
        consultation_id: str,
        fields: Entered,
        what: str,
        act: Callable[[Work], None],
    ) -> Response:
        """Leads to the page; a refusal is shown on it, with what was entered."""
        return acted(
            self.workshop,
            CONSULTATION,
            act,
            f"/pages/consultations/{consultation_id}",
            what,
            lambda problem: self.show(request, actor, consultation_id, fields, problem),
        )

    def refused(
        self, request: Request, actor: Actor, consultation_id: str, fields: Entered, problem: Problem
    ) -> Response:
        """Raises the problem when it is none of what was entered."""
        if problem.status_code not in (409, 422):
            raise problem
        return self.show(request, actor, consultation_id, fields, problem)

    def show(
        self,
        request: Request,
        actor: Actor,
        consultation_id: str,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
        rejected: Sequence[RejectedRow] = (),
    ) -> Response:
        acts = self.acts
        with answered(CONSULTATION), self.workshop.open() as work:
            found = seen_by(work, acts, consultation_id, actor)
            project = project_of(work, UUID(found.project_id), actor)
            may_act = authority_of(actor).may_act_on(project)
            counting = may_act and found.seal is None and found.shows_standing(work.clock.now())
            standing = acts.steps.standing(work, found.id, who_of(actor)) if counting else None
            results = results_of(work.connection, found.id) if found.seal else None
            steps = steps_of(work.connection, found.id)
            desk = self._desk(work, found) if may_act and found.announced else None
            menu = acts.desk.standing.menu(work, project.opened_at)
        return self.pages.show(
            request,
            "consultation.html",
            actor,
            project=project,
            consultation=consultation_shown(found),
            wording={one.item: one.text.text for one in found.items},
            standing=standing and standing_shown(standing),
            result=result_shown(found, results) if results else None,
            steps=steps,
            next_steps=_next(found) if may_act else [],
            may_act=may_act,
            desk=desk,
            takes_ballots=found.state in TAKES_BALLOTS,
            notes_sales=found.state in NOTES_SALES,
            issues_codes=found.state in ISSUES_CODES,
            rules=acts.desk.rules,
            menu=menu,
            rejected=rejected,
            fresh_id=uuid4,
            **refused(request, entered, problem),
        )

    def _desk(self, work: Work, found: Consultation) -> dict[str, Any]:
        """What the counting party alone sees beside how it stands."""
        book = self.acts.desk.book
        electorate, sales = book.electorate(work, found.id), book.sales(work, found.id)
        return {
            "deliveries": deliveries_shown(electorate, book.deliveries(work, found.id)),
            "codes": codes_shown(electorate, sales, book.codes(work, found.id)),
            "sales": [sale_shown(one.sale) for one in sales],
            "late": entries_shown(late_entries(work, book, found)),
            "latest": [entry_shown(one) for one in book.latest(work, found.id, LATEST)],
            "differences": book.differences(work, found.id),
            "recorded": book.results(work, found.id) is not None,
        }


def _next(found: Consultation) -> list[ConsultationState]:
    asks = {ConsultationState.ANNULLED, ConsultationState.NOTICED}
    return [state for state in ConsultationState if state in CONSULTATION_STEPS[found.state] - asks]


@contextmanager
def file_read() -> Iterator[None]:
    """Turns a file that cannot be read into the problem of the form, which names row, column and a code."""
    try:
        yield
    except CountRefused as error:
        faults = [one._asdict() for one in error.found]
        raise Problem(422, "unfit-file", "The file cannot be read", "; ".join(error.faults[:3]), file=faults) from None


@contextmanager
def rows_of_file(numbers: Sequence[int]) -> Iterator[None]:
    """Turns what does not fit in the rows of a file into the problem of that file. `numbers`: where each row stands."""
    try:
        yield
    except Problem as problem:
        named = [_OF_A_ROW.fullmatch(fault["field"]) for fault in problem.members.get("errors", [])]
        faults = [
            {"row": numbers[int(one[1])], "column": one[2], "code": "value"}
            for one in named
            if one and int(one[1]) < len(numbers)
        ]
        if faults and len(faults) == len(named):
            raise Problem(422, "unfit-file", problem.title, str(problem.detail), file=faults) from None
        raise
