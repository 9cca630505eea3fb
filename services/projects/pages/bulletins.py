"""The bulletin of a week or a month as a page to read on a screen or to print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.chassis.pages.speech import Speech
from services.chassis.web.identity import Actor
from services.contracts.districts import SHANGHAI, sub_districts
from services.projects.domain.bulletin import BulletinReader, BulletinSection, Period
from services.projects.http.bulletins import (
    PERIOD,
    Bulletin,
    BulletinActor,
    BulletinWords,
    PeriodName,
    WrittenFor,
    bulletin_csv,
    bulletin_of,
)
from services.projects.http.rights import WHOLE_DISTRICT
from services.projects.store.bulletins import BulletinLine

WEEKS, MONTHS = 12, 12
"""How many past periods the page offers; older ones by their name in the address."""

HREFS = {
    "hot-issue": "/pages/hot-issues/",
    "project": "/pages/projects/",
    "standard": "/pages/standards/",
    "topic": "/pages/supervision/",
}
WORDS = {"hot-issue": "issue.", "project": "project.", "standard": "bulletin_rollout.", "topic": "clause_step."}
"""Under which keys the words for what happened stand."""


def bulletin_pages(workshop: Workshop, pages: Pages) -> APIRouter:
    router = pages.router()

    @router.get("/bulletins")
    def newest(
        request: Request,
        actor: BulletinActor,
        period: Annotated[str | None, Query(pattern=f"^{PERIOD}$")] = None,
        written_for: WrittenFor = None,
    ) -> Response:
        """The bulletin asked for; without one that of the last week that is over."""
        return show(request, actor, period or Period.week_of(_today(workshop)).before().name, written_for)

    @router.get("/bulletins/{period}.csv")
    def table(request: Request, actor: BulletinActor, period: PeriodName, written_for: WrittenFor = None) -> Response:
        """As the table of the API, each code with its word beside it, and each moment in local time."""
        return bulletin_csv(bulletin_of(workshop, actor, period, written_for), _in_words(pages.speech(request)))

    @router.get("/bulletins/{period}")
    def bulletin(
        request: Request, actor: BulletinActor, period: PeriodName, written_for: WrittenFor = None
    ) -> Response:
        return show(request, actor, period, written_for)

    def show(request: Request, actor: Actor, period: str, written_for: str | None) -> Response:
        made = bulletin_of(workshop, actor, period, written_for)
        return pages.show(
            request,
            "bulletin.html",
            actor,
            bulletin=made,
            still_runs=made.period.span().end > workshop.clock.now(),
            periods=_offered(_today(workshop), made),
            readers=_readers(actor),
            offices=sub_districts(),
            hrefs=HREFS,
            words=WORDS,
        )

    return router


def _in_words(say: Speech) -> BulletinWords:
    def words(section: BulletinSection, line: BulletinLine) -> Sequence[str]:
        return (
            say(f"bulletin_section.{section}"),
            say.sub_district(line.sub_district) if line.sub_district else "",
            say.kind(line.type_code) if line.type_code else "",
            say.if_known(f"kind.{line.what}") or say(WORDS[line.about] + line.what),
            say.department(line.lead),
            f"{line.moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if line.moment else line.at.isoformat(),
        )

    return words


def _offered(today: date, shown: Bulletin) -> list[Period]:
    """The running week and month, those before, and the one shown, the newest first."""
    found = {shown.period}
    for period, count in ((Period.week_of(today), WEEKS), (Period.month_of(today), MONTHS)):
        for _ in range(count):
            found.add(period)
            period = period.before()
    return sorted(found, key=lambda one: (one.is_week, one.first), reverse=True)


def _readers(actor: Actor) -> list[str]:
    if actor.roles & WHOLE_DISTRICT:
        return [BulletinReader.HUB, BulletinReader.COMMITTEE, *sub_districts()]
    return sorted(actor.sub_districts)


def _today(workshop: Workshop) -> date:
    return workshop.clock.now().astimezone(SHANGHAI).date()
