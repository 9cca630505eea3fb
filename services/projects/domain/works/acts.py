"""When what may be done at works: one table of acts by the state of their project."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from services.projects.domain.works.repair_project import ProjectState as S

_PLANNED = frozenset({S.LISTED, S.APPROVED, S.DESIGNED, S.SCHEME_PUBLIC, S.SCHEME_CONFIRMED, S.TENDERED, S.CONTRACTED})
_UNDER_WAY = frozenset({S.STARTED, S.BUILDING, S.SUSPENDED})
_ENDED = frozenset({S.ACCEPTED, S.AUDITED, S.HANDED_OVER, S.WARRANTY})


class Act(StrEnum):
    CONTRACT = "contract"
    CONFIRM = "confirm"
    CLEAR = "clear"
    INSPECT = "inspect"
    FIND_DEFECT = "find_defect"
    FILE_PAPER = "file_paper"
    DISCLOSE = "disclose"
    ACCEPT_BLOCK = "accept_block"
    NAME_PARTY = "name_party"
    SIGN_CONTRACT = "sign_contract"
    CHANGE_CONTRACT = "change_contract"
    AUDIT_CONTRACT = "audit_contract"
    PLAN_IMPACTS = "plan_impacts"
    ANNOUNCE_IMPACT = "announce_impact"
    STEP_IMPACT = "step_impact"
    VISIT = "visit"


POSSIBLE: Mapping[Act, frozenset[S]] = {
    Act.CONTRACT: _PLANNED | _UNDER_WAY,
    Act.CONFIRM: _PLANNED | _UNDER_WAY,
    Act.CLEAR: _PLANNED | _UNDER_WAY,
    Act.INSPECT: _UNDER_WAY,
    Act.FIND_DEFECT: _UNDER_WAY | _ENDED | {S.VERIFIED},
    Act.FILE_PAPER: frozenset(S) - {S.VERIFIED, S.CANCELLED},
    Act.DISCLOSE: _PLANNED | _UNDER_WAY,
    Act.ACCEPT_BLOCK: frozenset({S.STARTED, S.BUILDING}),
    Act.NAME_PARTY: _PLANNED | _UNDER_WAY,
    Act.SIGN_CONTRACT: _PLANNED | _UNDER_WAY,
    Act.CHANGE_CONTRACT: _PLANNED | _UNDER_WAY | {S.ACCEPTED},
    Act.AUDIT_CONTRACT: frozenset({S.ACCEPTED, S.AUDITED}),
    Act.PLAN_IMPACTS: _PLANNED | _UNDER_WAY,
    Act.ANNOUNCE_IMPACT: _PLANNED | _UNDER_WAY | _ENDED,
    Act.STEP_IMPACT: frozenset(S) - {S.NEED},
    Act.VISIT: _UNDER_WAY | _ENDED | {S.VERIFIED},
}
"""Warranties go on when the effect is verified. Disturbances end or are cancelled whatever became of the project: who
was notified of one hears that it is over.

Clear: the inspection of what must be done before works start."""

NEEDS_CHANGE_ORDER = _UNDER_WAY
"""What was contracted changes then by a paper of that kind alone."""
