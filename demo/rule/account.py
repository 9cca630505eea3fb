"""What three readers see of the case at the end: a head of department, a deputy, a resident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from demo.calls import Call
from demo.interfaces import Interfaces
from demo.messages import Messages
from demo.one_caller import CallerMessage, heard
from demo.rule import texts
from demo.rule.case import Case
from demo.stories.bicycle_shed import STORY as SHED


@dataclass(frozen=True, slots=True)
class Account:
    """`sheet` of the case and `effect` of the type as the bureau reads them, `topic` and `suggestion` as the deputy.

    The `indicators` likewise. `opinions`: on the draft of the Measures. `late`, `exempt`: the sub-districts
    that were; `late_notice_on`: when the office heard it. `refused`: what the service said of the answer
    without its day. `heard`: what a caller of the class was sent, who called on `called`.
    """

    case_id: str
    sheet: dict[str, Any]
    effect: dict[str, Any]
    standard_id: str | None
    opinions: Sequence[dict[str, Any]]
    late: str
    exempt: str
    late_notice_on: date | None
    topic: dict[str, Any] | None
    suggestion: dict[str, Any] | None
    indicators: Sequence[dict[str, Any]]
    refused: dict[str, str] | None
    called: datetime | None = None
    heard: Sequence[CallerMessage] = ()


def account(interfaces: Interfaces, case: Case) -> Account | None:
    """None while no case is proposed. Without what the resident heard."""
    if case.case_id is None:
        return None
    bureau, deputy = interfaces.as_role("department:housing"), interfaces.as_role("deputy")
    topic_id, standard_id = case.supervision.topic_id, case.standard_id
    suggestions = deputy.get("projects", "/supervision/suggestions")["items"] if topic_id else []
    return Account(
        case.case_id,
        bureau.get("projects", f"/cases/{case.case_id}/sheet"),
        bureau.get("projects", f"/effects/{texts.TYPE_CODE}"),
        standard_id,
        bureau.get("projects", f"/standards/{standard_id}")["opinions"] if standard_id else [],
        case.rollout.late,
        case.rollout.exempt,
        case.rollout.late_notice_on,
        deputy.get("projects", f"/supervision/topics/{topic_id}") if topic_id else None,
        next(iter(suggestions), None),
        deputy.get("projects", "/supervision/indicators")["items"],
        case.supervision.refused,
    )


def with_resident(found: Account, interfaces: Interfaces, calls: Mapping[str, Call], messages: Messages) -> Account:
    """With what that caller of the pilot's estate heard who was sent most; `calls` by ticket."""
    mine = [(ticket, call, call.phone) for ticket, call in calls.items() if call.cause == SHED.key and call.phone]
    ticket_id, call, phone = max(mine, key=lambda one: (len(messages.to(one[2])), -one[1].at.timestamp()))
    return replace(found, called=call.at, heard=heard(interfaces.as_role("hub"), messages, ticket_id, phone))
