"""Puts together what sends to officers: the desk that decides, and a sender for each channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from services.chassis.activity import Activity
from services.chassis.clock import Clock
from services.chassis.database.gauges import Gauging
from services.chassis.database.work import Workshop
from services.chassis.workers import WorkerLoop
from services.notifier.domain.leaving import Leaving
from services.notifier.domain.sending_rules import SendingRules
from services.notifier.files.sending_rules import sending_rules
from services.notifier.http.sending import sending_routes
from services.notifier.outbound.officer_channels import Outward
from services.notifier.outbound.officer_desk import NAME, OfficerDesk
from services.notifier.outbound.officer_sender import OfficerSender
from services.notifier.outbound.officer_wording import OfficerWording, Sentence
from services.notifier.store.sending_findings import sending_gauge


@dataclass(frozen=True, slots=True)
class SendingWiring:
    desk: OfficerDesk
    senders: Sequence[OfficerSender]

    @classmethod
    def of(cls, outward: Outward, sentence: Sentence) -> SendingWiring:
        rules, news = sending_rules(), Activity()
        wording = OfficerWording(rules, sentence, outward.site)
        leaving = Leaving(rules, frozenset(outward.channels), outward.own)
        senders = [OfficerSender(name, one, rules, wording, news) for name, one in outward.channels.items()]
        return cls(OfficerDesk(leaving, news), senders)

    @property
    def rules(self) -> SendingRules:
        return self.desk.leaving.rules

    @property
    def workers(self) -> Mapping[str, WorkerLoop]:
        return {NAME: self.desk.run, **{one.worker: one.run for one in self.senders}}

    def routes(self, workshop: Workshop) -> APIRouter:
        return sending_routes(workshop, self.rules)

    def gauge(self, clock: Clock) -> Gauging:
        return sending_gauge(clock, self.rules)
