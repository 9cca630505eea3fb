"""Rolls a standard out: each sub-district adopts it or is exempted, clauses are checked, the good are accepted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from services.chassis.commands import Conflict, Forbidden, Unfit, Unknown, must_be_at
from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.working_days import SHANGHAI
from services.contracts.districts import sub_districts
from services.projects.app.cases.case_clocks import end_of
from services.projects.app.standards.desk import StandardDesk, open_finding
from services.projects.app.standards.publishing import TOPIC, check_changed, rollout_changed
from services.projects.app.standards.standard_clocks import ADOPT, MEND
from services.projects.app.works.desk import Who
from services.projects.domain.standards.clause_checks import CheckVerdict, StandardCheck, open_findings
from services.projects.domain.standards.clauses import active
from services.projects.domain.standards.rollout import ADOPTED, Rollout, RolloutState, all_checked, not_good
from services.projects.domain.standards.standard import Edition, Standard


@dataclass(frozen=True, slots=True)
class RollOut:
    desk: StandardDesk

    def adopt(
        self, work: Work, standard_id: str, sub_district: str, version: int, number: int, trained_on: date, who: Who
    ) -> Rollout:
        """The office of the sub-district, the lead or the hub says that a version is adopted and people are trained.

        Raises Unfit for a version that is neither in force today nor the newest issued, for one before that adopted
        there, and for training that is still to come.
        """
        standard, rollout = self._of(work, standard_id, sub_district, version)
        office = sub_districts()[sub_district].office
        authority = who.authority
        if not authority.is_hub and authority.share.departments.isdisjoint({office, standard.lead}):
            raise Forbidden(
                "not-yours", "Another office adopts it here", f"This is for department:{office} or the hub."
            )
        now = work.clock.now()
        today = now.astimezone(SHANGHAI).date()
        if fault := _number_fault(standard, rollout, number, standard.in_force(today, now)):
            raise Unfit("number", fault)
        if rollout.number == number and rollout.state in ADOPTED:
            raise Conflict("it adopted this version before", rollout.version, rollout.state, "adopted_before")
        if trained_on > today:
            raise Unfit("trained_on", "is still to come: adopt it once people were trained")
        rollout.adopt(number, today, trained_on)
        return self._saved(work, standard, rollout, who)

    def exempt(
        self, work: Work, standard_id: str, sub_district: str, version: int, reason: str, until: date, who: Who
    ) -> Rollout:
        """The lead lets a sub-district off until the end of a day.

        Raises Unfit for one that is over, and while a finding is open there.
        """
        self.desk.open(work, standard_id, None, who)
        standard, rollout = self._of(work, standard_id, sub_district, version)
        if until < work.clock.now().astimezone(SHANGHAI).date():
            raise Unfit("until", "is over: give a day to come")
        checks = [one for one, _, _ in self.desk.book.checks(work, standard_id) if one.sub_district == sub_district]
        if found := open_findings(checks):
            raise Unfit("findings", f"are open: {open_finding(found[0], 'it is exempted')}")
        rollout.exempt(reason, until)
        timers.start(work, ADOPT, f"{standard_id} {sub_district}", end_of(until))
        return self._saved(work, standard, rollout, who)

    def check(self, work: Work, standard_id: str, check: StandardCheck, version: int, who: Who) -> StandardCheck:
        """The lead checked a clause at a sub-district. One of the same id is left as it is.

        `version` is the roll-out's there. Raises Unfit for what does not fit, Conflict where nothing was adopted.
        """
        standard = self.desk.open(work, standard_id, None, who)
        checks = [one for one, _, _ in self.desk.book.checks(work, standard_id)]
        if known := next((one for one in checks if one.id == check.id), None):
            if replace(known, noted_at=None) != check:
                raise Unfit("id", "is another check's; give each check an id of its own")
            return known
        _, rollout = self._of(work, standard_id, check.sub_district, version)
        edition = self._adopted(standard, rollout)
        if check.number != edition.number:
            raise Unfit("number", f"is not the version adopted there, which is {edition.number}")
        if check.clause not in {one.id for one in active(edition.content.clauses)}:
            raise Unfit("clause", "is no active clause of the version adopted there")
        _fit(check, work.clock.now().astimezone(SHANGHAI).date())
        check = replace(check, noted_at=work.clock.now())
        if not self.desk.book.save_check(work, standard_id, check):
            raise Unfit("id", "is another check's; give each check an id of its own")
        work.publish(TOPIC, check_changed(standard, check, who.actor))
        if check.mend_by:
            timers.start(work, MEND, f"{standard_id} {check.id}", end_of(check.mend_by))
        here = _here((*checks, check), rollout)
        if rollout.state is RolloutState.ADOPTED and all_checked(edition.content.clauses, here):
            rollout.state = RolloutState.CHECKED
            self._saved(work, standard, rollout, who)
        return check

    def accept(self, work: Work, standard_id: str, sub_district: str, version: int, who: Who) -> Rollout:
        """The lead accepts it: every active clause has a check that holds today and is good. Raises Unfit, Conflict."""
        standard = self.desk.open(work, standard_id, None, who)
        _, rollout = self._of(work, standard_id, sub_district, version)
        edition = self._adopted(standard, rollout)
        if rollout.state is RolloutState.ACCEPTED:
            raise Conflict("it was accepted before", rollout.version, rollout.state, "accepted_before")
        here = _here((one for one, _, _ in self.desk.book.checks(work, standard_id)), rollout)
        today = work.clock.now().astimezone(SHANGHAI).date()
        if left := not_good(edition.content.clauses, here, today):
            raise Unfit("checks", f"lack one that holds today and is good of clauses {', '.join(left)}: check them")
        rollout.state = RolloutState.ACCEPTED
        return self._saved(work, standard, rollout, who)

    def _of(self, work: Work, standard_id: str, sub_district: str, version: int) -> tuple[Standard, Rollout]:
        standard = self.desk.found(work, standard_id)
        rollouts = self.desk.book.rollouts(work, standard_id)
        rollout = next((one for one in rollouts if one.sub_district == sub_district), None)
        if rollout is None:
            raise Unknown
        if standard.retirement:
            raise Conflict("the standard is retired", standard.version, standard.state, "standard_retired")
        must_be_at(version, rollout.version, rollout.state)
        return standard, rollout

    @staticmethod
    def _adopted(standard: Standard, rollout: Rollout) -> Edition:
        edition = standard.edition(rollout.number) if rollout.number and rollout.state in ADOPTED else None
        if edition is None:
            raise Conflict("no version is adopted there", rollout.version, rollout.state, "nothing_adopted")
        return edition

    def _saved(self, work: Work, standard: Standard, rollout: Rollout, who: Who) -> Rollout:
        rollout.version += 1
        self.desk.book.save_rollouts(work, [rollout])
        work.publish(TOPIC, rollout_changed(rollout, standard.lead, who.actor))
        return rollout


def _number_fault(standard: Standard, rollout: Rollout, number: int, in_force: Edition | None) -> str | None:
    """Why this version is not to be adopted there, if it is not."""
    newest = standard.issued()[-1].number
    if number not in (newest, in_force and in_force.number):
        return f"is neither in force today nor the newest version, which is {newest}: adopt that"
    if rollout.number is not None and number < rollout.number:
        return f"is before version {rollout.number}, which was adopted there: adopt a later one"
    return None


def _here(checks: Iterable[StandardCheck], rollout: Rollout) -> list[StandardCheck]:
    """Those of this sub-district, and of the version that it adopted."""
    return [one for one in checks if (one.sub_district, one.number) == (rollout.sub_district, rollout.number)]


def _fit(check: StandardCheck, today: date) -> None:
    """Raises Unfit."""
    if check.checked_on > today:
        raise Unfit("checked_on", "is still to come")
    if check.valid_until < check.checked_on:
        raise Unfit("valid_until", "lies before the check itself")
    if (check.verdict is CheckVerdict.NOT_SATISFIED) != (check.mend_by is not None):
        raise Unfit("mend_by", "belongs to what is not satisfied, which needs the day by which it is mended")
    if check.mend_by and check.mend_by < check.checked_on:
        raise Unfit("mend_by", "lies before the check")
