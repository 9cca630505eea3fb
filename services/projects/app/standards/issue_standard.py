"""Issues a version of a standard, keeps it after its review, or retires the standard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.chassis.commands import Conflict, Unfit
from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.working_days import SHANGHAI
from services.contracts.districts import sub_districts
from services.contracts.standard_events import StandardIssued
from services.projects.app.cases.case_clocks import end_of
from services.projects.app.standards.desk import StandardDesk, all_answered, open_finding
from services.projects.app.standards.publishing import TOPIC, rollout_changed, standard_facts
from services.projects.app.standards.standard_clocks import ADOPT, REVIEW_STANDARD
from services.projects.app.works.desk import Who
from services.projects.domain.menu import MenuItem
from services.projects.domain.months import months_later_day
from services.projects.domain.standards.clause_checks import open_findings
from services.projects.domain.standards.clauses import ClauseStatus
from services.projects.domain.standards.rollout import Rollout
from services.projects.domain.standards.standard import Edition, EditionState, Retirement, Standard


@dataclass(frozen=True, slots=True)
class Issue:
    """`version` is the standard's as the person saw it. `supersedes`: the version in force before; None: the first.

    `adopt_by`, `review_on` None: as the rules say.
    """

    version: int
    effective_from: date
    effective_to: date | None = None
    supersedes: int | None = None
    adopt_by: date | None = None
    review_on: date | None = None


FreeCase = Callable[[Work, str, str, Who], None]
"""Says that the draft of a case (the standard's id, last) was dropped."""


@dataclass(frozen=True, slots=True)
class IssueStandard:
    """`base_menu`: the rows that come with the service."""

    desk: StandardDesk
    base_menu: Sequence[MenuItem]
    free_case: FreeCase

    def issue(self, work: Work, standard_id: str, said: Issue, who: Who) -> Standard:
        """Raises Unknown, Forbidden, Conflict for what is not consulted, has changed, or ends a clause with an open
        finding, and Unfit while an opinion has no answer, or for days that overlap, leave a gap, are over, or are
        another standard's on one of its types."""
        standard = self.desk.open(work, standard_id, said.version, who)
        draft = self.desk.draft_of(standard)
        if draft.state is not EditionState.CONSULTED:
            raise Conflict(
                "it was not consulted on yet: hear and answer first", standard.version, standard.state, "not_consulted"
            )
        now = work.clock.now()
        today = now.astimezone(SHANGHAI).date()
        all_answered(self.desk.opinions_on(work, standard, draft))
        _supersedes(standard, draft, said.supersedes)
        if fault := standard.term_fault(said.effective_from, said.effective_to, today):
            raise Unfit(*fault)
        self._rules_its_types_alone(work, standard, said)
        self._no_clause_ends_with_findings(work, standard, draft)
        adopt_by = said.adopt_by or said.effective_from + timedelta(days=self.desk.rules.adopt_days)
        if adopt_by < said.effective_from:
            raise Unfit("adopt_by", f"lies before effective_from, {said.effective_from}: give that day or a later one")
        review_on = self._review_on(said.review_on, said.effective_from)
        draft.menu_versions = self._menu_versions(work, standard, draft)
        draft.effective_from, draft.effective_to, draft.adopt_by = said.effective_from, said.effective_to, adopt_by
        draft.state, draft.issued_at, draft.issued_by = EditionState.ISSUED, now, standard.lead
        standard.review_on, standard.review_overdue = review_on, False
        standard.version += 1
        self.desk.book.save(work, standard)
        facts = standard_facts(standard, draft)
        work.publish(TOPIC, StandardIssued(**facts, number=draft.number, adopt_by=adopt_by, actor=who.actor))
        timers.start(work, REVIEW_STANDARD, standard.id, end_of(review_on))
        self._roll_out(work, standard, adopt_by, who)
        return standard

    def keep(self, work: Work, standard_id: str, version: int, review_on: date | None, who: Who) -> Standard:
        """The review found that the standard is kept; the next review is on the day given, or as the rules say."""
        standard = self.desk.open(work, standard_id, version, who)
        edition = _last_issued(standard)
        standard.review_on = self._review_on(review_on, work.clock.now().astimezone(SHANGHAI).date())
        standard.review_overdue = False
        self.desk.changed(work, standard, edition, who.actor)
        timers.start(work, REVIEW_STANDARD, standard.id, end_of(standard.review_on))
        return standard

    def retire(self, work: Work, standard_id: str, version: int, last: date, reason: str, who: Who) -> Standard:
        """A draft that was never issued is dropped, which frees its case.

        Raises Unfit for a day that is over, more than a year ahead, or before a version begins; Conflict while a
        finding is open.
        """
        standard = self.desk.open(work, standard_id, version, who)
        edition = (standard.issued() or standard.editions)[-1]
        now = work.clock.now()
        if fault := standard.end_fault(last, now.astimezone(SHANGHAI).date()):
            raise Unfit("last_day", fault)
        if found := open_findings(one for one, _, _ in self.desk.book.checks(work, standard.id)):
            raise Conflict(open_finding(found[0], "it ends"), standard.version, standard.state, "open_finding")
        standard.retirement = Retirement(last, now, reason)
        standard.review_on = None
        self.desk.changed(work, standard, edition, who.actor)
        if standard.case_id and not edition.is_issued:
            self.free_case(work, standard.case_id, standard.id, who)
        return standard

    def _rules_its_types_alone(self, work: Work, standard: Standard, said: Issue) -> None:
        for one in self.desk.book.issued_on(work, standard.types):
            if one.id != standard.id and one.rules_between(said.effective_from, said.effective_to):
                both = ", ".join(sorted({*standard.types} & {*one.types}))
                why = f"is in the time of standard {one.id}, which rules {both}, too"
                raise Unfit("effective_from", f"{why}: draft its next version, or retire it before that day")

    def _no_clause_ends_with_findings(self, work: Work, standard: Standard, draft: Edition) -> None:
        ending = {one.id for one in draft.content.clauses if one.status is not ClauseStatus.ACTIVE}
        for one in open_findings(check for check, _, _ in self.desk.book.checks(work, standard.id)):
            if one.clause in ending:
                raise Conflict(open_finding(one, "it ends"), standard.version, standard.state, "open_finding")

    def _review_on(self, said: date | None, begin: date) -> date:
        months = self.desk.rules.review_months
        earliest, latest = (months_later_day(begin, one) for one in (months.earliest, months.latest))
        if said is not None and not earliest <= said <= latest:
            raise Unfit("review_on", f"is not between {earliest} and {latest}, as the rules of standards ask")
        return said or latest

    def _menu_versions(self, work: Work, standard: Standard, draft: Edition) -> Mapping[str, int]:
        """A row that says what it said in the version before keeps its version."""
        highest = dict(self.desk.book.lock_menu(work))
        for row in self.base_menu:
            highest[row.code] = max(highest.get(row.code, 0), row.version)
        before = standard.edition(draft.supersedes) if draft.supersedes else None
        kept = {row.code: row for row in before.content.menu} if before else {}
        return {
            row.code: before.menu_versions[row.code]
            if before and kept.get(row.code) == row
            else highest.get(row.code, 0) + 1
            for row in draft.content.menu
        }

    def _roll_out(self, work: Work, standard: Standard, adopt_by: date, who: Who) -> None:
        known = {one.sub_district: one for one in self.desk.book.rollouts(work, standard.id)}
        rollouts = [known.get(code) or Rollout(standard.id, code) for code in sub_districts()]
        for one in rollouts:
            one.adopt_by, one.overdue = adopt_by, False
            one.version += 1
        self.desk.book.save_rollouts(work, rollouts)
        for one in rollouts:
            work.publish(TOPIC, rollout_changed(one, standard.lead, who.actor))
        due = end_of(adopt_by)
        timers.start_all(work, ADOPT, [(f"{standard.id} {one.sub_district}", due) for one in rollouts])


def _last_issued(standard: Standard) -> Edition:
    if not (issued := standard.issued()):
        raise Conflict("none of its versions was issued yet", standard.version, standard.state, "not_issued")
    return issued[-1]


def _supersedes(standard: Standard, draft: Edition, said: int | None) -> None:
    """Raises Unfit unless it supersedes the last version issued; the first supersedes none."""
    if said == draft.number:
        raise Unfit("supersedes", f"is this version itself: {_instead(draft)}")
    if said != draft.supersedes:
        raise Unfit("supersedes", f"is not the version issued before: {_instead(draft)}")


def _instead(draft: Edition) -> str:
    return f"name version {draft.supersedes}" if draft.supersedes else "leave it out, for the first supersedes none"
