"""`GET /bulletins/{period}`: news of concentrated problems in a week or a month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from services.chassis.database.work import Workshop
from services.chassis.web.csv_answers import csv_answer
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem, invalid
from services.contracts.districts import sub_districts
from services.projects.domain.bulletin import SECTIONS, BulletinReader, BulletinSection, Period
from services.projects.files.effect_rules import effect_rules
from services.projects.http.rights import WHOLE_DISTRICT
from services.projects.store.bulletins import BulletinLine, bulletin_lines, calls_of_period

BulletinActor = Annotated[Actor, Depends(require(*WHOLE_DISTRICT, Role.SUBDISTRICT))]
PERIOD = r"2\d{3}-(W\d{2}|\d{2})"
PeriodName = Annotated[
    str, Path(pattern=f"^{PERIOD}$", description="A week or a month.", examples=["2026-W48", "2026-11"])
]
WrittenFor = Annotated[
    str | None,
    Query(
        alias="for",
        pattern=r"^(hub|committee|310109\d{3})$",
        description="hub, committee, or a sub-district's code; by the role if absent.",
    ),
]
HEAD = ("section", "about", "number", "sub_district", "estate", "type_code", "what", "lead", "at", "due")

WORDS = ("section_words", "sub_district_words", "type_words", "what_words", "lead_words", "at_local")
BulletinWords = Callable[[BulletinSection, BulletinLine], Sequence[str]]
"""Of a line, what stands under WORDS."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """`sub_district`: the one it is of; None for the district. Figures of the period, and of the one before."""

    period: Period
    reader: BulletinReader
    sub_district: str | None
    calls: dict[str, int]
    calls_before: dict[str, int]
    sections: dict[BulletinSection, list[BulletinLine]]

    @property
    def written_for(self) -> str:
        return self.sub_district or self.reader


def bulletin_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["figures"])

    @router.get("/bulletins/{period}")
    def bulletin(actor: BulletinActor, period: PeriodName, written_for: WrittenFor = None) -> dict[str, Any]:
        """In sections, for its reader: what is hot, decided, overdue at the period's end, built, verified.

        A sub-district reads its own; the hub and who supervises read all.
        """
        made = bulletin_of(workshop, actor, period, written_for)
        return {
            "period": made.period.name,
            "first": made.period.first,
            "last": made.period.last,
            "for": made.written_for,
            "calls": made.calls,
            "calls_before": made.calls_before,
            "sections": {section: [asdict(line) for line in lines] for section, lines in made.sections.items()},
        }

    @router.get("/bulletins/{period}/csv", response_class=Response)
    def as_csv(actor: BulletinActor, period: PeriodName, written_for: WrittenFor = None) -> Response:
        """The same lines as a table; of names only codes, as a spreadsheet would run what begins with `=`."""
        return bulletin_csv(bulletin_of(workshop, actor, period, written_for))

    return router


def bulletin_csv(made: Bulletin, words: BulletinWords | None = None) -> Response:
    """`words`: what stands beside the codes of a line, under WORDS; of our own tables, never what people wrote."""
    lines = ((section, line) for section, found in made.sections.items() for line in found)
    return csv_answer(
        f"bulletin-{made.period.name}-{made.written_for}.csv",
        (*HEAD, *(WORDS if words else ())),
        (
            [section, *(_cell(getattr(line, name)) for name in HEAD[1:]), *(words(section, line) if words else ())]
            for section, line in lines
        ),
    )


def bulletin_of(workshop: Workshop, actor: Actor, period: str, written_for: str | None) -> Bulletin:
    """Raises Problem 422 for a period that is none or has not begun, 403 for a bulletin of others."""
    asked = _period(period, workshop)
    span, before = asked.span().until(workshop.clock.now()), asked.before().span()
    reader, sub_district = _reader_of(actor, written_for)
    apart = effect_rules().apart
    with workshop.engine.begin() as connection:
        return Bulletin(
            asked,
            reader,
            sub_district,
            calls_of_period(connection, span, sub_district, apart),
            calls_of_period(connection, before, sub_district, apart),
            {section: bulletin_lines(connection, section, span, sub_district) for section in SECTIONS[reader]},
        )


def _period(name: str, workshop: Workshop) -> Period:
    try:
        period = Period.named(name)
    except ValueError:
        raise _unfit("path", "period", "is a week as 2026-W48 or a month as 2026-11") from None
    if period.span().begin > workshop.clock.now():
        raise _unfit("path", "period", "has not begun yet")
    return period


def _reader_of(actor: Actor, written_for: str | None) -> tuple[BulletinReader, str | None]:
    if written_for is None:
        written_for = _usual(actor)
    if written_for in sub_districts():
        if not (actor.roles & WHOLE_DISTRICT or written_for in actor.sub_districts):
            detail = "for: a sub-district reads its own bulletin; leave it out."
            raise Problem(403, "forbidden", "The bulletin of another sub-district", detail)
        return BulletinReader.SUB_DISTRICT, written_for
    if written_for not in (BulletinReader.HUB, BulletinReader.COMMITTEE):
        raise _unfit("query", "for", "is hub, committee, or the code of a sub-district")
    if not actor.roles & WHOLE_DISTRICT:
        raise Problem(403, "forbidden", "The bulletin of the district", "for: name your own sub-district, or none.")
    return BulletinReader(written_for), None


def _usual(actor: Actor) -> str:
    if Role.HUB in actor.roles or Role.ADMIN in actor.roles:
        return BulletinReader.HUB
    return BulletinReader.COMMITTEE if Role.SUPERVISOR in actor.roles else min(actor.sub_districts, default="")


def _unfit(where: str, name: str, fault: str) -> Problem:
    return invalid([{"loc": (where, name), "type": "value_error", "msg": fault}])


def _cell(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
