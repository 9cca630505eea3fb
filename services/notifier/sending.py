"""Puts together what sends to officers: the desk that decides, and a sender for each channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.chassis.activity import Activity
from services.chassis.workers import WorkerLoop
from services.notifier.domain.leaving import Leaving
from services.notifier.files.sending_rules import sending_rules
from services.notifier.outbound.officer_channels import Outward
from services.notifier.outbound.officer_desk import NAME, OfficerDesk
from services.notifier.outbound.officer_sender import OfficerSender, Sentence


@dataclass(frozen=True, slots=True)
class Sending:
    desk: OfficerDesk
    senders: Sequence[OfficerSender]

    @classmethod
    def of(cls, outward: Outward, sentence: Sentence) -> Sending:
        rules, news = sending_rules(), Activity()
        leaving = Leaving(rules, frozenset(outward.channels), outward.own)
        senders = [OfficerSender(name, one, rules, sentence, news) for name, one in outward.channels.items()]
        return cls(OfficerDesk(leaving, news), senders)

    @property
    def workers(self) -> Mapping[str, WorkerLoop]:
        return {NAME: self.desk.run, **{one.worker: one.run for one in self.senders}}
