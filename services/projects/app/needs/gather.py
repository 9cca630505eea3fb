"""Gathers needs: one need for an estate and element, shared by all who ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.chassis.commands import Conflict, Unfit, admitted, must_be_at
from services.chassis.database.work import Work
from services.contracts.need_events import NeedChanged, NeedSettled, NeedSourceFact, NeedsSurveyed, SurveyFinding
from services.contracts.ticket_events import Place
from services.projects.app.authority import Authority
from services.projects.app.needs.ports import NeedBook, NeedKey
from services.projects.app.own_ids import Named, must_be_free
from services.projects.app.ports import CurrentRules
from services.projects.app.works.desk import Who
from services.projects.domain.needs import (
    TAKES_SOURCES,
    IllegalNeedStep,
    Need,
    NeedOrigin,
    NeedReason,
    Source,
    need_id,
)
from services.projects.domain.surveys import NeedsSurvey

TOPIC = "projects"


@dataclass(frozen=True, slots=True)
class NeedRequest:
    """Somebody asks for elements of an estate. `id` is theirs, so that the same request again is one source."""

    id: str
    kind: NeedOrigin
    estate: str
    elements: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class GatherNeeds:
    book: NeedBook
    rules: CurrentRules

    def ask(self, work: Work, asked: NeedRequest, who: Who) -> list[Need]:
        """Begins a need for each element, or joins it. Raises Unfit for an estate that they may not see or that is not
        registered."""
        place = self._place(work, asked.estate, who.authority)
        if asked.kind is NeedOrigin.COMMITTEE:
            self._must_be_own(work, asked)
        return self.join(work, place, asked.elements, Source(work.clock.now(), asked.kind, asked.id))

    def survey(self, work: Work, survey: NeedsSurvey, who: Who) -> list[Need]:
        """Keeps a survey; what it found becomes needs. The same again changes nothing. Raises Unfit."""
        place, now = self._place(work, survey.estate, who.authority), work.clock.now()
        if survey.made_at > now:
            raise Unfit("made_at", "is still to come: give when the survey was made")
        known = self.book.survey(work, survey.id)
        if known and known != survey:
            raise Unfit("id", "is that of another survey, or of one that was withdrawn: give each its own")
        if known is None:
            must_be_free(self.book.named_by, work, survey.id, Named.SURVEY)
            event = surveyed(survey, place, self.lead(now), who.actor, now)
            self.book.add_survey(work, event)
            work.publish(TOPIC, event)
        return self.join(work, place, survey.elements, Source(now, NeedOrigin.SURVEY, survey.id))

    def join(self, work: Work, place: Place, elements: Iterable[str | None], source: Source) -> list[Need]:
        """The needs of these elements, with this source among theirs."""
        joined = self.joined(work, place, elements, source)
        self.keep(work, [need for need, is_new in joined if is_new])
        return [need for need, _ in joined]

    def joined(
        self, work: Work, place: Place, elements: Iterable[str | None], source: Source
    ) -> list[tuple[Need, bool]]:
        """The same, not kept yet; with whether the source is new to each."""
        assert place.estate
        newest = self.book.newest(work, {place.estate})
        needs = [
            self.taker(newest.get(NeedKey(place.estate, element)), place, element, source.at)
            for element in dict.fromkeys(elements)
        ]
        return [(need, need.join(source)) for need in needs]

    def taker(self, newest: Need | None, place: Place, element: str | None, at: datetime) -> Need:
        """The newest need if it takes sources, or the one after it."""
        if newest is not None and newest.state in TAKES_SOURCES:
            return newest
        assert place.estate
        ordinal = newest.ordinal + 1 if newest else 0
        return Need(need_id(place.estate, element, ordinal), place, element, ordinal, self.lead(at), at)

    def refuse(self, work: Work, need_id: str, version: int, reason: NeedReason, authority: Authority) -> Need:
        """Raises Unknown, Forbidden, and Conflict for a need that changed since or is not open."""
        need = admitted(self.book.lock(work, {need_id}).get(need_id), authority.act_on)
        must_be_at(version, need.version, need.state)
        try:
            need.refuse(reason)
        except IllegalNeedStep as error:
            raise Conflict(
                f"{error}: its plan or project decides on it", need.version, need.state, "need_settled"
            ) from None
        self.keep(work, [need])
        work.publish(TOPIC, settled(need, "refused", reason))
        return need

    def keep(self, work: Work, changed: Sequence[Need]) -> None:
        if changed:
            self.book.save(work, changed)
        for need in changed:
            work.publish(TOPIC, NeedChanged(**need_facts(need)))

    def _place(self, work: Work, estate: str, authority: Authority) -> Place:
        place = self.book.places(work, {estate}).get(estate)
        lead = self.lead(work.clock.now())
        if place is None or not authority.share.holds(lead, place.sub_district):
            raise Unfit("estate", "is not registered: take an id of GET /estates, or import it first")
        return place

    def _must_be_own(self, work: Work, asked: NeedRequest) -> None:
        """Raises Unfit for the id of another request, or of anything else. A row of a file has one of what it says."""
        must_be_free(self.book.named_by, work, asked.id, Named.NEED)
        for known in self.book.asked_by(work, asked.id):
            if known.place.estate != asked.estate or known.element not in asked.elements:
                raise Unfit("id", "is that of another request for needs: give each request an id of its own")

    def lead(self, at: datetime) -> str:
        """The department that leads repair then."""
        return self.rules.book().at(at).project.lead


def need_facts(need: Need) -> dict[str, Any]:
    """A need's public state, as its events carry it."""
    return {
        "version": need.version,
        "need_id": need.id,
        "place": need.place,
        "element": need.element,
        "ordinal": need.ordinal,
        "state": need.state,
        "lead": need.lead,
        "sources": tuple(NeedSourceFact(kind=one.kind.value, ref=one.ref, at=one.at) for one in need.sources),
        "opened_at": need.opened_at,
        "plan_id": need.plan_id,
        "project_id": need.project_id,
        "reason": need.reason,
    }


def settled(
    need: Need, outcome: str, reason: NeedReason | None, year: int | None = None, plan_id: str | None = None
) -> NeedSettled:
    return NeedSettled.model_validate(
        {
            "version": 1,
            "need_id": need.id,
            "place": need.place,
            "element": need.element,
            "outcome": outcome,
            "reason": reason,
            "year": year,
            "plan_id": plan_id,
            "tickets": need.tickets,
        }
    )


def surveyed(survey: NeedsSurvey, place: Place, lead: str, actor: str, at: datetime) -> NeedsSurveyed:
    return NeedsSurveyed(
        version=1,
        survey_id=survey.id,
        place=place,
        lead=lead,
        role=survey.role.value,
        unit=survey.unit,
        on_site=survey.on_site,
        made_at=survey.made_at,
        findings=tuple(
            SurveyFinding(elements=one.elements, note=one.note, photographs=one.photographs) for one in survey.findings
        ),
        actor=actor,
        at=at,
    )
