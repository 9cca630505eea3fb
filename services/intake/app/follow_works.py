"""Follows works, and plans messages to those concerned: callers of the hot issues they cure, and of complaints.

The block of a caller stays in the vault: everybody concerned in the estate is notified of a cut, with its blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from services.chassis.database.work import Work
from services.contracts.case_events import TypicalCaseChanged
from services.contracts.complaint_events import WorksComplaintChanged
from services.contracts.consultation_events import ConsultationAdvanced, ConsultationNoticed
from services.contracts.event import Envelope
from services.contracts.impact_events import WorksImpactChanged
from services.contracts.need_events import NeedSettled
from services.contracts.project_events import ProjectOpened
from services.contracts.works_events import WorksDefectChanged
from services.intake.app.follow_hot_issues import ProjectFact
from services.intake.app.ports import FollowUps, Tickets
from services.intake.app.tell_callers import TellCallers
from services.intake.app.to_tell import person_of
from services.intake.app.works_ports import WorksBook
from services.intake.domain.follow_up import Stage
from services.intake.domain.occasion import Audience
from services.intake.domain.works_news import KnownWorks, Of, WorksNews

WorksFact: TypeAlias = (
    WorksImpactChanged
    | WorksDefectChanged
    | WorksComplaintChanged
    | ConsultationNoticed
    | ConsultationAdvanced
    | NeedSettled
    | TypicalCaseChanged
)
OF_A_PROJECT = ProjectFact | WorksImpactChanged | ConsultationNoticed
NOTICED = "noticed"
"""The state of a consultation that was announced."""
RULED = "ruled"
"""The state of a typical case that ended with a standard."""
OVER = frozenset({Stage.ENDED, Stage.SOLVED})
"""Who is at one of these stages hears of the works no more."""


@dataclass(frozen=True, slots=True)
class FollowWorks:
    """Handles events of works, in any order; the newest version counts. The persons of a batch are locked before."""

    tickets: Tickets
    follow_ups: FollowUps
    book: WorksBook
    tell: TellCallers

    def persons_of(self, envelopes: Sequence[Envelope], work: Work) -> set[str]:
        """Everybody whom a batch may tell something about works."""
        events = [envelope.event for envelope in envelopes]
        projects = {event.project_id for event in events if isinstance(event, OF_A_PROJECT)}
        issues = self.book.issues_of(work, projects)
        for event in events:
            if isinstance(event, ProjectFact | TypicalCaseChanged):
                issues |= set(event.hot_issues)
        tickets = self.book.complaints_about(work, projects)
        tickets |= {event.ticket_id for event in events if isinstance(event, WorksDefectChanged) and event.ticket_id}
        tickets |= {one for event in events if isinstance(event, NeedSettled) for one in event.tickets}
        known = self.tickets.find_all(work, tickets)
        return self.follow_ups.callers_of(work, issues) | {person_of(one) for one in known}

    def on_project(self, envelope: Envelope, work: Work) -> None:
        """After the project was stored: tells those concerned of its state, if it is the newest known."""
        project = envelope.event
        assert isinstance(project, ProjectFact)
        known = self.book.known(work, Of.PROJECT, project.project_id)
        if known is None or known.version != project.version:
            return
        left = None if isinstance(project, ProjectOpened) else project.previous_state
        facts = {"place": project.place.model_dump(include={"sub_district", "estate_name"}, exclude_none=True)}
        news = WorksNews(
            Of.PROJECT, project.project_id, project.project_id, project.version, project.state, left, facts=facts
        )
        self._tell_all(work, news, set(project.hot_issues) | self.book.issues_of(work, {project.project_id}))

    def on_impact(self, envelope: Envelope, work: Work) -> None:
        impact = envelope.event
        assert isinstance(impact, WorksImpactChanged)
        known = KnownWorks(impact.version, impact.state, impact.ends)
        if not self.book.keep(work, Of.IMPACT, impact.impact_id, known):
            return
        facts = {
            "place": impact.place.model_dump(include={"sub_district", "estate_name"}, exclude_none=True),
            "cut": impact.kind,
            "blocks": list(impact.blocks),
            "begin": impact.starts.isoformat(),
            "end": impact.ends.isoformat(),
        }
        news = WorksNews(
            Of.IMPACT, impact.impact_id, impact.project_id, impact.version, impact.state, None, impact.kind, facts
        )
        self._tell_all(work, news, self.book.issues_of(work, {impact.project_id}))

    def on_defect(self, envelope: Envelope, work: Work) -> None:
        """Tells the caller of the complaint that showed it."""
        defect = envelope.event
        assert isinstance(defect, WorksDefectChanged)
        if not self.book.keep(work, Of.DEFECT, defect.defect_id, KnownWorks(defect.version, defect.state)):
            return
        if defect.ticket_id is not None:
            news = WorksNews(Of.DEFECT, defect.defect_id, defect.project_id, defect.version, defect.state)
            self.tell.of_works(work, Audience.REPORTER, news, self.tickets.find_all(work, {defect.ticket_id}))

    def on_vote(self, envelope: Envelope, work: Work) -> None:
        """Says when it is voted, and how; an annulled vote is announced to nobody any more."""
        vote = envelope.event
        assert isinstance(vote, ConsultationNoticed | ConsultationAdvanced)
        before = self.book.known(work, Of.VOTE, vote.consultation_id)
        if isinstance(vote, ConsultationAdvanced):
            ends = before.ends if before else None
            self.book.keep(work, Of.VOTE, vote.consultation_id, KnownWorks(vote.version, vote.state, ends))
        elif self.book.keep(work, Of.VOTE, vote.consultation_id, KnownWorks(vote.version, NOTICED, vote.closes_at)):
            facts = {"begin": vote.opens_at.isoformat(), "end": vote.closes_at.isoformat()}
            news = WorksNews(Of.VOTE, vote.consultation_id, vote.project_id, vote.version, NOTICED, facts=facts)
            self._tell_all(work, news, self.book.issues_of(work, {vote.project_id}))

    def on_need(self, envelope: Envelope, work: Work) -> None:
        """Tells the residents who asked what a plan said of it."""
        need = envelope.event
        assert isinstance(need, NeedSettled)
        if not self.book.keep(work, Of.NEED, need.aggregate_id, KnownWorks(need.version, need.outcome)):
            return
        place = need.place.model_dump(include={"sub_district", "estate_name"}, exclude_none=True)
        facts = {"place": place, "year": need.year}
        news = WorksNews(Of.NEED, need.aggregate_id, "", need.version, need.outcome, facts=facts)
        self.tell.of_works(work, Audience.REPORTER, news, self.tickets.find_all(work, set(need.tickets)))

    def on_case(self, envelope: Envelope, work: Work) -> None:
        """Tells everybody whose call led to a rule that it did; those too whose own matter ended long ago."""
        case = envelope.event
        assert isinstance(case, TypicalCaseChanged)
        state = RULED if case.state == "closed" and case.standard_id and case.reason is None else case.state
        if not self.book.keep(work, Of.CASE, case.case_id, KnownWorks(case.version, state)):
            return
        followers = [one for issue in sorted(case.hot_issues) for one in self.follow_ups.of_issue(work, issue)]
        news = WorksNews(Of.CASE, case.case_id, "", case.version, state)
        tickets = self.tickets.find_all(work, {one.ticket_id for one in followers})
        self.tell.of_works(work, Audience.CONCERNED, news, tickets)

    def on_complaint(self, envelope: Envelope, work: Work) -> None:
        """Remembers whose complaint is about which works; they hear what becomes of them from now on."""
        complaint = envelope.event
        assert isinstance(complaint, WorksComplaintChanged)
        self.book.keep_complaint(work, complaint)

    def _tell_all(self, work: Work, news: WorksNews, issues: Iterable[str]) -> None:
        """Each person once, with however many tickets. Whoever follows an issue hears of starts and ends there."""
        followers = [
            one for issue in sorted(issues) for one in self.follow_ups.of_issue(work, issue) if one.stage not in OVER
        ]
        following = {one.caller_ref for one in followers}
        complaints = self.book.complaints_about(work, {news.project_id})
        asked = {one.ticket_id for one in followers}
        known = {one.id: one for one in self.tickets.find_all(work, complaints | asked)}
        own = [known[one] for one in sorted(asked) if one in known]
        others = [known[one] for one in sorted(complaints) if one in known]
        others = [one for one in others if one.caller_ref not in following]
        self.tell.of_works(work, Audience.CONCERNED, news, [*own, *others])
        self.tell.of_works(work, Audience.COMPLAINANTS, news, others)
