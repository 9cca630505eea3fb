"""Refused commands as problems (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.chassis.commands import Conflict
from services.chassis.web import refusals
from services.chassis.web.problems import Problem
from services.intake.domain.follow_up import IllegalMove
from services.intake.domain.steps import IllegalTicketStep
from services.intake.domain.ticket import NotIndependent
from services.intake.http.rights import handler_may_not_visit

CONFLICT = "The command does not fit the current state"


@contextmanager
def answered(not_found: Callable[[], Problem]) -> Iterator[None]:
    """Turns a refusal into its problem. Encloses the unit of work, which has been rolled back by then."""
    try:
        with refusals.answered(not_found, CONFLICT):
            yield
    except NotIndependent:
        raise refusals.forbidden_problem(handler_may_not_visit("You settled this ticket")) from None
    except (IllegalTicketStep, IllegalMove) as illegal:
        conflict = Conflict(str(illegal), illegal.version, illegal.state or "new")
        raise refusals.conflict_problem(conflict, CONFLICT) from None
