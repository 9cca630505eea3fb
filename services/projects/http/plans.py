"""Yearly plans over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path

from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor
from services.contracts.districts import sub_districts
from services.contracts.estate_events import EstateCode
from services.projects.app.plans.draft_plan import NotInPlan
from services.projects.app.plans.planning import Planning
from services.projects.app.plans.publishing import entry_facts, plan_facts
from services.projects.app.share import DistrictShare
from services.projects.domain.plan_differences import differences
from services.projects.domain.yearly_plan import PlanEntry, PlanState, YearlyPlan, public_money, undecided
from services.projects.http.bodies import PlanBody
from services.projects.http.needs import begun_shown
from services.projects.http.plan_bodies import EntryBody, NewPlanBody, PublicationBody, RankingBody
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, not_found, share_of, who_of
from services.projects.http.wording import Wording
from services.projects.store.plan_views import all_plans, plan_with_entries, version_before

EstateNamed = Annotated[EstateCode, Path()]


def plan_routes(workshop: Workshop, planning: Planning, words: Wording) -> APIRouter:
    router = APIRouter(prefix="/plans", tags=["plans"])

    @router.get("")
    def list_plans(actor: Reader) -> dict[str, Any]:
        """All versions of all years, the newest first; of drafts those that concern the reader."""
        return {"items": [plan_facts(plan) for plan in seen_plans(workshop, actor)]}

    @router.get("/{plan_id}")
    def show_plan(actor: Reader, plan_id: UUID) -> dict[str, Any]:
        """A version with its entries, the most pressing first, each with the parts of its rank.

        What is published everybody sees whole. A draft is for the hub, who leads and who supervises; offices and
        sub-districts see the estates of their own area in it, and other departments nothing.
        """
        return plan_shown(*seen_plan(workshop, actor, plan_id))

    @router.get("/{plan_id}/differences")
    def show_differences(actor: Reader, plan_id: UUID) -> dict[str, Any]:
        """What a version says otherwise than the version of the year before it; 404 where it is the first."""
        shown = differences_shown(workshop, actor, plan_id)
        if shown is None:
            raise not_found("version before")
        return shown

    @router.post("", status_code=201)
    def open_plan(actor: Commander, body: NewPlanBody) -> dict[str, Any]:
        """Drafts the next version of a year's plan and ranks the estates; for the hub or who leads repair."""
        with answered("plan"), workshop.open() as work:
            plan = planning.draft.open(work, body.year, body.budget_fen, who_of(actor))
        return plan_shown(*seen_plan(workshop, actor, UUID(plan.id)))

    @router.post("/{plan_id}/ranking")
    def rank_again(actor: Commander, plan_id: UUID, body: RankingBody) -> dict[str, Any]:
        """Takes in what is known by now; decisions stay."""
        with answered("plan"), workshop.open() as work:
            planning.draft.rank_again(work, str(plan_id), body.version, body.budget_fen, who_of(actor))
        return plan_shown(*seen_plan(workshop, actor, plan_id))

    @router.post("/{plan_id}/entries/{estate_id}")
    def decide(actor: Commander, plan_id: UUID, estate_id: EstateNamed, body: EntryBody) -> dict[str, Any]:
        """Lists, postpones or refuses an estate; for the hub, or the unit that decides on works of this size."""
        with answered("plan"), in_plan(), workshop.open() as work:
            return entry_shown(planning.draft.decide(work, str(plan_id), body.said(estate_id), who_of(actor)))

    @router.post("/{plan_id}/publication")
    def publish(actor: Commander, plan_id: UUID, body: PublicationBody) -> dict[str, Any]:
        """Publishes a draft whose estates are all decided on, within its budget. It never changes afterwards."""
        with answered("plan"), workshop.open() as work:
            planning.publish(work, str(plan_id), body.version, who_of(actor))
        return plan_shown(*seen_plan(workshop, actor, plan_id))

    @router.post("/{plan_id}/entries/{estate_id}/project", status_code=201)
    def begin(actor: Commander, plan_id: UUID, estate_id: EstateNamed, body: PlanBody) -> dict[str, Any]:
        """Opens a project for an estate that the plan in force lists; `needs_left` as of `POST /projects`."""
        with answered("plan"), in_plan(), workshop.open() as work:
            return begun_shown(planning.open_listed(work, str(plan_id), estate_id, body.plan(), who_of(actor)), words)

    return router


@contextmanager
def in_plan() -> Iterator[None]:
    """Says that the estate is missing, not the plan."""
    try:
        yield
    except NotInPlan:
        raise not_found("estate in this plan") from None


def seen_plans(workshop: Workshop, actor: Actor) -> list[YearlyPlan]:
    with workshop.engine.begin() as connection:
        return [plan for plan in all_plans(connection) if _concerns(share_of(actor), plan)]


def seen_plan(workshop: Workshop, actor: Actor, plan_id: UUID) -> tuple[YearlyPlan, list[PlanEntry]]:
    """With the entries that the actor may see. Raises Problem 404."""
    with workshop.engine.begin() as connection:
        found = plan_with_entries(connection, str(plan_id))
    if found is None or not _concerns(share_of(actor), found[0]):
        raise not_found("plan")
    plan, entries = found
    if plan.state is PlanState.DRAFT:
        entries = [one for one in entries if _sees(share_of(actor), plan, one)]
    return plan, entries


def differences_shown(workshop: Workshop, actor: Actor, plan_id: UUID) -> dict[str, Any] | None:
    """Of the estates that the actor may see; None for the first version. Raises Problem 404."""
    with workshop.engine.begin() as connection:
        found = plan_with_entries(connection, str(plan_id))
        if found is None or not _concerns(share_of(actor), found[0]):
            raise not_found("plan")
        plan, entries = found
        if (before := version_before(connection, plan)) is None:
            return None
    hidden: set[str | None] = set()
    if plan.state is PlanState.DRAFT:
        hidden = {one.place.estate for one in entries if not _sees(share_of(actor), plan, one)}
    return {
        "version_before": {"plan_id": before[0].id, "number": before[0].number},
        "budget_fen": {"before": before[0].budget_fen, "after": plan.budget_fen},
        "items": [
            {
                "place": one.place.model_dump(exclude={"building"}),
                "changes": list(one.changes),
                "before": one.before._asdict(),
                "after": one.after._asdict(),
            }
            for one in differences(before[1], entries)
            if one.place.estate not in hidden
        ],
    }


def plan_shown(plan: YearlyPlan, entries: Sequence[PlanEntry]) -> dict[str, Any]:
    """`public_fen`: what the entries shown that are listed take of public money."""
    return {
        **plan_facts(plan),
        "public_fen": public_money(entries),
        "undecided": len(undecided(entries)),
        "entries": [entry_shown(one) for one in entries],
    }


def entry_shown(entry: PlanEntry) -> dict[str, Any]:
    facts = entry_facts(entry)
    return facts | {
        "place": entry.place.model_dump(exclude={"building"}),
        "parts": [one.model_dump() for one in facts["parts"]],
        "payers": facts["payers"] and facts["payers"].model_dump(),
    }


def _concerns(share: DistrictShare, plan: YearlyPlan) -> bool:
    """A draft concerns those who lead, and those who may have estates in it: sub-districts and their offices."""
    if plan.state is not PlanState.DRAFT or share.holds(plan.lead, None) or share.sub_districts:
        return True
    return any(one.office in share.departments for one in sub_districts().values())


def _sees(share: DistrictShare, plan: YearlyPlan, entry: PlanEntry) -> bool:
    place = sub_districts().get(entry.place.sub_district or "")
    units = {entry.decided_by, place and place.office}
    return share.holds(plan.lead, entry.place.sub_district) or not units.isdisjoint(share.departments)
