"""Puts together who is notified by name: officers, escalation until somebody has read, and what explains it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from services.chassis.clock import Clock
from services.chassis.database.gauges import Gauging
from services.chassis.database.work import Workshop
from services.chassis.sweep import Sweep
from services.notifier.app.escalate import Escalate
from services.notifier.app.explain import Explain
from services.notifier.app.mark_read import MarkRead
from services.notifier.app.pass_over import REST_S, PassOver
from services.notifier.app.recipients import Recipients
from services.notifier.app.tell_officers import TellOfficers
from services.notifier.files.log_retention import load_officer_log_retention
from services.notifier.files.officer_words import load_officer_words
from services.notifier.files.telling_rules import load_telling_rules
from services.notifier.http.explaining import explaining_routes
from services.notifier.http.officer_notices import officer_notice_routes
from services.notifier.store.closed_tickets import SqlClosedTickets
from services.notifier.store.escalations import SqlEscalations, escalation_gauge
from services.notifier.store.notice_reading import SqlReadNotices
from services.notifier.store.officer_log_retention import EndOfficerLogRetention
from services.notifier.store.officer_notices import SqlOfficerNotices
from services.notifier.store.officers import SqlOfficersAtPosts, gauge_findings
from services.notifier.store.unreached_levels import SqlUnreachedLevels


@dataclass(frozen=True, slots=True)
class OfficersWiring:
    tell: TellOfficers
    mark_read: MarkRead
    explain: Explain

    @classmethod
    def of(cls, recipients: Recipients) -> OfficersWiring:
        words, officers, notices = load_officer_words(), SqlOfficersAtPosts(), SqlOfficerNotices()
        escalations, rules = SqlEscalations(), load_telling_rules(words)
        escalate = Escalate(officers, notices, escalations, SqlClosedTickets())
        return cls(
            TellOfficers(rules, words.parts_of, officers, notices, escalate),
            MarkRead(SqlReadNotices(), escalations),
            Explain(recipients, rules),
        )

    def routes(self, workshop: Workshop) -> Sequence[APIRouter]:
        return [explaining_routes(self.explain), officer_notice_routes(workshop, self.mark_read)]

    @property
    def sweeps(self) -> Sequence[Sweep]:
        return [
            Sweep("officer-log", EndOfficerLogRetention(load_officer_log_retention()), rest_s=3600),
            self.pass_over,
        ]

    @property
    def pass_over(self) -> Sweep:
        return Sweep("unreached-levels", PassOver(self.tell.escalate, SqlUnreachedLevels()), REST_S)

    def gauges(self, clock: Clock) -> Sequence[Gauging]:
        return [gauge_findings, escalation_gauge(clock)]
