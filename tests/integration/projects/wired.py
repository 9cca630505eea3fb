"""Projects put together for a test's database, the same each time one asks."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from fastapi import FastAPI
from sqlalchemy import Engine

from services.chassis.database.work import Workshop
from services.projects.files.rules import FILE, RulesInForce
from services.projects.wiring import ProjectsWiring
from tests.harness.reached import Reached
from tests.harness.term_key import TERM_KEY
from tests.integration.applications import application

REACHED = Reached()
"""Where these databases were before."""
_WIRED: WeakKeyDictionary[Engine, ProjectsWiring] = WeakKeyDictionary()
_SERVED: WeakKeyDictionary[Engine, FastAPI] = WeakKeyDictionary()


def wired(workshop: Workshop) -> ProjectsWiring:
    if workshop.engine not in _WIRED:
        _WIRED[workshop.engine] = ProjectsWiring.of(RulesInForce(FILE), TERM_KEY)
    return _WIRED[workshop.engine]


def served(workshop: Workshop) -> FastAPI:
    if workshop.engine not in _SERVED:
        _SERVED[workshop.engine] = application(wired(workshop).routes(workshop))
    return _SERVED[workshop.engine]


def forget(workshop: Workshop) -> None:
    """What it has learnt of how common words are, it has learnt from the database of another test."""
    wired(workshop).count.place.common._learnt = None
