"""Standards, opinions on them, their roll-out and checks as events."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from services.contracts.standard_events import (
    RolloutChanged,
    StandardCheckChanged,
    StandardClause,
    StandardContent,
    StandardMenuRow,
    StandardOpinionChanged,
    StandardTemplate,
    StandardVersion,
)
from services.contracts.ticket_events import Place
from services.projects.domain.menu import MenuContent
from services.projects.domain.standards.clause_checks import StandardCheck
from services.projects.domain.standards.opinions import StandardOpinion
from services.projects.domain.standards.rollout import Rollout
from services.projects.domain.standards.standard import Edition, EditionContent, Standard

TOPIC = "projects"


def standard_facts(standard: Standard, edition: Edition) -> dict[str, Any]:
    """The public state of a standard, with the version that a fact is about."""
    retired = standard.retirement
    return {
        "version": standard.version,
        "standard_id": standard.id,
        "title": standard.title,
        "lead": standard.lead,
        "type_codes": standard.types,
        "case_id": standard.case_id,
        "state": standard.state,
        "opened_at": standard.opened_at,
        "edition": edition_fact(edition),
        "retired_on": retired.last if retired else None,
        "retired_at": retired.at if retired else None,
        "retired_why": retired.reason if retired else None,
        "review_on": standard.review_on,
        "review_overdue": standard.review_overdue,
    }


def edition_fact(edition: Edition) -> StandardVersion:
    return StandardVersion(
        number=edition.number,
        state=edition.state.value,
        content=content_fact(edition.content),
        supersedes=edition.supersedes,
        effective_from=edition.effective_from,
        effective_to=edition.effective_to,
        adopt_by=edition.adopt_by,
        issued_at=edition.issued_at,
        issued_by=edition.issued_by,
        menu_versions=dict(edition.menu_versions),
    )


def content_fact(content: EditionContent) -> StandardContent:
    return StandardContent(
        wording=content.text,
        clauses=tuple(
            StandardClause(id=one.id, wording=one.text, status=one.status.value, successor=one.successor)
            for one in content.clauses
        ),
        elements=content.elements,
        menu=tuple(_row(one) for one in content.menu),
        papers={step.value: tuple(sorted(kinds)) for step, kinds in content.papers.items()},
        meetings={step.value: tuple(sorted(kinds)) for step, kinds in content.meetings.items()},
        templates=tuple(StandardTemplate(title=one.title, sha256=one.sha256) for one in content.templates),
    )


def content_digest(content: EditionContent) -> str:
    """SHA-256 over the content as the topic carries it; keys sorted."""
    said = json.dumps(content_fact(content).model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _row(row: MenuContent) -> StandardMenuRow:
    said = row.model_dump(mode="json")
    titles = {"title_cn": said.pop("name_cn"), "title_en": said.pop("name_en")}
    return StandardMenuRow.model_validate(said | titles)


def opinion_changed(standard_id: str, opinion: StandardOpinion, actor: str) -> StandardOpinionChanged:
    return StandardOpinionChanged(
        version=opinion.version,
        opinion_id=opinion.id,
        standard_id=standard_id,
        number=opinion.number,
        role=opinion.role.value,
        clause=opinion.clause,
        words=opinion.words,
        adopted=opinion.adopted,
        why=opinion.why,
        on_text=opinion.on_text,
        actor=actor,
    )


def rollout_changed(rollout: Rollout, lead: str, actor: str) -> RolloutChanged:
    return RolloutChanged(
        version=rollout.version,
        standard_id=rollout.standard_id,
        lead=lead,
        place=Place(sub_district=rollout.sub_district),
        state=rollout.state.value,
        number=rollout.number,
        adopted_on=rollout.adopted_on,
        trained_on=rollout.trained_on,
        adopt_by=rollout.adopt_by,
        overdue=rollout.overdue,
        exempt_reason=rollout.exempt_reason,
        exempt_until=rollout.exempt_until,
        actor=actor,
    )


def check_changed(
    standard: Standard, check: StandardCheck, actor: str, version: int = 1, overdue: bool = False
) -> StandardCheckChanged:
    return StandardCheckChanged(
        version=version,
        check_id=check.id,
        standard_id=standard.id,
        lead=standard.lead,
        place=Place(sub_district=check.sub_district),
        clause=check.clause,
        number=check.number,
        method=check.method.value,
        evidence=check.evidence,
        checked_on=check.checked_on,
        valid_until=check.valid_until,
        state=check.verdict.value,
        mend_by=check.mend_by,
        noted_at=check.noted_at,
        overdue=overdue,
        actor=actor,
    )
