"""The delivery log as a page: who was notified of what, when, by which channel, and whether it was read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import RedirectResponse

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages, done
from services.chassis.pages.searching import TypedOrNothing
from services.chassis.web.identity import Actor, Role
from services.chassis.web.problems import invalid
from services.chassis.working_days import SHANGHAI
from services.contracts.departments import departments
from services.notifier.domain.logged_delivery import LoggedChannel, LoggedStatus
from services.notifier.files.officer_words import OfficerWords
from services.notifier.http.deliveries import log_as_csv, position
from services.notifier.http.log_filter import WHOLE_LOG, Filter, LogReader
from services.notifier.http.redeliveries import start_again
from services.notifier.http.webhooks import OwnerOrAdmin, enable
from services.notifier.store import delivery_log, webhooks
from services.notifier.store.webhooks import WebhookStatus

SHOWN = 50
LOG = "/pages/deliveries"
_Entered = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class Entered:
    """The form as it was sent: blank means any. Days are whole ones, in Shanghai."""

    department: _Entered = ""
    number: _Entered = ""
    channel: _Entered = ""
    status: _Entered = ""
    since: _Entered = ""
    until: _Entered = ""

    @property
    def filter(self) -> Filter:
        """Raises Problem 422 that names the field."""
        columns: dict[str, object] = {
            "number": "".join(self.number.split()).upper(),
            "channel": _one_of("channel", list(LoggedChannel), self.channel),
            "status": _one_of("status", list(LoggedStatus), self.status),
        }
        department = _one_of("department", departments().keys(), self.department)
        since, until = _day("since", self.since), _day("until", self.until)
        if since and until and until < since:
            raise invalid(
                [{"loc": ("query", "until"), "type": "value_error", "msg": "is before since: give a later day"}]
            )
        chosen = {name: value for name, value in columns.items() if value}
        return Filter(chosen, department or None, since, until and until + timedelta(days=1))

    def query(self, **more: object) -> str:
        """What leads to the same choice."""
        given = {one.name: getattr(self, one.name) for one in fields(self)} | more
        return urlencode({name: value for name, value in given.items() if value})


def delivery_pages(workshop: Workshop, pages: Pages, words: OfficerWords) -> APIRouter:
    router = pages.router()

    @router.get("/deliveries")
    def show(
        request: Request, actor: LogReader, entered: Annotated[Entered, Depends()], cursor: UUID | None = None
    ) -> Response:
        asked = entered.filter.by(actor)
        with workshop.open() as work:
            rows = delivery_log.log_page(work, asked, position(work, asked, cursor), SHOWN + 1)
            held = webhooks.listed(work, _units(actor))
        own = Role.ADMIN in actor.roles or bool(actor.departments)
        return pages.show(
            request,
            "deliveries.html",
            actor,
            rows=rows[:SHOWN],
            next=entered.query(cursor=rows[SHOWN - 1].delivery_id) if len(rows) > SHOWN else None,
            csv=f"{LOG}.csv?{entered.query()}",
            entered=entered,
            units=sorted(departments() if _units(actor) is None else actor.departments),
            ways=list(LoggedChannel),
            states=list(LoggedStatus),
            troubled=[one for one in held if one.failing_since or one.status == WebhookStatus.DISABLED],
            may_act=own,
            what=request.query_params.get("done"),
            addresses={one.webhook_id: _address(one.url) for one in held},
            sentence=lambda row: _sentence(words, row, pages.speech(request).language),
        )

    @router.get("/deliveries.csv")
    def as_csv(actor: LogReader, entered: Annotated[Entered, Depends()]) -> Response:
        return log_as_csv(workshop, entered.filter.by(actor))

    @router.post("/deliveries/{delivery_id}/redelivery")
    def send_again(actor: OwnerOrAdmin, delivery_id: UUID) -> Response:
        with workshop.open() as work:
            start_again(work, actor, delivery_id)
        return done(LOG, "sent_again")

    @router.post("/deliveries/{webhook_id}/enabling")
    def enable_webhook(actor: OwnerOrAdmin, webhook_id: UUID) -> Response:
        with workshop.open() as work:
            enable(work, actor, webhook_id)
        return done(LOG, "webhook_enabled")

    @router.get("/search")
    def search(actor: LogReader, typed: TypedOrNothing = "") -> Response:
        """The search of every page's head looks here for a number, in the log."""
        return RedirectResponse(f"{LOG}?{urlencode({'number': typed.strip()[:40]})}", 303)

    return router


def _sentence(words: OfficerWords, row: Any, language: str) -> str | None:
    """What an officer was sent; None for a unit's message, and where the template is another one by now."""
    if row.person is None:
        return None
    try:
        return words.sentence(row.message, row._mapping["values"], language, row.step)
    except KeyError:
        return None


def _address(url: str) -> str:
    """Host and path: what follows them may be a secret of the receiver's."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"


def _units(actor: Actor) -> Collection[str] | None:
    return None if actor.roles & WHOLE_LOG else actor.departments


def _one_of(field: str, known: Collection[str], entered: str) -> str:
    if entered and entered not in known:
        raise invalid([{"loc": ("query", field), "type": "enum", "msg": "is none of the list"}])
    return entered


def _day(field: str, entered: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(entered), time(), SHANGHAI) if entered else None
    except ValueError:
        raise invalid([{"loc": ("query", field), "type": "date", "msg": "is no day: give YYYY-MM-DD"}]) from None
