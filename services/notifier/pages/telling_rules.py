"""The rules by which officers are notified, as a page, and a form that shows who would be notified of what, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.messaging.errors import Reject
from services.chassis.pages.look import Pages
from services.chassis.pages.speech import Speech
from services.contracts.clock_events import CLOCKS
from services.contracts.departments import departments
from services.contracts.districts import sub_districts
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import Place, Urgency
from services.notifier.app.explain import Explain, Explanation
from services.notifier.app.explained import UnknownEvent, imagined
from services.notifier.domain.directory_findings import seated
from services.notifier.domain.leaving import Leaving
from services.notifier.domain.telling_rules import TRIGGERS
from services.notifier.files.officer_words import OfficerWords
from services.notifier.http.explaining import RuleReader
from services.notifier.store import officers

HERE = "/pages/telling-rules"
Asked = Annotated[str, Query(max_length=60)]


def rule_pages(pages: Pages, workshop: Workshop, explain: Explain, words: OfficerWords, leaving: Leaving) -> APIRouter:
    router = pages.router()

    @router.get("/telling-rules")
    def show(
        request: Request,
        actor: RuleReader,
        event: Asked = "",
        of_state: Asked = "",
        of_type: Asked = "",
        of_lead: Asked = "",
        of_place: Asked = "",
        of_urgency: Asked = "",
        of_clock: Asked = "",
        only: Annotated[list[Asked], Query()] = [],  # noqa: B006
    ) -> Response:
        now = workshop.clock.now()
        said = {
            "state": of_state, "type_code": of_type, "lead": of_lead, "place": of_place, "urgency": of_urgency,
            "clock": of_clock,
        }  # fmt: skip
        edition = explain.rules.in_force(now)
        speech = pages.speech(request)
        with workshop.open() as work:
            sat = seated(officers.listed(work, None), leaving.at_hand)
        return pages.show(
            request,
            "telling_rules.html",
            actor,
            editions=explain.rules.editions,
            edition=edition,
            sentences={rule.rule: _sentence(words, rule.template, speech) for rule in edition.rules} if edition else {},
            called=partial(words.rule, language=speech.language),
            events={_plain(rule.event): rule.event for rule in edition.rules} if edition else {},
            states=sorted({one for rule in edition.rules for one in rule.states or ()}) if edition else [],
            types=taxonomy().types,
            leads=departments(),
            places=sub_districts(),
            urgencies=list(Urgency),
            clocks=CLOCKS,
            sat=sat,
            event=event,
            said=said,
            only=only,
            found=_explained(explain, _EVENTS.get(event, ""), said, only, now) if event else None,
        )

    return router


def _plain(event_type: str) -> str:
    """An event's type as a value of a form."""
    return event_type.replace(".", "-")


_EVENTS = {_plain(event_type): event_type for event_type in TRIGGERS}


def _explained(
    explain: Explain, event: str, said: Mapping[str, str], only: Sequence[str], now: datetime
) -> Explanation | None:
    """None for what cannot be: the page says so."""
    known: dict[str, Any] = {name: value for name, value in said.items() if value and name != "place"}
    known["place"] = Place(sub_district=said["place"] if said["place"] in sub_districts() else None)
    known |= {name: True for name in only if name in ("overdue", "restricted", "emergency")}
    if "unsolved" in only:
        known["caller_solved"] = False
    known["owner"] = "unit"
    try:
        return explain(imagined(event, known), now)
    except (UnknownEvent, Reject):
        return None


def _sentence(words: OfficerWords, template: str, speech: Speech) -> str:
    """The words of a template, with the names of its parts in the reader's language."""
    text = str(getattr(words.templates[template], speech.language))
    return re.sub(r"\{(\w+)\}", lambda part: f"[{speech(f'part.{part[1]}')}]", text)
