"""The ticket (工单): its facts, and what each step makes of them (domain.md §2.5, §10.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.contracts.ticket_events import Channel, Place, RequestKind, Satisfaction, Urgency
from services.intake.domain.steps import ASIDE, BACK, CLOCKS, SAME, STEPS, IllegalStep, State, Step

UNREACHED_ENOUGH = 3
"""So often the caller is tried in vain before a ticket may be archived without their word (domain.md §10.1)."""


class Extension(StrEnum):
    """Of the settle clock, once a ticket (domain.md §2.1)."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"


class NotIndependent(ValueError):
    """Who handled a ticket does not ask its caller how it went (domain.md §10.1)."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Who took which step when; `version` is the ticket's after it."""

    version: int
    at: datetime
    step: Step
    state: State
    actor: str
    detail: str | None = None


@dataclass(slots=True)
class Ticket:
    """Facts without text and without the caller's identity; both are kept apart (domain.md §9).

    Every step adds a line to `steps`, the history not stored yet, and raises `version` by one. `acted_version` is the
    version of the last step that was not a clock's: whoever saw that one has seen all there is to act on. From dispatch
    on there is exactly one lead. `city_number` names a ticket of the city's hotline there, `city_by` is its deadline.
    `came_from` is where a ticket that was taken aside goes back to.
    """

    id: str
    channel: Channel
    caller_ref: str | None
    occurred_at: datetime
    received_at: datetime
    history: bool = False
    continues: str | None = None
    text_version: int = 1
    version: int = 0
    acted_version: int = 0
    state: State | None = None
    came_from: State | None = None
    type_code: str | None = None
    kind: RequestKind | None = None
    place: Place | None = None
    urgency: Urgency | None = None
    emergency: bool = False
    restricted: bool = False
    repeat_of: str | None = None
    lead: str | None = None
    co_handlers: tuple[str, ...] = ()
    assignee: str | None = None
    review_reason: str | None = None
    merged_into: str | None = None
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    contacted_at: datetime | None = None
    settle_by: datetime | None = None
    extension: Extension | None = None
    paused_at: datetime | None = None
    supervised: bool = False
    returns: int = 0
    redos: int = 0
    settled_at: datetime | None = None
    settled_by: str | None = None
    unit_solved: bool | None = None
    unreached: int = 0
    visited_at: datetime | None = None
    caller_solved: bool | None = None
    satisfaction: Satisfaction | None = None
    city_number: str | None = None
    city_by: datetime | None = None
    steps: list[HistoryEntry] = field(default_factory=list)

    # --- what it is -------------------------------------------------------------------------------------------------

    def receive(self, actor: str) -> None:
        self._take(Step.RECEIVE, self.received_at, actor)

    def classify(
        self,
        at: datetime,
        actor: str,
        type_code: str,
        place: Place,
        urgency: Urgency,
        detail: str,
        kind: RequestKind | None = None,
    ) -> None:
        self._take(Step.CLASSIFY, at, actor, detail)
        self.type_code, self.kind, self.place, self.urgency = type_code, kind, place, urgency

    def reclassify(
        self,
        at: datetime,
        actor: str,
        detail: str,
        *,
        type_code: str | None = None,
        kind: RequestKind | None = None,
        place: Place | None = None,
        urgency: Urgency | None = None,
    ) -> bool:
        """A person's word on what it is; None leaves what it was. Returns whether the machine's type was confirmed."""
        confirmed = type_code in (None, self.type_code)
        self._take(Step.RECLASSIFY, at, actor, detail)
        self.type_code = type_code or self.type_code
        self.kind, self.place, self.urgency = kind or self.kind, place or self.place, urgency or self.urgency
        return confirmed

    def file_away(self, at: datetime, actor: str) -> None:
        self._take(Step.FILE_AWAY, at, actor)

    def send_to_review(self, at: datetime, actor: str, reason: str) -> None:
        self._take(Step.SEND_TO_REVIEW, at, actor, reason)
        self.review_reason = reason

    def reject(self, at: datetime, actor: str, reason: str) -> None:
        """Not acceptable; the reason is what the caller is told."""
        self._take(Step.REJECT, at, actor, reason)
        self.review_reason = None

    def transfer(self, at: datetime, actor: str, line: str, reason: str) -> None:
        """To an emergency line (110, 119, 120, 122). The unit that had it, if any, has it no more."""
        self._take(Step.TRANSFER, at, actor, f"{line}: {reason}")
        self.emergency, self.review_reason, self.came_from = True, None, None

    def reconsider(self, at: datetime, actor: str, reason: str) -> None:
        self._take(Step.RECONSIDER, at, actor, reason)
        self.review_reason = reason

    # --- whose it is ------------------------------------------------------------------------------------------------

    def dispatch(self, at: datetime, actor: str, lead: str, co_handlers: tuple[str, ...], detail: str) -> None:
        """The settle clock starts here, so that no later quarrel stops it (domain.md §2.2)."""
        self._go_to(Step.DISPATCH, at, actor, lead, co_handlers, detail)

    def redispatch(self, at: datetime, actor: str, lead: str, co_handlers: tuple[str, ...], detail: str) -> None:
        self._go_to(Step.REDISPATCH, at, actor, lead, co_handlers, detail)

    def _go_to(
        self, step: Step, at: datetime, actor: str, lead: str, co_handlers: tuple[str, ...], detail: str
    ) -> None:
        self._take(step, at, actor, detail)
        self.lead, self.co_handlers, self.dispatched_at = lead, tuple(c for c in co_handlers if c != lead), at
        self.review_reason = self.assignee = self.signed_at = self.contacted_at = self.extension = None
        self.paused_at = None

    def call_in(self, at: datetime, actor: str, unit: str, detail: str) -> None:
        """One more unit helps (加派)."""
        if unit == self.lead or unit in self.co_handlers:
            raise self._refused(Step.CALL_IN, f"{unit} has it already")
        self._take(Step.CALL_IN, at, actor, f"{unit}: {detail}")
        self.co_handlers = (*self.co_handlers, unit)

    def assign(self, at: datetime, actor: str, person: str) -> None:
        """To one of the lead's people, by the subject of their token."""
        self._take(Step.ASSIGN, at, actor, person)
        self.assignee = person

    # --- the unit's work --------------------------------------------------------------------------------------------

    def sign(self, at: datetime, actor: str) -> None:
        self._take(Step.SIGN, at, actor)
        self.signed_at = at

    def contact(self, at: datetime, actor: str, detail: str) -> None:
        """The unit spoke with the caller (先行联系); the first time counts."""
        self._take(Step.CONTACT, at, actor, detail)
        self.signed_at, self.contacted_at = self.signed_at or at, self.contacted_at or at

    def report(self, at: datetime, actor: str, detail: str) -> None:
        """Interim report (中途汇报)."""
        self._take(Step.REPORT, at, actor, detail)
        self.signed_at = self.signed_at or at

    def request_return(self, at: datetime, actor: str, detail: str) -> None:
        self._take(Step.REQUEST_RETURN, at, actor, detail)
        self.returns += 1

    def uphold_return(self, at: datetime, actor: str, detail: str) -> None:
        """It was not the unit's duty: its clocks never counted. Another is named at once, by a dispatch."""
        self._take(Step.UPHOLD_RETURN, at, actor, detail)
        self.review_reason = detail

    def refuse_return(self, at: datetime, actor: str, detail: str) -> None:
        self._take(Step.REFUSE_RETURN, at, actor, detail)

    def request_extension(self, at: datetime, actor: str, detail: str) -> None:
        if self.extension is not None:
            raise self._refused(Step.REQUEST_EXTENSION, f"an extension was {self.extension} before; there is one")
        self._take(Step.REQUEST_EXTENSION, at, actor, detail)
        self.extension = Extension.REQUESTED

    def grant_extension(self, at: datetime, actor: str, detail: str) -> None:
        self._decide_extension(Step.GRANT_EXTENSION, Extension.GRANTED, at, actor, detail)

    def refuse_extension(self, at: datetime, actor: str, detail: str) -> None:
        self._decide_extension(Step.REFUSE_EXTENSION, Extension.REFUSED, at, actor, detail)

    def _decide_extension(self, step: Step, outcome: Extension, at: datetime, actor: str, detail: str) -> None:
        if self.extension is not Extension.REQUESTED:
            raise self._refused(step, "none is requested")
        self._take(step, at, actor, detail)
        self.extension = outcome

    def pause(self, at: datetime, actor: str, detail: str) -> None:
        """A procedure with a time of its own, such as an appraisal, stops the settle clock (domain.md §2.2)."""
        if self.paused_at:
            raise self._refused(Step.PAUSE, "it is paused already")
        self._take(Step.PAUSE, at, actor, detail)
        self.paused_at = at

    def resume(self, at: datetime, actor: str, detail: str) -> None:
        if not self.paused_at:
            raise self._refused(Step.RESUME, "it is not paused")
        self._take(Step.RESUME, at, actor, detail)
        self.paused_at = None

    def supervise(self, at: datetime, actor: str, detail: str) -> None:
        """Somebody above looks after it (督办); may be ordered again."""
        self._take(Step.SUPERVISE, at, actor, detail)
        self.supervised = True

    def warn(self, at: datetime, actor: str, detail: str) -> None:
        self._take(Step.WARN, at, actor, detail)

    def breach(self, at: datetime, actor: str, detail: str) -> None:
        self._take(Step.BREACH, at, actor, detail)

    # --- one matter, many tickets -----------------------------------------------------------------------------------

    def merge(self, at: datetime, actor: str, into: str, detail: str) -> None:
        """A link to the ticket of the same matter (并单): this one keeps its caller and gets its own answer."""
        self._take(Step.MERGE, at, actor, f"{into}: {detail}")
        self.merged_into = into

    def unmerge(self, at: datetime, actor: str, detail: str) -> None:
        self._take(Step.UNMERGE, at, actor, detail)
        self.merged_into = None

    # --- the end ----------------------------------------------------------------------------------------------------

    def settle(self, at: datetime, actor: str, unit_solved: bool, detail: str) -> None:
        """The unit's word. A later one, after a redo, counts in place of the first."""
        self._take(Step.SETTLE, at, actor, detail)
        self.settled_at, self.settled_by, self.unit_solved = at, actor, unit_solved
        self.unreached, self.paused_at, self.came_from = 0, None, None

    @property
    def on_time(self) -> bool:
        """Whether it was settled before its clock ended."""
        return self.settled_at is not None and self.settle_by is not None and self.settled_at <= self.settle_by

    def miss(self, at: datetime, actor: str, detail: str) -> None:
        """The caller was tried and not reached."""
        self._take(Step.MISS, at, actor, detail)
        self.unreached += 1

    def visit(
        self, at: datetime, actor: str, caller_solved: bool, satisfaction: Satisfaction | None, detail: str
    ) -> None:
        """Raises NotIndependent if the actor settled the ticket."""
        if self.state is State.SETTLED and actor == self.settled_by:
            raise NotIndependent(f"{actor} settled the ticket and cannot ask its caller")
        self._take(Step.VISIT, at, actor, detail)
        self.visited_at, self.caller_solved, self.satisfaction = at, caller_solved, satisfaction

    def order_redo(self, at: datetime, actor: str, detail: str, city_by: datetime | None = None) -> None:
        """The unit does it again (重办); what its caller said stands until they are asked again.

        The city's deadline was for the first time; `city_by` is its new one, if it sets one.
        """
        self._take(Step.ORDER_REDO, at, actor, detail)
        self.city_by = city_by
        self.redos += 1

    def archive(self, at: datetime, actor: str) -> None:
        """After the caller's word, or when they could not be reached often enough."""
        if self.state is State.SETTLED and self.unreached < UNREACHED_ENOUGH:
            why = f"the caller was tried {self.unreached} times; {UNREACHED_ENOUGH} are needed"
            raise self._refused(Step.ARCHIVE, why)
        self._take(Step.ARCHIVE, at, actor)

    def _refused(self, step: Step, why: str) -> IllegalStep:
        """The table's own refusal goes first: it says more."""
        if (self.state, step) not in STEPS:
            return IllegalStep(step, self.version, self.state)
        return IllegalStep(step, self.version, self.state, why)

    def _take(self, step: Step, at: datetime, actor: str, detail: str | None = None) -> None:
        target = STEPS.get((self.state, step))
        if target is None:
            raise IllegalStep(step, self.version, self.state)
        before = self.state
        if target == BACK:
            assert self.came_from
            self.state, self.came_from = self.came_from, None
        elif target != SAME:
            self.state = State(target)
        if self.state in ASIDE and before not in ASIDE:
            self.came_from = before
        elif self.state not in ASIDE:
            self.came_from = None
        assert self.state
        self.version += 1
        if step not in CLOCKS:
            self.acted_version = self.version
        self.steps.append(HistoryEntry(self.version, at, step, self.state, actor, detail))
