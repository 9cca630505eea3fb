"""The facts and codes that a notice is made of, by the parts of a sentence that need them. Never a caller's data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from services.contracts.event import Event
from services.notifier.domain.officer_notice import Subject
from services.notifier.domain.trigger import Fact

Values = Mapping[str, str | int | bool | None]


class SentencePart(NamedTuple):
    """A part of a sentence: the field that an event must have for it, and what is kept of a fact."""

    field: str
    read: Callable[[Any], Values]


def _plain(part: str, field: str) -> SentencePart:
    return SentencePart(field, lambda fact: {part: getattr(fact, field)})


def _moment(part: str, field: str) -> SentencePart:
    """Of a time or a day, as ISO 8601."""

    def read(fact: Any) -> Values:
        at = getattr(fact, field)
        return {part: at.isoformat() if at else None}

    return SentencePart(field, read)


def _place(fact: Any) -> Values:
    place = fact.place
    return {
        "sub_district": place.sub_district if place else None,
        "estate": (place.estate_name or place.estate) if place else None,
    }


PARTS: Final[Mapping[str, SentencePart]] = {
    "number": _plain("number", "number"),
    "type": _plain("type", "type_code"),
    "place": SentencePart("place", _place),
    "urgency": _plain("urgency", "urgency"),
    "clock": _plain("clock", "clock"),
    "due": _moment("due", "due"),
    "decide_by": _moment("decide_by", "decide_by"),
    "cure_by": _moment("cure_by", "cure_by"),
    "adopt_by": _moment("adopt_by", "adopt_by"),
    "starts": _moment("starts", "starts"),
    "impact": _plain("impact", "kind"),
    "callers": _plain("callers", "callers"),
    "clause": _plain("clause", "number"),
    "redos": _plain("redos", "redos"),
    "lead": _plain("lead", "lead"),
    "unit": _plain("unit", "unit"),
}
"""What a template may name in braces."""

_SUBJECTS: Final[Mapping[str, str]] = {
    "ticket": "ticket",
    "hot_issue": "hot_issue",
    "project": "project",
    "works": "project",
    "typical_case": "case",
    "standard": "standard",
    "rollout": "standard",
    "supervision": "topic",
}
"""What a fact is about, by how the type of its event begins."""
SUBJECT_KINDS: Final = frozenset(_SUBJECTS.values())


def missing_of(event: type[Event], parts: Collection[str]) -> list[str]:
    """Those of `parts` that such an event cannot provide."""
    return sorted(part for part in parts if part not in PARTS or PARTS[part].field not in event.model_fields)


def values_of(fact: Fact, parts: Collection[str]) -> Values:
    return {name: value for part in sorted(parts) for name, value in PARTS[part].read(fact).items()}


def subject_kind(event_type: str) -> str:
    return _SUBJECTS[event_type.partition(".")[0]]


def subject_of(fact: Fact) -> Subject:
    """Its number is what people call it by; a number that counts within something else is none."""
    kind = subject_kind(fact.type)
    number = getattr(fact, "number", None)
    return Subject(kind, getattr(fact, f"{kind}_id"), number if isinstance(number, str) else None)
