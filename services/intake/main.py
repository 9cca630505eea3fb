"""Wiring of intake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args
from uuid import uuid4

from fastapi import APIRouter

from services.chassis.service import Service, clock_of, run
from services.chassis.settings import load
from services.chassis.subscription import Subscription
from services.chassis.timers import TimerHandler, each
from services.chassis.work import Work, Workshop
from services.chassis.workers import WorkerLoop
from services.chassis.working_days import after_working_days
from services.contracts.classification_events import TicketClassified
from services.contracts.event import Envelope
from services.contracts.taxonomy import taxonomy
from services.contracts.topics import topic_table
from services.intake.adapters.attachment_folder import ContentFolder
from services.intake.adapters.attachment_routes import BODY_LIMIT as ATTACHMENT_LIMIT
from services.intake.adapters.attachment_routes import attachment_routes
from services.intake.adapters.attachment_scanner import Scan, scanner
from services.intake.adapters.attachment_shelf import Shelf
from services.intake.adapters.attachments import SqlAttachments
from services.intake.adapters.batch import BODY_LIMIT, batch_routes
from services.intake.adapters.catalogue_routes import catalogue_routes
from services.intake.adapters.catalogues import SqlCatalogues
from services.intake.adapters.city_messages import SqlCityLine, city_gauge
from services.intake.adapters.city_routes import LIST_LIMIT, city_routes
from services.intake.adapters.city_sender import SENDER, CitySender, poster
from services.intake.adapters.clock_rules import clock_rules, usual_kind
from services.intake.adapters.clocks import SqlClocks
from services.intake.adapters.estates import SqlEstates
from services.intake.adapters.follow_up_routes import follow_up_routes
from services.intake.adapters.follow_ups import SqlFollowUps
from services.intake.adapters.indicator_gauges import indicator_gauges
from services.intake.adapters.indicator_routes import indicator_routes
from services.intake.adapters.known_routes import known_routes
from services.intake.adapters.many_routes import many_routes
from services.intake.adapters.pages.wiring import people_pages
from services.intake.adapters.receipts import SqlReceipts
from services.intake.adapters.related import related_routes
from services.intake.adapters.repeats import SqlRepeats
from services.intake.adapters.routes import ticket_routes
from services.intake.adapters.settlements import SqlSettlements
from services.intake.adapters.shift_routes import shift_routes
from services.intake.adapters.step_routes import step_routes
from services.intake.adapters.tickets import SqlTickets
from services.intake.adapters.vault import SealedVault
from services.intake.app.answer import AnswerFollowUp
from services.intake.app.attachment import AttachToTicket, Contents
from services.intake.app.catalogue import EditCatalogue
from services.intake.app.city import TakeCityVisit
from services.intake.app.clocks import CLOCK, NoteMoments
from services.intake.app.desk import Desk
from services.intake.app.dispatch import DispatchOnClassification
from services.intake.app.follow import ASK, Follow, HotIssueFact, ProjectFact
from services.intake.app.followers import TakeFollower
from services.intake.app.many import ActOnMany
from services.intake.app.merging import MergeTickets
from services.intake.app.plain_steps import TakePlainStep
from services.intake.app.receive import ReceiveTicket
from services.intake.app.replies import Reply, TakeReply
from services.intake.app.review import ReviewTicket
from services.intake.app.settle import SettleTicket
from services.intake.app.units import MoveTicket
from services.intake.app.use_cases import TicketSteps
from services.intake.domain.clock import Timekeeper
from services.intake.settings import IntakeSettings

BODY_LIMITS = {
    "/tickets/batch": BODY_LIMIT,
    "/city/reconciliation": LIST_LIMIT,
    "/tickets/*/attachments": ATTACHMENT_LIMIT,
    "/pages/tickets/*/attachments": ATTACHMENT_LIMIT,
}


@dataclass(frozen=True, slots=True)
class UseCases:
    """Everything intake does, on its own tables."""

    receive: ReceiveTicket
    classified: DispatchOnClassification
    steps: TicketSteps
    catalogue: EditCatalogue
    moments: NoteMoments
    follow: Follow
    followers: TakeFollower
    answer: AnswerFollowUp
    replies: TakeReply
    city_visit: TakeCityVisit
    attach: AttachToTicket
    contents: Contents | None
    scan: Scan

    @classmethod
    def of(
        cls, caller_key: bytes, vault_key: bytes, contents: Contents | None = None, scan: Scan = scanner(None)
    ) -> UseCases:
        """Without a store of contents no file can be attached."""
        tickets, vault, follow_ups = SqlTickets(), SealedVault(vault_key), SqlFollowUps()
        catalogues = SqlCatalogues(taxonomy())
        timekeeper = Timekeeper(clock_rules(), usual_kind, after_working_days)
        desk = Desk(tickets, SqlClocks(), timekeeper, vault, SqlCityLine())
        receive = ReceiveTicket(tickets, vault, SqlReceipts(), caller_key, _new_id)
        follow, merging = Follow(tickets, follow_ups), MergeTickets(desk)
        settlement = SettleTicket(desk, SqlSettlements())
        steps = TicketSteps(
            TakePlainStep(desk), ReviewTicket(desk, taxonomy(), catalogues), MoveTicket(desk), merging, settlement
        )
        return cls(
            receive,
            DispatchOnClassification(desk, taxonomy(), catalogues, SqlRepeats(), SqlEstates()),
            steps,
            EditCatalogue(catalogues),
            NoteMoments(desk),
            follow,
            TakeFollower(desk, receive, merging, follow),
            AnswerFollowUp(tickets, vault, follow_ups, _new_id),
            TakeReply(steps, topic_table().reply_topics().get),
            TakeCityVisit(tickets, SqlReceipts(), settlement, caller_key, _new_id),
            AttachToTicket(desk, SqlAttachments()),
            contents,
            scan,
        )

    def routes(self, workshop: Workshop) -> Sequence[APIRouter]:
        shelf = Shelf(workshop, self.attach, self.contents, self.scan)
        return [
            batch_routes(workshop, self.receive),
            ticket_routes(workshop, self.receive),
            many_routes(workshop, ActOnMany(self.steps.plain, self.steps.settlement)),
            step_routes(workshop, self.steps),
            attachment_routes(shelf),
            related_routes(workshop),
            known_routes(workshop, self.followers),
            follow_up_routes(workshop, self.answer),
            catalogue_routes(workshop, self.catalogue),
            indicator_routes(workshop),
            shift_routes(workshop),
            city_routes(workshop, self.receive, self.city_visit),
            *people_pages(workshop, self.steps, self.catalogue, self.followers, shelf),
        ]

    @property
    def subscriptions(self) -> Sequence[Subscription]:
        return [
            Subscription("intake", ("classifications",), {TicketClassified: self.classified}),
            Subscription(
                "intake-follow-ups",
                ("hot-issues", "projects"),
                {
                    **dict.fromkeys(get_args(HotIssueFact), self.follow.on_hot_issue),
                    **dict.fromkeys(get_args(ProjectFact), self.follow.on_project),
                },
                lock_cells=lambda _, work: self.follow.follow_ups.in_turn(work),
            ),
            Subscription(
                "intake-replies",
                tuple(topic_table().reply_topics()),
                dict.fromkeys(get_args(Reply), self.replies),
                lock_cells=self._lock_tickets,
            ),
        ]

    def _lock_tickets(self, envelopes: Sequence[Envelope], work: Work) -> None:
        self.steps.plain.desk.tickets.lock_all(work, {envelope.event.aggregate_id for envelope in envelopes})

    @property
    def timers(self) -> Mapping[str, TimerHandler]:
        return {CLOCK: self.moments, ASK: each(self.follow.on_ask_due)}


def _new_id() -> str:
    return str(uuid4())


def _city(settings: IntakeSettings) -> Mapping[str, WorkerLoop]:
    if settings.city_url is None:
        return {}
    token = settings.city_token.get_secret_value() if settings.city_token else None
    return {SENDER: CitySender(poster(settings.city_url, token)).run}


def main() -> int:
    settings = load(IntakeSettings)
    intake = UseCases.of(
        bytes.fromhex(settings.caller_key.get_secret_value()),
        bytes.fromhex(settings.vault_key.get_secret_value()),
        ContentFolder(settings.attachments_dir) if settings.attachments_dir else None,
        scanner(settings.attachment_scanner),
    )
    return run(
        Service(
            name="intake",
            settings=settings,
            routes=intake.routes,
            body_limits=BODY_LIMITS,
            subscriptions=intake.subscriptions,
            timers=intake.timers,
            gauges=[indicator_gauges(clock_of(settings)), city_gauge],
            workers=_city(settings),
        )
    )
