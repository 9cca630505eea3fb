"""Notifies departments, and the officers there: of dispatched tickets with their text to departments, and of facts of
tickets, hot issues and projects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from services.chassis.database.work import Work
from services.chassis.messaging.forgetting import forget
from services.chassis.messaging.subscription import traced
from services.chassis.tracing import current_traceparent
from services.contracts.department_answer_events import DepartmentReplyTaken, DepartmentReplyTurnedDown
from services.contracts.department_events import (
    CaseNotice,
    DepartmentReplyRefused,
    HotIssueNotice,
    ProjectNotice,
    StandardNotice,
    TicketAssigned,
    TicketNotice,
    TicketShared,
)
from services.contracts.event import Envelope, Event
from services.contracts.impact_events import WorksImpactChanged
from services.contracts.project_events import TypicalCaseProposed
from services.contracts.registry import (
    CASE_EVENTS,
    HOT_ISSUE_EVENTS,
    PROJECT_EVENTS,
    STANDARD_EVENTS,
    TICKET_EVENTS,
)
from services.contracts.reply_answer_events import ActReplyAnswered, ReplyAnswered, ReplyOutcome, TicketReplyAnswered
from services.contracts.reply_events import ReplyRefused
from services.contracts.standard_events import RolloutChanged, StandardCheckChanged
from services.contracts.supervision_events import SupervisionOpinionChanged
from services.contracts.supervisor_events import SupervisionNotice, SupervisorCaseNotice, SupervisorNotice
from services.contracts.text_events import TicketTextErased, TicketTextRecorded
from services.contracts.ticket_events import TicketCoHandlerCalledIn, TicketDispatched, TicketEvent, TicketReceived
from services.contracts.topics import topic_table
from services.contracts.works_events import WorksDefectChanged
from services.contracts.works_notices import DefectNotice, ImpactNotice
from services.notifier.app.batch import NotificationBatch
from services.notifier.app.delivery_count import count_deliveries
from services.notifier.app.keep_states import KeepStates
from services.notifier.app.ports import DeliveryLog, KnownMatters, KnownTickets, WebhookQueue
from services.notifier.app.recipients import Recipients, hub, known_department
from services.notifier.app.tell_officers import TellOfficers
from services.notifier.domain.confidence import may_hear
from services.notifier.domain.delivery import PARTIES, DeliveryChannel, DepartmentMessage, as_dispatched
from services.notifier.domain.routing import FACTS
from services.notifier.domain.trigger import Fact

_MESSAGES: dict[type[Event], type[Event]] = {
    **dict.fromkeys(TICKET_EVENTS, TicketNotice),
    **dict.fromkeys(HOT_ISSUE_EVENTS, HotIssueNotice),
    **dict.fromkeys(PROJECT_EVENTS, ProjectNotice),
    WorksImpactChanged: ImpactNotice,
    WorksDefectChanged: DefectNotice,
    **dict.fromkeys((TypicalCaseProposed, *CASE_EVENTS), CaseNotice),
    **dict.fromkeys((*STANDARD_EVENTS, RolloutChanged, StandardCheckChanged), StandardNotice),
    SupervisionOpinionChanged: SupervisionNotice,
}
_TO_PARTIES: dict[type[Event], type[Event]] = {
    SupervisionOpinionChanged: SupervisorNotice,
    **dict.fromkeys((TypicalCaseProposed, *CASE_EVENTS), SupervisorCaseNotice),
}


@dataclass(frozen=True, slots=True)
class NotifyDepartments:
    """Handles a batch of events: locks and reads what it needs, decides in memory, writes once a table.

    Each department gets each message once, whatever the order of the events and however often they come. An event
    older than one already handled of the same ticket, hot issue or project notifies nobody. `text_kept` is how long
    a text may be used after it was recorded; `log_kept` how long the log remembers each message.
    """

    recipients: Recipients
    tickets: KnownTickets
    matters: KnownMatters
    log: DeliveryLog
    webhooks: WebhookQueue
    states: KeepStates
    officers: TellOfficers
    text_kept: timedelta
    log_kept: Mapping[str, timedelta]
    said: Callable[[str], Mapping[str, str]]
    """Why a reply was refused, in words for people, by the code of the refusal."""

    @property
    def events(self) -> frozenset[type[Event]]:
        """The events that may notify somebody, and those that change what a department has to work on."""
        routed = {event for event in FACTS.values() if self.recipients.routing.reaches_anybody(event.type)}
        held = frozenset(TICKET_EVENTS) - {TicketReceived}  # then no department has it
        texts: set[type[Event]] = {TicketTextRecorded, TicketTextErased}
        answers: set[type[Event]] = {ReplyRefused, TicketReplyAnswered, ActReplyAnswered}
        return frozenset(texts | answers | held | routed | self.officers.rules.events)

    def __call__(self, envelopes: Sequence[Envelope], work: Work) -> None:
        batch = self._read(envelopes, work)
        for envelope in traced(envelopes):
            match envelope.event:
                case TicketDispatched() as dispatch:
                    _on_dispatched(batch, envelope, dispatch)
                case TicketTextRecorded() as text:
                    batch.take_text(envelope, text)
                case TicketTextErased() as erased:
                    batch.erase_text(envelope, erased)
                case ReplyRefused() as refused:
                    if envelope.time < batch.now - self.log_kept[DepartmentReplyRefused.type]:
                        continue  # the log may have deleted it, and nothing else remembers
                    department = known_department(refused.department, of=f"reply {refused.reply_id}")
                    batch.notify(envelope, department, DepartmentReplyRefused)
                case ReplyAnswered() as answer:
                    self._on_answer(batch, envelope, answer)
                case TicketCoHandlerCalledIn() as called_in:
                    unit = known_department(called_in.unit, of=f"ticket {called_in.ticket_id}")
                    if self._on_fact(batch, envelope, called_in) and may_hear(unit, called_in, hub()):
                        batch.give(envelope, as_dispatched(called_in), unit, TicketShared)
                case fact:
                    self._on_fact(batch, envelope, cast(Fact, fact))
        self._write(batch, envelopes, work)

    def _on_answer(self, batch: NotificationBatch, envelope: Envelope, answer: ReplyAnswered) -> None:
        department = known_department(answer.department, of=f"reply {answer.aggregate_id}")
        if answer.outcome is ReplyOutcome.TAKEN:
            batch.notify(envelope, department, DepartmentReplyTaken)
        else:
            batch.notify(envelope, department, DepartmentReplyTurnedDown, self.said(answer.code or ""))

    def _on_fact(self, batch: NotificationBatch, envelope: Envelope, fact: Fact) -> bool:
        """False, and nobody is notified, if a newer fact was handled before."""
        recipients = self.recipients.of(fact)
        if not batch.is_newest(fact.aggregate_id, fact.version):
            return False
        batch.facts.append(envelope)
        for recipient in recipients:
            messages = _TO_PARTIES if recipient in PARTIES else _MESSAGES
            batch.notify(envelope, recipient, messages[type(envelope.event)])
        return True

    def _read(self, envelopes: Sequence[Envelope], work: Work) -> NotificationBatch:
        events = [envelope.event for envelope in envelopes]
        tickets = {event.ticket_id for event in events if isinstance(event, TicketEvent)}
        with_text = {event.ticket_id for event in events if isinstance(event, TicketTextRecorded | TicketTextErased)}
        facts = {event.aggregate_id for event in events if event.type in FACTS}
        now = work.clock.now()
        return NotificationBatch(
            now=now,
            kept_since=now - self.text_kept,
            tickets=self.tickets.lock(work, tickets | with_text),
            matters=self.matters.lock(work, facts),
            waiting=self.log.awaiting_text(work, with_text),
        )

    def _write(self, batch: NotificationBatch, envelopes: Sequence[Envelope], work: Work) -> None:
        added = self.log.add(work, batch.added)
        self.log.mark_published(work, batch.released)
        self.tickets.save(work, [ticket for ticket in batch.tickets.values() if ticket.changed])
        self.matters.save(work, batch.newest)
        released = {delivery.delivery_id for delivery in batch.released}
        messages = [one for one in batch.messages if one.delivery.delivery_id in {*added, *released}]
        self.states.follow(work, envelopes, batch.tickets)
        self.webhooks.add(work, messages)
        self.webhooks.forget(work, batch.erased)
        self.officers(work, batch.facts)
        forget(work.connection, batch.erased)
        # Last of what takes locks: it skips locked rows, but other transactions may wait for those it takes.
        self.tickets.forget_texts(work, batch.kept_since)
        _publish(work, messages)


def _on_dispatched(batch: NotificationBatch, envelope: Envelope, dispatch: TicketDispatched) -> None:
    """Notifies the lead unit and those that help as soon as the text is here, and the unit that led before."""
    ticket = f"ticket {dispatch.ticket_id}"
    for unit in (dispatch.lead, *dispatch.co_handlers):
        known_department(unit, of=ticket)
    if not batch.tickets[dispatch.ticket_id].take_dispatch(dispatch.version):
        return
    batch.facts.append(envelope)
    if dispatch.taken_from and may_hear(dispatch.taken_from, dispatch, hub()):
        batch.notify(envelope, known_department(dispatch.taken_from, of=ticket), TicketNotice)
    for unit in (dispatch.lead, *dispatch.co_handlers):
        if may_hear(unit, dispatch, hub()):
            batch.give(envelope, dispatch, unit, TicketAssigned if unit == dispatch.lead else TicketShared)


def _publish(work: Work, messages: Sequence[DepartmentMessage]) -> None:
    for message in messages:
        current_traceparent.set(message.traceparent)
        recipient = message.delivery.department
        topics = topic_table()
        topic = topics.supervisor_topic(recipient) if recipient in PARTIES else topics.department_topic(recipient)
        work.publish(topic, message.event, event_id=message.delivery.delivery_id)
    count_deliveries(work, DeliveryChannel.TOPIC, "sent", len(messages))
