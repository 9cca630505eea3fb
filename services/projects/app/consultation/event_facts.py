"""Consultations as their events carry them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from services.contracts.consultation_events import (
    ConsultationAdvanced,
    ConsultationNoticed,
    ConsultationPublished,
    ElectorateSum,
    HeldAgainstRegister,
    HeldElsewhere,
    ItemPutToVote,
    ItemResult,
)
from services.projects.app.works.ports import Done
from services.projects.domain.consultation.course import Consultation
from services.projects.domain.consultation.voted_items import VotedItem


def noticed(consultation: Consultation, done: Done) -> ConsultationNoticed:
    announced, voters = consultation.announced, consultation.voters
    assert announced
    return ConsultationNoticed(
        **_whose(consultation, done),
        ordinal=consultation.ordinal,
        round=consultation.round,
        previous=consultation.previous,
        changed=consultation.changed,
        announced_at=announced.announced_at,
        opens_at=announced.opens_at,
        closes_at=announced.closes_at,
        evidence=announced.evidence,
        electorate=ElectorateSum(hash=voters.hash, parts=voters.parts, heads=voters.heads, area=voters.area),
        items=tuple(map(put_to_vote, consultation.items)),
        held_in=announced.held_in and HeldElsewhere(**asdict(announced.held_in)),
        held_against=consultation.register and HeldAgainstRegister(**asdict(consultation.register)),
    )


def advanced(consultation: Consultation, previous_state: str, done: Done) -> ConsultationAdvanced:
    taken = consultation.entries[-1]
    return ConsultationAdvanced(
        **_whose(consultation, done),
        state=consultation.state,
        previous_state=previous_state,
        reason=taken.reason,
    )


def published(
    consultation: Consultation, results: Sequence[Mapping[str, Any]], seal: Mapping[str, Any], done: Done
) -> ConsultationPublished:
    return ConsultationPublished(
        **_whose(consultation, done),
        ballots=seal["ballots"],
        seal=seal["hash"],
        results=tuple(map(_item_result, results)),
    )


def put_to_vote(item: VotedItem) -> ItemPutToVote:
    text = item.text
    return ItemPutToVote(
        item=item.item,
        menu_item=item.menu_item,
        menu_version=item.menu_version,
        block=item.block,
        hallway=item.hallway,
        rule=item.rule.name,
        rule_version=item.rule.version,
        wording=text.text,
        removed=text.removed,
        material=text.material,
        colour=text.colour,
        shown_version=text.menu_version,
        pictures=text.pictures,
        text_hash=text.hash,
    )


def result_facts(event: ItemResult) -> dict[str, Any]:
    """The stored result of an item, from its event; without the ballots that were set aside."""
    facts = event.model_dump(mode="json")
    return {**facts, **{name: _renamed(facts[name], "condition", "name") for name in _COUNTINGS}}


def _item_result(result: Mapping[str, Any]) -> ItemResult:
    return ItemResult.model_validate(
        {**result, **{name: _renamed(result[name], "name", "condition") for name in _COUNTINGS}}
    )


def _renamed(outcome: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    conditions = [{new: one[old], **{key: one[key] for key in one if key != old}} for one in outcome["conditions"]]
    return {**outcome, "conditions": conditions}


_COUNTINGS = ("cast", "with_silence")


def _whose(consultation: Consultation, done: Done) -> dict[str, Any]:
    return {
        "version": consultation.version,
        "consultation_id": consultation.id,
        "project_id": consultation.project_id,
        **done._asdict(),
    }
