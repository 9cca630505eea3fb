"""The events of hot issues, projects and works that intake follows, and who handles which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from services.chassis.database.work import Work
from services.chassis.messaging.subscription import Many, One
from services.contracts.case_events import TypicalCaseChanged
from services.contracts.complaint_events import WorksComplaintChanged
from services.contracts.consultation_events import ConsultationAdvanced, ConsultationNoticed
from services.contracts.event import Envelope, Event
from services.contracts.impact_events import WorksImpactChanged
from services.contracts.need_events import NeedSettled
from services.contracts.works_events import WorksDefectChanged
from services.intake.app.follow_hot_issues import FollowHotIssues, HotIssueFact, ProjectFact
from services.intake.app.follow_works import FollowWorks


def followed_events(issues: FollowHotIssues, works: FollowWorks) -> Mapping[type[Event], One]:
    def on_project(envelope: Envelope, work: Work) -> None:
        """Those of hot issues hear it as a stage of theirs first; the project is stored by then."""
        issues.on_project(envelope, work)
        works.on_project(envelope, work)

    return {
        **dict.fromkeys(get_args(HotIssueFact), issues.on_hot_issue),
        **dict.fromkeys(get_args(ProjectFact), on_project),
        WorksImpactChanged: works.on_impact,
        WorksDefectChanged: works.on_defect,
        WorksComplaintChanged: works.on_complaint,
        ConsultationNoticed: works.on_vote,
        ConsultationAdvanced: works.on_vote,
        NeedSettled: works.on_need,
        TypicalCaseChanged: works.on_case,
    }


def locks_of(issues: FollowHotIssues, works: FollowWorks) -> Many:
    def lock(envelopes: Sequence[Envelope], work: Work) -> None:
        """Locks everybody whom the batch may tell something, all at once, before it tells the first."""
        issues.follow_ups.lock_all(work)
        issues.tell.tell.lock(work, issues.persons_of(envelopes, work) | works.persons_of(envelopes, work))

    return lock
