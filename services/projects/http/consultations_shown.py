"""Consultations as the API shows them. What is counted is in none of it before the result is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from services.projects.app.consultation.event_facts import put_to_vote
from services.projects.app.consultation.issue_codes import Slip, holders
from services.projects.app.consultation.late_entries import LateEntries
from services.projects.app.consultation.ports import ChainedSale, Delivery, IssueTrace, Taken
from services.projects.domain.consultation.ballots import Ballot
from services.projects.domain.consultation.codes import Holder
from services.projects.domain.consultation.course import CONSULTATION_STEPS, Consultation
from services.projects.domain.consultation.electorate import Electorate
from services.projects.domain.consultation.meetings import Meeting, ProjectOpinion
from services.projects.domain.consultation.result import DecidedItem
from services.projects.domain.consultation.sales import Sale
from services.projects.domain.consultation.voted_items import VotedItem
from services.projects.http.consultation_words import judged_shown, missing_sentence, result_sentence


def consultation_shown(one: Consultation) -> dict[str, Any]:
    """`may_become`: the states that one step leads to."""
    announced, voters = one.announced, one.voters
    return {
        "consultation_id": one.id,
        "project_id": one.project_id,
        "version": one.version,
        "state": one.state,
        "may_become": sorted(CONSULTATION_STEPS[one.state]),
        "ordinal": one.ordinal,
        "round": one.round,
        "previous": one.previous,
        "changed": list(one.changed),
        "announced_at": announced and announced.announced_at,
        "opens_at": announced and announced.opens_at,
        "closes_at": announced and announced.closes_at,
        "electorate": {
            "hash": voters.hash,
            "parts": voters.parts,
            "heads": voters.heads,
            "area_m2": f"{voters.area / 100:.2f}",
        },
        "held_in": announced and announced.held_in and asdict(announced.held_in),
        "held_against": one.register and asdict(one.register),
        "items": [{**put_to_vote(item).model_dump(mode="json"), "conditions": _conditions(item)} for item in one.items],
        "seal": one.seal,
    }


def _conditions(item: VotedItem) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in item.rule.conditions]


def result_shown(one: Consultation, results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Both countings of each item and the verdict with its reasons, in both languages."""
    rules = {item.item: item.rule for item in one.items}
    items = []
    for found in results:
        sentence = result_sentence(rules[found["item"]], found)
        items.append({**found, "sentence_cn": sentence.cn, "sentence_en": sentence.en})
    return {"consultation_id": one.id, "seal": one.seal, "items": items}


def standing_shown(decided: Sequence[DecidedItem]) -> dict[str, Any]:
    """As it would be counted now, and what is missing."""
    return {"items": [_stands(one) for one in decided]}


def _stands(one: DecidedItem) -> dict[str, Any]:
    missing = missing_sentence(one)
    return {
        "item": one.item,
        "would_pass": one.passed,
        "conditions": [judged_shown(judged) for judged in one.deciding.judged],
        "answers": {choice.value: number for choice, number in one.answers.items()},
        "silent": one.silent,
        "set_aside": len(one.set_aside),
        "missing_cn": missing.cn,
        "missing_en": missing.en,
    }


def slip_shown(one: Slip) -> dict[str, Any]:
    """`issue` above 1: in place of another."""
    return {"code": one.code, "parts": [part.id for part in one.parts], "issue": one.issue}


def sale_shown(one: Sale) -> dict[str, Any]:
    return {
        "number": one.number,
        "part_id": one.part_id,
        "at": one.at,
        "evidence": one.evidence,
        "entered_at": one.entered_at,
        "entered_by": one.entered_by,
    }


def entries_shown(found: LateEntries) -> dict[str, Any]:
    """`more`: there are others, in the record. `first_look`: when the counting party first saw how it stood while
    voting was open."""
    look = found.look
    return {
        "after_closing": [entry_shown(one) for one in found.after_closing],
        "after_look": [entry_shown(one) for one in found.after_look],
        "more": found.more,
        "first_look": look and {"at": look.at, "by": look.actor, "ballots": look.ballots},
    }


def deliveries_shown(electorate: Electorate, found: Sequence[Delivery]) -> dict[str, Any]:
    """Each delivery, what they come to by building, and the parts that were not reached."""
    reached = {one.part_id: one for one in found}
    buildings: dict[str, dict[str, int]] = {}
    for part in electorate.parts:
        sums = buildings.setdefault(part.building, {"parts": 0, "reached": 0, "warned": 0})
        sums["parts"] += 1
        if part.id in reached:
            sums["reached"] += 1
            sums["warned"] += reached[part.id].warned
    return {
        "items": [one._asdict() for one in found],
        "buildings": [{"building": building, **sums} for building, sums in sorted(buildings.items())],
        "not_reached": [part.id for part in electorate.parts if part.id not in reached],
    }


def codes_shown(
    electorate: Electorate, sales: Sequence[ChainedSale], known: Mapping[Holder, IssueTrace]
) -> dict[str, Any]:
    """How many hold a code, and each that was issued again, with its reason. No code is shown."""
    again = [
        {
            "parts": [part.id for part in parts],
            "issue": known[holder].issue,
            "at": known[holder].at,
            "by": known[holder].actor,
            "why": known[holder].why,
        }
        for holder, parts in holders(electorate, sales).items()
        if holder in known and known[holder].why
    ]
    who = holders(electorate, sales).keys()
    return {"holders": len(who), "issued": len(who & known.keys()), "again": again}


def entry_shown(one: Ballot) -> dict[str, Any]:
    return {
        "number": one.number,
        "part_id": one.part_id,
        "item": one.item,
        "origin": one.origin,
        "at": one.at,
        "entered_at": one.entered_at,
        "entered_by": one.entered_by,
    }


def taken_shown(taken: Taken) -> dict[str, Any]:
    return {
        "rows": taken.rows,
        "taken": taken.taken,
        "rejected": [asdict(one) for one in taken.rejected],
    }


def meeting_shown(one: Meeting) -> dict[str, Any]:
    return {
        "meeting_id": one.id,
        "kind": one.kind,
        "held_on": one.held_on,
        "present": {role.value: number for role, number in one.present.items()},
        "minutes": one.minutes,
    }


def opinion_shown(one: ProjectOpinion) -> dict[str, Any]:
    return {
        "opinion_id": one.id,
        "version": one.version,
        "role": one.role,
        "item": one.item,
        "words": one.words,
        "adopted": one.adopted,
        "why": one.why,
    }
