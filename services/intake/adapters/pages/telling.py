"""What the history and the reviews of a ticket say, in the reader's language as far as a machine wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.chassis.pages.speech import Speech
from services.intake.domain.steps import Step

_REASONS = (
    (re.compile(r"type (?P<type>\w+) is doubtful: confidence (?P<confidence>[\d.]+) is below [\d.]+"), "doubtful"),
    (re.compile(r"none of the catalogue's types"), "no_type"),
    (re.compile(r"type (?P<type>\w+) belongs to the sub-district office, and the place is not known"), "no_place"),
    (re.compile(r"an emergency, it seems: .*"), "emergency"),
    (re.compile(r"joins what is known"), "follows"),
)


def reason(say: Speech, review_reason: str) -> str:
    """Why a ticket is in review; a person's own words stay as they are."""
    for pattern, why in _REASONS:
        if found := pattern.fullmatch(review_reason):
            known = found.groupdict()
            named = {"type": say.kind(known["type"])} if "type" in known else {}
            return say(f"why.{why}", **known | named)
    return review_reason


def told(say: Speech, line: Mapping[str, Any]) -> str:
    """What a line of the history says beside its step."""
    detail: str = line["detail"] or ""
    speak = _SPOKEN.get(line["step"])
    return speak(say, detail) if speak and detail else detail


def _head(named: Callable[[Speech, str], str]) -> Callable[[Speech, str], str]:
    """For details of the form `code: words`."""

    def spoken(say: Speech, detail: str) -> str:
        head, colon, words = detail.partition(": ")
        return f"{named(say, head)}{say('colon') if colon else ''}{words}"

    return spoken


def _outcome(say: Speech, outcome: str) -> str:
    return say.if_known(f"outcome.{outcome}", outcome)


def _reading(say: Speech, head: str) -> str:
    type_code, _, confidence = head.partition(" ")
    return f"{type_code} {say.kind(type_code)} {confidence}"


def _clock(say: Speech, detail: str) -> str:
    kind, _, due = detail.partition(": ")
    try:
        end = datetime.fromisoformat(due.rpartition(" ")[2])
    except ValueError:
        return detail
    return say("clock_due", clock=say.if_known(f"clock.{kind}", kind), due=say.limit(end))


_SPOKEN: Mapping[str, Callable[[Speech, str], str]] = {
    Step.CLASSIFY: _head(_reading),
    Step.SEND_TO_REVIEW: reason,
    Step.DISPATCH: _head(Speech.department),
    Step.REDISPATCH: _head(Speech.department),
    Step.CALL_IN: _head(Speech.department),
    Step.MERGE: _head(lambda _, ticket_id: ticket_id[:8]),
    Step.WARN: _clock,
    Step.BREACH: _clock,
    Step.SETTLE: _head(_outcome),
    Step.VISIT: _head(_outcome),
}
