"""Intake's pages: their folder of templates and words, and the menu."""

from __future__ import annotations

from pathlib import Path

from services.chassis.pages.look import Pages
from services.chassis.web.identity import Role
from services.intake.http.rights import SEE_ALL

MENU = {
    "menu_inbox": "/pages/inbox",
    "menu_calls": "/pages/calls",
    "menu_known": "/pages/known-matters",
    "menu_handover": "/pages/handover",
    "menu_bulletin": "/pages/bulletin",
    "menu_indicators": "/pages/indicators",
    "menu_catalogue": "/pages/catalogue",
    "menu_callers": "/pages/callers",
    "menu_readings": "/pages/caller-readings",
}
_FIGURED = frozenset({*SEE_ALL, Role.DEPARTMENT})
FOR_ROLES = {
    "menu_calls": frozenset({Role.HUB, Role.DEPARTMENT}),
    "menu_known": frozenset({Role.HUB}),
    "menu_handover": _FIGURED,
    "menu_bulletin": frozenset(SEE_ALL),
    "menu_indicators": _FIGURED,
    "menu_callers": frozenset({Role.HUB, Role.IDENTITY_READER}),
    "menu_readings": frozenset({Role.HUB, Role.SUPERVISOR}),
}


def intake_pages() -> Pages:
    return Pages(Path(__file__).parent, MENU, FOR_ROLES)
