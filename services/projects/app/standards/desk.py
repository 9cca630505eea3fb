"""What every act at a standard begins with: the standard, locked; the right to act; the version that was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from services.chassis.commands import Conflict, Unfit, Unknown, must_be_at
from services.chassis.database.work import Work
from services.contracts.standard_events import StandardChanged
from services.projects.app.plans.draft_plan import must_lead
from services.projects.app.standards.ports import StandardBook
from services.projects.app.standards.publishing import TOPIC, content_digest, standard_facts
from services.projects.app.works.desk import Who
from services.projects.domain.standards.clause_checks import StandardCheck
from services.projects.domain.standards.opinions import StandardOpinion
from services.projects.domain.standards.rules import StandardRules
from services.projects.domain.standards.standard import Edition, Standard, StandardState


@dataclass(frozen=True, slots=True)
class StandardDesk:
    book: StandardBook
    rules: StandardRules
    new_id: Callable[[], str]

    def found(self, work: Work, standard_id: str) -> Standard:
        standard = self.book.lock(work, standard_id)
        if standard is None:
            raise Unknown
        return standard

    def open(self, work: Work, standard_id: str, version: int | None, who: Who) -> Standard:
        """For who leads. Raises Unknown, Forbidden, and Conflict for what is retired or has changed since."""
        standard = self.found(work, standard_id)
        must_lead(standard.lead, who.authority)
        if version is not None:
            must_be_at(version, standard.version, standard.state)
        if standard.state is StandardState.RETIRED:
            raise Conflict(
                "it is retired and stays so: draft a new standard", standard.version, standard.state, "standard_retired"
            )
        return standard

    def draft_of(self, standard: Standard) -> Edition:
        draft = standard.draft()
        if draft is None:
            why = "its versions are issued and never change: draft the next version"
            raise Conflict(why, standard.version, standard.state, "no_draft")
        return draft

    def opinions_on(self, work: Work, standard: Standard, draft: Edition) -> list[StandardOpinion]:
        """Those on the draft as it is now; what was said of an earlier text does not count."""
        now = content_digest(draft.content)
        opinions = self.book.opinions(work, standard.id)
        return [one for one in opinions if (one.number, one.on_text) == (draft.number, now)]

    def changed(self, work: Work, standard: Standard, edition: Edition, actor: str) -> None:
        standard.version += 1
        self.book.save(work, standard)
        work.publish(TOPIC, StandardChanged(**standard_facts(standard, edition), actor=actor))


def all_answered(opinions: Iterable[StandardOpinion]) -> None:
    """Raises Unfit while one has no answer."""
    if left := sum(one.adopted is None for one in opinions):
        raise Unfit("opinions", f"are not all answered: {left} are left; say of each whether it is adopted, and why")


def open_finding(finding: StandardCheck, then: str) -> str:
    """Why something does not happen while a finding is open. `then`: what, as "it ends"."""
    where = f"clause {finding.clause} has an open finding in {finding.sub_district}"
    return f"{where}: have it mended and checked again before {then}"
