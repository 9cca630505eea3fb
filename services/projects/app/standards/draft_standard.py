"""Drafts a standard and its next versions, asks what others say of the draft, and answers them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from services.chassis.commands import Conflict, Unfit, Unknown, must_be_at
from services.chassis.database.work import Work
from services.projects.app.plans.draft_plan import must_lead
from services.projects.app.standards.desk import StandardDesk, all_answered
from services.projects.app.standards.publishing import TOPIC, content_digest, opinion_changed
from services.projects.app.works.desk import Who
from services.projects.domain.standards.clauses import clause_faults
from services.projects.domain.standards.demands_on_works import without_gate
from services.projects.domain.standards.opinions import StandardOpinion
from services.projects.domain.standards.standard import Edition, EditionContent, EditionState, Standard

LinkCase = Callable[[Work, str, str, Collection[str], Who], object]
"""Says that a standard (by its id, after the case's) that rules some types is drafted for a case."""


@dataclass(frozen=True, slots=True)
class NewStandard:
    """`case_id`: the case that it comes of, whose lead drafts it."""

    title: str
    lead: str
    types: tuple[str, ...]
    content: EditionContent
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class DraftStandard:
    desk: StandardDesk
    link_case: LinkCase

    def open(self, work: Work, new: NewStandard, who: Who) -> Standard:
        """The first version of a new standard. Raises Forbidden, Unfit."""
        must_lead(new.lead, who.authority)
        _fit(new.content, None)
        standard = Standard(
            self.desk.new_id(), new.title, new.lead, new.types, work.clock.now(), new.case_id, [Edition(1, new.content)]
        )
        if new.case_id:
            self.link_case(work, new.case_id, standard.id, new.types, who)
        self.desk.changed(work, standard, standard.editions[0], who.actor)
        return standard

    def revise(self, work: Work, standard_id: str, version: int, content: EditionContent | None, who: Who) -> Standard:
        """Drafts the next version; without content it begins as the one before."""
        standard = self.desk.open(work, standard_id, version, who)
        if standard.draft():
            raise Conflict("a draft is open: go on with it", standard.version, standard.state, "draft_open")
        before = standard.editions[-1]
        _fit(content or before.content, before.content)
        edition = Edition(before.number + 1, content or before.content, supersedes=before.number)
        standard.editions.append(edition)
        standard.review_overdue = False
        self.desk.changed(work, standard, edition, who.actor)
        return standard

    def write(self, work: Work, standard_id: str, version: int, content: EditionContent, who: Who) -> Standard:
        """Changes the draft; opinions on what it said before count no more."""
        standard = self.desk.open(work, standard_id, version, who)
        draft = self.desk.draft_of(standard)
        before = standard.edition(draft.number - 1)
        _fit(content, before.content if before else None)
        draft.content, draft.state = content, EditionState.DRAFT
        self.desk.changed(work, standard, draft, who.actor)
        return standard

    def hear(self, work: Work, standard_id: str, opinion: StandardOpinion, who: Who) -> StandardOpinion:
        """An opinion on the draft. One of the same id is left as it is. Raises Unfit when that is another."""
        standard = self.desk.open(work, standard_id, None, who)
        for known in self.desk.book.opinions(work, standard_id):
            if known.id == opinion.id:
                if (known.role, known.clause, known.words) != (opinion.role, opinion.clause, opinion.words):
                    raise Unfit("id", "is another opinion's; give each opinion an id of its own")
                return known
        draft = self.desk.draft_of(standard)
        if opinion.clause is not None and opinion.clause not in {one.id for one in draft.content.clauses}:
            raise Unfit("clause", "is none of the draft's clauses; leave it out for the whole")
        heard = replace(opinion, number=draft.number, on_text=content_digest(draft.content))
        return self._save(work, standard_id, heard, who)

    def answer(
        self, work: Work, standard_id: str, opinion_id: str, version: int, adopted: bool, why: str, who: Who
    ) -> StandardOpinion:
        """Raises Unknown, and Conflict for another version of the opinion than the current one."""
        self.desk.open(work, standard_id, None, who)
        for known in self.desk.book.opinions(work, standard_id):
            if known.id == opinion_id:
                must_be_at(version, known.version, "unanswered" if known.adopted is None else "answered")
                return self._save(work, standard_id, replace(known, adopted=adopted, why=why, version=version + 1), who)
        raise Unknown

    def consult(self, work: Work, standard_id: str, version: int, who: Who) -> Standard:
        """The draft was consulted on. Raises Unfit while somebody was not heard, or has no answer."""
        standard = self.desk.open(work, standard_id, version, who)
        draft = self.desk.draft_of(standard)
        said = self.desk.opinions_on(work, standard, draft)
        roles = {one.role for one in said}
        if missing := [role for role in self.desk.rules.heard if role not in roles]:
            raise Unfit("opinions", f"lack those of {', '.join(missing)}: hear them first")
        all_answered(said)
        draft.state = EditionState.CONSULTED
        self.desk.changed(work, standard, draft, who.actor)
        return standard

    def _save(self, work: Work, standard_id: str, opinion: StandardOpinion, who: Who) -> StandardOpinion:
        if not self.desk.book.save_opinion(work, standard_id, opinion):
            raise Unfit("id", "is another opinion's; give each opinion an id of its own")
        work.publish(TOPIC, opinion_changed(standard_id, opinion, who.actor))
        return opinion


def _fit(content: EditionContent, before: EditionContent | None) -> None:
    """Raises Unfit for clauses that cannot follow those before, and for a row of the menu that stands twice."""
    for fault in clause_faults(content.clauses, before.clauses if before else ()):
        raise Unfit("clauses", fault.why if fault.clause is None else f"{fault.clause} {fault.why}")
    if shut := without_gate(content.papers, ()):
        raise Unfit("papers", f"name {', '.join(shut)}, where nobody looks for papers: take another step of works")
    if shut := without_gate((), content.meetings):
        raise Unfit("meetings", f"name {', '.join(shut)}, where nobody looks for meetings: take another step of works")
    codes = [row.code for row in content.menu]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise Unfit("menu", f"names {', '.join(twice)} twice; a code has one row")
