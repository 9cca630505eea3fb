"""Whatever a request may name has a rule; whoever adds a field learns that it needs one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

import services
from services.intake.pages.step_forms import FORMS
from tests.integration.rights.fields import fields_of
from tests.integration.rights.rules import IN_PATHS, NO_TEXTS, ONLY_IN_FORMS, PLAIN, listed, rule_of
from tests.integration.rights.served import Served

SERVICES = Path(services.__file__).parent


def test_every_field_of_every_route_has_its_rule(four: dict[str, Served]) -> None:
    fields = {(service, str(field)) for service, served in four.items() for field in fields_of(served.routers)}
    assert len(fields) > 200
    unruled = sorted(f"{service} {field}" for service, field in fields if rule_of(service, field) is None)
    assert unruled == [], "say in rules.py what each may name, and who may name it"


def test_no_rule_is_for_a_field_that_is_gone(four: dict[str, Served]) -> None:
    fields = {(service, str(field)) for service, served in four.items() for field in fields_of(served.routers)}
    assert set(listed()) <= fields
    named = {(service, field.rpartition(" ")[2]) for service, field in fields}
    assert {(service, f"path.{name}") for service, names in IN_PATHS.items() for name in names} <= named
    assert {name for _, name in named} >= PLAIN


def test_what_the_forms_of_pages_send_has_its_rule(four: dict[str, Served]) -> None:
    fields = {field for served in four.values() for field in fields_of(served.routers)}
    in_requests = {name.rpartition(".")[2] for _, _, name in fields} | NO_TEXTS
    sent = sent_by_forms()
    assert {"merge_into", "project_id", "ticket", "joined"} <= sent
    assert sent - in_requests == ONLY_IN_FORMS.keys()


def sent_by_forms() -> set[str]:
    """The names in the templates, and those of the fields of a ticket's steps."""
    templates = (file.read_text(encoding="utf-8") for file in SERVICES.glob("*/pages/templates/*.html"))
    written = {
        name
        for template in templates
        for name in re.findall(r"<(?:input|select|textarea)[^>]* name=\"(\w+)\"", template)
    }
    return written | {field.name for form in FORMS.values() for field in form.fields}


class _Part(BaseModel):
    project_id: UUID | None = None
    numbers: list[int] = []


class _Body(BaseModel):
    parts: list[_Part]
    by_code: dict[str, str]


def test_a_name_is_found_wherever_it_hides() -> None:
    router, pages = APIRouter(), APIRouter(include_in_schema=False)

    @router.post("/things/{thing_id}")
    def change(thing_id: UUID, body: _Body, other: Annotated[str | None, Query(alias="of")] = None) -> None: ...

    @pages.get("/pages/things")
    def show(estate: str = "") -> None: ...

    assert {str(field) for field in fields_of([router, pages])} == {
        "POST /things/{thing_id} path.thing_id",
        "POST /things/{thing_id} query.of",
        "POST /things/{thing_id} body.parts.project_id",
        "POST /things/{thing_id} body.by_code",
        "GET /pages/things query.estate",
    }
