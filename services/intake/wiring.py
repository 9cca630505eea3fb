"""Builds intake: stores, use cases, routes, subscriptions, timers, gauges and workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import uuid4

from fastapi import APIRouter

from services.chassis.activity import Activity
from services.chassis.clock import Clock
from services.chassis.database.gauges import Gauging
from services.chassis.database.work import Workshop
from services.chassis.messaging.subscription import Subscription, one_by_one
from services.chassis.messaging.timers import TimerHandler
from services.chassis.sweep import Sweep
from services.chassis.web.rate_limit import Guesses
from services.chassis.workers import WorkerLoop
from services.chassis.working_days import Calendar
from services.contracts.classification_events import TicketClassified
from services.contracts.estate_events import EstateRegistered, EstateRemoved
from services.contracts.taxonomy import taxonomy
from services.intake.app.act_on_many import ActOnMany
from services.intake.app.answer_follow_up import AnswerFollowUp
from services.intake.app.assist import AssistTicket
from services.intake.app.attach import AttachToTicket, Contents
from services.intake.app.city_visit import TakeCityVisit
from services.intake.app.dispatch_classified import DispatchOnClassification
from services.intake.app.edit_catalogue import EditCatalogue
from services.intake.app.fire_deadlines import DEADLINE, FireDeadlines
from services.intake.app.follow_hot_issues import ASK
from services.intake.app.follow_register import FollowRegister
from services.intake.app.followed_events import followed_events, locks_of
from services.intake.app.join_known_issue import JoinKnownIssue
from services.intake.app.merge_tickets import MergeTickets
from services.intake.app.miss_call import MissContact
from services.intake.app.move_ticket import MoveTicket
from services.intake.app.plain_step import TakePlainStep
from services.intake.app.receive_ticket import ReceiveTicket
from services.intake.app.recount_deadlines import RecountDeadlines
from services.intake.app.review_ticket import ReviewTicket
from services.intake.app.sending_ports import Gateway
from services.intake.app.settle_ticket import SettleTicket
from services.intake.app.tell_callers import TellCallers
from services.intake.app.ticket_desk import TicketDesk
from services.intake.caller_data_wiring import CallerDataWiring
from services.intake.domain.deadline import Timekeeper
from services.intake.domain.telling import Way
from services.intake.files.deadline_rules import deadline_rules, usual_kind
from services.intake.files.duty_rules import duty_rules
from services.intake.files.occasions import occasions
from services.intake.files.sending_rules import sending_rules
from services.intake.http.attachment_transfer import AttachmentTransfer
from services.intake.http.attachments import BODY_LIMIT as ATTACHMENT_LIMIT
from services.intake.http.attachments import attachment_routes
from services.intake.http.calls import call_routes
from services.intake.http.catalogue import catalogue_routes
from services.intake.http.city import LIST_LIMIT, city_routes
from services.intake.http.follow_ups import follow_up_routes
from services.intake.http.indicators import indicator_routes
from services.intake.http.known_matters import known_routes
from services.intake.http.many_tickets import many_routes
from services.intake.http.related_tickets import related_routes
from services.intake.http.replies import TakeReply
from services.intake.http.search import search_routes
from services.intake.http.shifts import shift_routes
from services.intake.http.sms import sms_routes
from services.intake.http.step_table import TicketSteps
from services.intake.http.steps import step_routes
from services.intake.http.tellings import telling_routes
from services.intake.http.ticket_batches import BODY_LIMIT as BATCH_LIMIT
from services.intake.http.ticket_batches import batch_routes
from services.intake.http.tickets import ticket_routes
from services.intake.outbound.city import SENDER, CitySender, Post
from services.intake.outbound.duty_sender import NAME as DUTY
from services.intake.outbound.duty_sender import DutySender, Sends
from services.intake.outbound.scanner import Scan, scanner
from services.intake.outbound.telling_sender import TellingSender
from services.intake.pages.site import people_pages
from services.intake.store.attachments import SqlAttachments
from services.intake.store.caller_keys import CallerKeys
from services.intake.store.catalogues import SqlCatalogues
from services.intake.store.city_messages import SqlCityLine, city_gauge
from services.intake.store.deadlines import SqlDeadlines
from services.intake.store.estates import SqlEstates, SqlRegisterBook
from services.intake.store.follow_ups import SqlFollowUps
from services.intake.store.idempotency_keys import SqlReceipts
from services.intake.store.indicator_gauges import indicator_gauges
from services.intake.store.links import SqlLinks
from services.intake.store.place_names import SqlPlaceNames
from services.intake.store.repeats import SqlRepeats
from services.intake.store.sending_queue import tellings_gauge
from services.intake.store.settlements import SqlSettlements
from services.intake.store.telling_acts import TellingActs, telling_acts
from services.intake.store.tellings import SqlTellings
from services.intake.store.tickets import SqlTickets
from services.intake.store.vault import SealedVault

RECOUNT = "recount"
CALLS = "calls"
BODY_LIMITS = {
    "/tickets/batch": BATCH_LIMIT,
    "/city/reconciliation": LIST_LIMIT,
    "/tickets/*/attachments": ATTACHMENT_LIMIT,
    "/pages/tickets/*/attachments": ATTACHMENT_LIMIT,
}


@dataclass(frozen=True, slots=True)
class Wiring:
    """Intake's use cases over PostgreSQL, and what the service runs of them.

    Without `contents` no file can be attached; without `post_to_city` messages to the city wait, and without a gateway
    those to callers.
    """

    receive: ReceiveTicket
    dispatch: DispatchOnClassification
    steps: TicketSteps
    catalogue: EditCatalogue
    fire_deadlines: FireDeadlines
    recount: RecountDeadlines
    join_known: JoinKnownIssue
    answer: AnswerFollowUp
    replies: TakeReply
    city_visit: TakeCityVisit
    attach: AttachToTicket
    caller_data: CallerDataWiring
    contents: Contents | None
    scan: Scan
    post_to_city: Post | None
    senders: Sequence[TellingSender]
    caller_key: bytes
    telling: TellingActs
    duty: DutySender
    guesses: Guesses = field(default_factory=Guesses)

    @classmethod
    def of(
        cls,
        caller_key: bytes,
        keys: CallerKeys,
        contents: Contents | None = None,
        scan: Scan = scanner(None),
        post_to_city: Post | None = None,
        calendar: Calendar = Calendar(),
        gateways: Sequence[Gateway] = (),
        public_url: str | None = None,
        robots: Mapping[str, Sends] = MappingProxyType({}),
    ) -> Wiring:
        tickets, follow_ups, receipts = SqlTickets(), SqlFollowUps(), SqlReceipts()
        vault, catalogues = SealedVault(keys), SqlCatalogues(taxonomy())
        timekeeper = Timekeeper(deadline_rules(), usual_kind, calendar.after_working_days)
        news = Activity()
        tell = TellCallers(occasions(), SqlTellings(), news.hurry)
        desk = TicketDesk(tickets, SqlDeadlines(), timekeeper, vault, SqlCityLine(), tell)
        receive = ReceiveTicket(tickets, vault, receipts, caller_key, _new_id)
        plain, merging, assist = TakePlainStep(desk), MergeTickets(desk), AssistTicket(desk)
        settlement = SettleTicket(desk, SqlSettlements())
        answer, rules = AnswerFollowUp(desk, follow_ups, _new_id), sending_rules()
        telling = telling_acts(
            tell,
            tickets,
            follow_ups,
            vault,
            settlement,
            answer,
            rules,
            {Way.CALL, *(one.way for one in gateways)},
            SqlLinks(caller_key, public_url, rules) if public_url else None,
        )
        senders = [TellingSender(one, telling.prepare, rules.retry, telling.next_way, news) for one in gateways]
        reviewing = ReviewTicket(desk, taxonomy(), catalogues)
        steps = TicketSteps(plain, reviewing, MoveTicket(desk), merging, settlement, assist, MissContact(desk))
        return cls(
            receive,
            DispatchOnClassification(desk, taxonomy(), catalogues, SqlRepeats(), SqlEstates(), SqlPlaceNames()),
            steps,
            EditCatalogue(catalogues),
            FireDeadlines(desk),
            RecountDeadlines(desk, calendar.known_until),
            JoinKnownIssue(desk, receive, merging, telling.follow),
            answer,
            TakeReply.of(steps),
            TakeCityVisit(tickets, receipts, settlement, caller_key, _new_id),
            AttachToTicket(desk, SqlAttachments()),
            CallerDataWiring.of(caller_key, keys, tickets, vault, contents),
            contents,
            scan,
            post_to_city,
            senders,
            caller_key,
            telling,
            DutySender(robots, duty_rules(), telling.call_list),
        )

    def routes(self, workshop: Workshop) -> Sequence[APIRouter]:
        transfer, telling = AttachmentTransfer(workshop, self.attach, self.contents, self.scan), self.telling
        return [
            batch_routes(workshop, self.receive),
            ticket_routes(workshop, self.receive),
            many_routes(workshop, ActOnMany(self.steps.plain, self.steps.settlement)),
            step_routes(workshop, self.steps),
            search_routes(workshop),
            attachment_routes(transfer),
            *self.caller_data.routes(workshop),
            related_routes(workshop),
            telling_routes(workshop, telling.try_telling, self.steps.plain.desk.tickets),
            known_routes(workshop, self.join_known),
            follow_up_routes(workshop, self.answer, telling.miss_follow_up),
            catalogue_routes(workshop, self.catalogue),
            indicator_routes(workshop),
            shift_routes(workshop),
            city_routes(workshop, self.receive, self.city_visit),
            call_routes(workshop, telling.take_call, telling.call_list),
            sms_routes(workshop, telling.next_way),
            *people_pages(
                workshop,
                self.steps,
                self.receive,
                self.join_known,
                self.catalogue,
                self.caller_data.read,
                self.answer,
                telling,
                transfer,
                self.caller_key,
                self.guesses,
            ),
        ]

    @property
    def subscriptions(self) -> Sequence[Subscription]:
        followed = followed_events(self.telling.follow, self.telling.works)
        return [
            Subscription(
                "intake",
                ("classifications",),
                frozenset({TicketClassified}),
                self.dispatch,
            ),
            Subscription(
                "intake-follow-ups",
                ("hot-issues", "projects"),
                frozenset(followed),
                one_by_one(followed, locks_of(self.telling.follow, self.telling.works)),
            ),
            Subscription(
                "intake-register",
                ("estates",),
                frozenset({EstateRegistered, EstateRemoved}),
                FollowRegister(SqlRegisterBook()),
            ),
            self.replies.subscription,
        ]

    @property
    def timers(self) -> Mapping[str, TimerHandler]:
        return {DEADLINE: self.fire_deadlines, ASK: self.telling.follow.on_asks_due}

    @property
    def workers(self) -> Mapping[str, WorkerLoop]:
        sender = {SENDER: CitySender(self.post_to_city).run} if self.post_to_city else {}
        telling = {one.name: one.run for one in self.senders}
        sweeps = {
            RECOUNT: Sweep(RECOUNT, self.recount).run,
            CALLS: Sweep(CALLS, self.telling.check_calls).run,
            **self.caller_data.workers,
        }
        duty = {DUTY: self.duty.run} if self.duty.robots else {}
        return {**sweeps, **sender, **telling, **duty}

    def gauges(self, clock: Clock) -> Sequence[Gauging]:
        return [indicator_gauges(clock), city_gauge, tellings_gauge(clock), *self.caller_data.gauges(clock)]


def _new_id() -> str:
    return str(uuid4())
