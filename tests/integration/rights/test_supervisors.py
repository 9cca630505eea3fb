"""Supervisors and deputies change no state of a ticket, an issue or a project: every route of all services is tried."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from services.chassis.pages.forms import FORM_COOKIE, FORM_FIELD
from tests.integration.rights.served import CLASSIFIER, INTAKE, NOTIFIER, PROJECTS, Served

ROLES = ("supervisor", "supervisor:congress", "supervisor:government", "supervisor:discipline", "deputy")
NOBODY = "00000000-0000-4000-8000-000000000000"
FOR_ANYBODY = {
    *("/pages/login", "/pages/logout", "/r/{link_token}", "/status", "/vote", "/vote/{voting_code}", "/n/{code}"),
}
"""They ask for no role: whoever has a link, a code or a token of their own."""
READINGS = {
    *("/tickets/{ticket_id}/status-code", "/callers/search"),
    *("/pages/tickets/{ticket_id}/status-code", "/pages/tickets/{ticket_id}/caller", "/pages/callers"),
    "/city/reconciliation",
}
"""They read and change nothing: who a caller is, which a table refuses to supervisors and keeps (ADR 35); and how our
tickets differ from the city's list."""
SUPERVISION = re.compile(r"(/pages)?/supervision/")


def changing(routers: Sequence[APIRouter]) -> Iterator[tuple[str, str]]:
    """(method, path) of every route that could change something, pages included."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield from ((method, route.path) for method in route.methods - {"GET", "HEAD", "OPTIONS"})


@pytest.mark.parametrize("role", ROLES)
def test_outside_of_supervision_they_are_refused_for_want_of_a_role(four: dict[str, Served], role: str) -> None:
    tried = dict.fromkeys((INTAKE, PROJECTS, NOTIFIER, CLASSIFIER), 0)
    for service, served in four.items():
        client = served.as_(role)
        client.cookies.set(FORM_COOKIE, "of-this-browser")
        for method, path in changing(served.routers):
            tried[service] += 1
            if path in FOR_ANYBODY or SUPERVISION.match(path):
                continue
            filled = re.sub(r"{\w+}", NOBODY, path)
            answer = client.request(method, filled, data={FORM_FIELD: "of-this-browser"})
            if path in READINGS and role != "deputy":
                assert answer.status_code in (403, 404, 422), path
                continue
            why = f"{role}: {service} {method} {path} {answer.status_code}"
            assert answer.status_code == 403, why
            assert 'error="insufficient_scope"' in answer.headers["www-authenticate"], why
    assert tried[INTAKE] > 60
    assert tried[PROJECTS] > 80
    assert tried[NOTIFIER] > 3
    assert tried[CLASSIFIER] >= 1


def test_supervision_is_of_projects_alone(four: dict[str, Served]) -> None:
    found = {
        service for service, served in four.items() for _, path in changing(served.routers) if SUPERVISION.match(path)
    }
    assert found == {PROJECTS}
