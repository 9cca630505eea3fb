"""The fields of forms: their shape, their choices, and their values for the step's body."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.chassis.pages.forms import choice_of, number_of
from services.chassis.pages.speech import Speech
from services.contracts.departments import departments
from services.contracts.districts import sub_districts
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import RequestKind, Satisfaction, Urgency
from services.intake.app.move_ticket import EMERGENCY_LINES
from services.intake.domain.calls import CallResult
from services.intake.domain.dispatched_ticket import NOBODY
from services.intake.http.step_bodies import MAX_ANSWER, MAX_NOTE

Facts = Mapping[str, Any]
"""A ticket as `ticket_with_history` shows it."""


class Shape(StrEnum):
    WORDS = "words"
    LINE = "line"
    YES_NO = "yes or no"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class FormField:
    """`inside`: the part of the body that it belongs to. `known`: shows the ticket's present value, to be corrected."""

    name: str
    shape: Shape
    required: bool = True
    limit: int = MAX_NOTE
    rows: int = 2
    inside: str = ""
    known: bool = False
    choices: Callable[[Facts], Iterable[str]] = lambda _: ()
    spoken: Callable[[Speech, str], str] = lambda _, value: value

    def shown(self, ticket: Facts, entered: Mapping[str, str]) -> str:
        """The value to show: what was entered, if the form was sent; else the ticket's value, if `known`."""
        if entered or not self.known:
            return entered.get(self.name, "")
        part = (ticket[self.inside] or {}) if self.inside else ticket
        return part.get(self.name) or ""


def values_of(fields: Sequence[FormField], entered: Mapping[str, str]) -> dict[str, object]:
    """What was entered, as the step's body takes it; a blank field is None."""
    values: dict[str, Any] = {"version": number_of(entered.get("version"))}
    for field in fields:
        sent = entered.get(field.name)
        part = values.setdefault(field.inside, {}) if field.inside else values
        part[field.name] = choice_of(sent) if field.shape is Shape.YES_NO else sent
    return values


def words(name: str, *, required: bool = True, rows: int = 2) -> FormField:
    return FormField(name, Shape.WORDS, required, rows=rows)


def answer(name: str, *, required: bool = True, rows: int = 6) -> FormField:
    return FormField(name, Shape.WORDS, required, MAX_ANSWER, rows)


def line(name: str, limit: int, *, required: bool = True, known: bool = False, inside: str = "") -> FormField:
    return FormField(name, Shape.LINE, required, limit, known=known, inside=inside)


def yes_no(name: str, *, required: bool = True) -> FormField:
    return FormField(name, Shape.YES_NO, required)


def department(
    name: str, others_than: Callable[[Facts], Iterable[str | None]] = lambda _: (), *, required: bool = True
) -> FormField:
    """A choice of departments without those of `others_than`."""

    def choices(ticket: Facts) -> list[str]:
        others = set(others_than(ticket))
        return [code for code in departments() if code not in others]

    return FormField(name, Shape.CHOICE, required, choices=choices, spoken=Speech.department)


TYPE = FormField(
    "type_code",
    Shape.CHOICE,
    known=True,
    choices=lambda _: taxonomy().types,
    spoken=lambda say, code: f"{code} {say.kind(code)}",
)
KIND = FormField(
    "kind", Shape.CHOICE, False, known=True, choices=lambda _: RequestKind, spoken=lambda say, one: say(f"kind.{one}")
)
URGENCY = FormField(
    "urgency", Shape.CHOICE, False, known=True, choices=lambda _: Urgency, spoken=lambda say, one: say(f"urgency.{one}")
)
ABOUT = FormField(
    "about_unit",
    Shape.CHOICE,
    False,
    known=True,
    choices=lambda _: (NOBODY, *departments()),
    spoken=lambda say, code: say("about_nobody") if code == NOBODY else say.department(code),
)
PLACE = (
    FormField(
        "sub_district",
        Shape.CHOICE,
        False,
        inside="place",
        known=True,
        choices=lambda _: sub_districts(),
        spoken=Speech.sub_district,
    ),
    line("estate_name", 60, required=False, known=True, inside="place"),
    line("estate", 60, required=False, known=True, inside="place"),
    line("building", 10, required=False, known=True, inside="place"),
)
LINE = FormField("line", Shape.CHOICE, choices=lambda _: EMERGENCY_LINES)
IN_VAIN = FormField(
    "result",
    Shape.CHOICE,
    choices=lambda _: (CallResult.NOT_REACHED, CallResult.WRONG_NUMBER),
    spoken=lambda say, one: say(f"in_vain.{one}"),
)
SATISFACTION = FormField(
    "satisfaction",
    Shape.CHOICE,
    False,
    choices=lambda _: Satisfaction,
    spoken=lambda say, one: say(f"satisfaction.{one}"),
)
