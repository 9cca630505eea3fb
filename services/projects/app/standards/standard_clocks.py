"""The clocks of standards: adopting a version, mending a finding, the review."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.database.work import Work
from services.chassis.messaging.timers import Timer
from services.chassis.working_days import SHANGHAI
from services.contracts.standard_events import StandardReviewDue
from services.projects.app.cases.case_clocks import end_of
from services.projects.app.cure import CLOCK
from services.projects.app.standards.ports import StandardBook
from services.projects.app.standards.publishing import TOPIC, check_changed, rollout_changed, standard_facts
from services.projects.domain.standards.clause_checks import open_findings
from services.projects.domain.standards.standard import StandardState

ADOPT = "adopt"
"""The kind of the timer until a sub-district has adopted a version; its subject: the standard and the sub-district."""
MEND = "mend"
"""The kind of the timer of a finding; its subject is the standard and the check."""
REVIEW_STANDARD = "review standard"


@dataclass(frozen=True, slots=True)
class StandardClocks:
    book: StandardBook

    def on_adopt_due(self, timer: Timer, work: Work) -> None:
        """Handles the timer ADOPT: reports a sub-district that neither adopted the version in time nor is exempt."""
        standard_id, sub_district = timer.subject.split()
        standard = self.book.lock(work, standard_id)
        if standard is None or standard.retirement:
            return
        rollout = next(one for one in self.book.rollouts(work, standard_id) if one.sub_district == sub_district)
        today = timer.due_at.astimezone(SHANGHAI).date()
        newest = standard.issued()[-1].number
        in_time = rollout.adopt_by is not None and timer.due_at < end_of(rollout.adopt_by)
        if rollout.overdue or rollout.is_exempt(today) or rollout.number == newest or in_time:
            return
        rollout.overdue = True
        rollout.version += 1
        self.book.save_rollouts(work, [rollout])
        work.publish(TOPIC, rollout_changed(rollout, standard.lead, CLOCK))

    def on_mend_due(self, timer: Timer, work: Work) -> None:
        """Handles the timer MEND: reports a finding that no later check found corrected."""
        standard_id, check_id = timer.subject.split()
        standard = self.book.lock(work, standard_id)
        if standard is None:
            return
        checks = self.book.checks(work, standard_id)
        still_open = {one.id for one in open_findings(check for check, _, _ in checks)}
        for check, version, overdue in checks:
            if check.id == check_id and check.id in still_open and not overdue:
                self.book.save_check(work, standard_id, check, version + 1, overdue=True)
                work.publish(TOPIC, check_changed(standard, check, CLOCK, version + 1, overdue=True))

    def on_review_due(self, timer: Timer, work: Work) -> None:
        """Handles the timer REVIEW_STANDARD: reports that nobody decided on the standard."""
        standard = self.book.lock(work, timer.subject)
        if standard is None or standard.review_overdue or standard.review_on is None:
            return
        if standard.state is not StandardState.ISSUED or end_of(standard.review_on) != timer.due_at:
            return  # it is revised or retired, or was reviewed since: another review has another timer
        standard.review_overdue = True
        standard.version += 1
        self.book.save(work, standard)
        facts = standard_facts(standard, standard.issued()[-1])
        work.publish(TOPIC, StandardReviewDue(**facts, actor=CLOCK))
