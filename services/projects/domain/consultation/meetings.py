"""Meetings about a project (听证会、协调会、评议会), and opinions on what is planned, each of which gets an answer.

The three kinds are those of docs/domain.md §4.2, step 6: before, during and after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class MeetingKind(StrEnum):
    HEARING = "hearing"
    COORDINATION = "coordination"
    REVIEW = "review"


class ParticipantRole(StrEnum):
    RESIDENT = "resident"
    OWNERS_COMMITTEE = "owners_committee"
    VOLUNTEER = "volunteer"
    DEPUTY = "deputy"


@dataclass(frozen=True, slots=True)
class Meeting:
    """`present`: how many took part, by role. `minutes`: SHA-256 of the minutes."""

    id: str
    kind: MeetingKind
    held_on: date
    present: Mapping[ParticipantRole, int]
    minutes: str


@dataclass(frozen=True, slots=True)
class ProjectOpinion:
    """`item`: what it is about, by its code on the ballot or in the menu; None: the whole. `adopted` None: no answer
    yet; with an answer there is a `why`."""

    id: str
    role: ParticipantRole
    item: str | None
    words: str
    adopted: bool | None = None
    why: str | None = None
    version: int = 1
