"""Takes back what was asked for by mistake: a request of a committee or a file, and a survey.

A need that nobody else asks for is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.commands import Conflict, Unfit, Unknown, admitted, must_be_at
from services.chassis.database.work import Work
from services.contracts.need_events import NeedsSurveyWithdrawn
from services.projects.app.needs.gather import TOPIC, GatherNeeds
from services.projects.app.works.desk import Who
from services.projects.domain.needs import ASKED_BY_HAND, PLANNABLE, Need, NeedOrigin
from services.projects.domain.surveys import NeedsSurvey


@dataclass(frozen=True, slots=True)
class WithdrawNeeds:
    """For whoever may ask for the estate."""

    gather: GatherNeeds

    def request(self, work: Work, need_id: str, version: int, kind: NeedOrigin, ref: str, who: Who) -> Need:
        """One request of a need. Raises Unknown, Conflict for a need that changed since or whose works run, Unfit."""

        def sees(need: Need) -> None:
            if not who.authority.share.holds(need.lead, need.place.sub_district):
                raise Unknown

        need = admitted(self.gather.book.lock(work, {need_id}).get(need_id), sees)
        must_be_at(version, need.version, need.state)
        if need.state not in PLANNABLE:
            raise Conflict(
                f"it is {need.state}: what was asked for stays on record", need.version, need.state, "need_settled"
            )
        if kind not in ASKED_BY_HAND or not need.leave(kind, ref):
            raise Unfit("ref", "is no request of a committee or a file for this need: take one of its sources")
        self.gather.keep(work, [need])
        return need

    def survey(self, work: Work, survey_id: str, who: Who) -> NeedsSurvey:
        """What it found asks for nothing any more, except where works run or ran. Again it changes nothing.

        Raises Unknown.
        """
        book = self.gather.book
        found = book.survey(work, survey_id)
        place = book.places(work, {found.estate}).get(found.estate) if found else None
        lead = self.gather.lead(work.clock.now())
        if found is None or place is None or not who.authority.share.holds(lead, place.sub_district):
            raise Unknown
        newest = book.newest(work, {found.estate})  # locks the estate: of two who withdraw it one does
        found = book.survey(work, survey_id)
        assert found
        if found.withdrawn_at is not None:
            return found
        event = NeedsSurveyWithdrawn(
            version=2, survey_id=survey_id, place=place, lead=lead, actor=who.actor, at=work.clock.now()
        )
        book.withdraw_survey(work, event)
        work.publish(TOPIC, event)
        asked = [need for need in newest.values() if need.state in PLANNABLE]
        self.gather.keep(work, [need for need in asked if need.leave(NeedOrigin.SURVEY, survey_id)])
        withdrawn = book.survey(work, survey_id)
        assert withdrawn
        return withdrawn
