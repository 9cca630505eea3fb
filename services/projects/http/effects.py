"""Whether what was done helped: by type of problem, over all its estates."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import TypeCode
from services.projects.app.effect.judge_class import JudgeClass, JudgedClass
from services.projects.domain.effect.placebo import Placebo
from services.projects.domain.effect.published_facts import DIGITS_OF_P, rounded
from services.projects.domain.effect.verdict_facts import ClassVerdict
from services.projects.http.issues_shown import issue_shown
from services.projects.http.rights import Reader, not_found, share_of
from services.projects.http.wording import Wording
from services.projects.store.effect_views import cured_types

TypeOfPath = Annotated[TypeCode, Path()]


def effect_routes(workshop: Workshop, judge: JudgeClass, words: Wording) -> APIRouter:
    router = APIRouter(prefix="/effects", tags=["effects"])

    @router.get("")
    def list_types(actor: Reader) -> dict[str, Any]:
        """The types against which something was done, with the states of their hot issues; of one's own share."""
        with workshop.engine.begin() as connection:
            return {"types": cured_types(connection, share_of(actor))}

    @router.get("/{type_code}")
    def show_type(actor: Reader, type_code: TypeOfPath) -> dict[str, Any]:
        """The verdict on a type in all its estates together, as of the last month that is over.

        `placebo.calibrated` false: the comparison finds falls where nothing was done; these verdicts are not to be
        believed. The hot issues listed are those of one's own share.
        """
        return class_view(workshop, judge, words, actor, type_code)

    return router


def class_view(workshop: Workshop, judge: JudgeClass, words: Wording, actor: Actor, type_code: str) -> dict[str, Any]:
    """Raises Problem 404 for what is no type of the taxonomy."""
    if type_code not in taxonomy().types:
        raise not_found("type")
    with workshop.open() as work:
        judged = judge(work, type_code)
    share = share_of(actor)
    return {
        "type_code": type_code,
        **class_shown(judged),
        "hot_issues": [
            issue_shown(case.issue, words)
            for case in judged.cases
            if share.holds(case.issue.lead, case.issue.place.sub_district)
        ],
    }


def class_shown(judged: JudgedClass) -> dict[str, Any]:
    return {
        "verdict": judged.verdict and _verdict_shown(judged.verdict),
        "placebo": judged.placebo and _placebo_shown(judged.placebo),
    }


def _verdict_shown(one: ClassVerdict) -> dict[str, Any]:
    return {
        "finding": one.finding,
        "look": one.look,
        "estates": one.estates,
        "before": one.before,
        "after": one.after,
        "left": one.left and rounded(one.left.ratio),
        "left_low": one.left and rounded(one.left.low),
        "left_high": one.left and rounded(one.left.high),
        "p": one.left and rounded(one.left.p, DIGITS_OF_P),
        "controls": one.controls,
        "rules_version": one.rules_version,
    }


def _placebo_shown(one: Placebo) -> dict[str, Any]:
    return {"controls": one.controls, "share": rounded(one.share), "calibrated": one.calibrated}
