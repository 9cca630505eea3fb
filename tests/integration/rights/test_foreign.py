"""Bodies, queries and paths that name what is somebody else's, sent by everybody to every route."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from tests.integration.rights.district import HERE, MARK, OWN, THERE, Part, staged
from tests.integration.rights.rules import Rule, listed, rule_of
from tests.integration.rights.served import CLASSIFIER, INTAKE, NOTIFIER, PROJECTS, Served

Roles = tuple[str, ...]
LEADS: Sequence[Roles] = ((OWN,), (OWN, f"subdistrict:{THERE}"))
"""They act on what is their own. The second sees what is foreign, too."""
OUTSIDE: Sequence[Roles] = ((OWN,), (f"subdistrict:{HERE}",), ("identity-reader",), ("city",), ("mayor",))
"""They see nothing of what is foreign."""
BY_RIGHT = {("identity-reader",): "/tickets/{ticket_id}/caller"}
"""Who of them reads what is foreign all the same: callers, each for a purpose (caller_access.yaml)."""
LOOKING_ON: Sequence[Roles] = (LEADS[1], ("supervisor:congress",), ("deputy",), ("admin",))
"""They see it and do nothing about it; but an administrator may act on every webhook."""
HUB: Sequence[Roles] = (("hub",),)
SECRETS = (MARK, "wangshan")

GOES_WITH: Mapping[str, Mapping[str, str]] = {"merge_into": {"kind": "merge"}, "project_id": {"kind": "project"}}
GOES_WITHOUT: Mapping[str, Sequence[str]] = {
    "merge_into": ("project", "project_id"),
    "project_id": ("merge_into",),
    "ticket_ids": ("matter",),
}
"""What else a body must say, or must not, where it names this: else it is refused for its form alone."""
SERVICES = (INTAKE, PROJECTS, NOTIFIER, CLASSIFIER)


@pytest.fixture(scope="module")
def parts(four: dict[str, Served]) -> dict[str, Part]:
    return staged(four)


def drawn(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )


def operations(part: Part) -> Iterator[Any]:
    schema: Any = schemathesis.openapi.from_asgi("/openapi.json", part.served.app)
    for result in schema.get_all_operations():
        yield result.ok()


def admitted(service: str) -> list[tuple[str, str]]:
    """(operation, field of its body) that name an aggregate which others may lead."""
    fields = (field for of, field in listed() if of == service and rule_of(service, field) is Rule.ADMITTED)
    return [(operation, name.removeprefix("body.")) for operation, _, name in (one.rpartition(" ") for one in fields)]


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_reaches_what_is_somebody_else_s_by_naming_it(parts: dict[str, Part], service: str) -> None:
    """First those who lead something, while it is as it was staged; then everybody; and the hub, who changes all."""
    part = parts[service]
    known = {f"{one.method.upper()} {one.path}": one for one in operations(part)}
    assert len(known) >= {INTAKE: 50, PROJECTS: 13, NOTIFIER: 8, CLASSIFIER: 5}[service]
    for operation, name in admitted(service):
        _by_their_bodies(part, known[operation], name)
    for one in known.values():
        _everybody(part, one, [*OUTSIDE, *LOOKING_ON], 8, part.ids, lambda case, _: dict(case.body))
    for one in known.values():
        _everybody(part, one, HUB, 3, part.ids, lambda case, _: dict(case.body))


def test_the_bodies_that_name_aggregates_are_among_those_tried() -> None:
    assert [(len(admitted(service)), service) for service in (INTAKE, PROJECTS)] == [(3, INTAKE), (3, PROJECTS)]


def _by_their_bodies(part: Part, operation: Any, name: str) -> None:
    """Who leads what the path names, and names in the body what others lead."""
    own = {one: ids[:2] for one, ids in part.ids.items()}
    theirs = [one for one in part.ids[name] if one in part.foreign] or part.ids[name]

    def naming(case: Any, data: st.DataObject) -> dict[str, Any]:
        named = data.draw(st.sampled_from(theirs))
        body = {key: value for key, value in case.body.items() if key not in GOES_WITHOUT.get(name, ())}
        return {**body, **GOES_WITH.get(name, {}), name: [named] if name == "ticket_ids" else named}

    _everybody(part, operation, LEADS, 24, own, naming)


def _everybody(
    part: Part,
    operation: Any,
    roles: Sequence[Roles],
    examples: int,
    ids: Mapping[str, Sequence[str]],
    body_of: Callable[[Any, st.DataObject], dict[str, Any]],
) -> None:
    """Each example is sent as one of `roles`, with `ids` in its path and query."""

    @drawn(examples)
    @given(
        case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        who=st.sampled_from(roles),
        data=st.data(),
    )
    def refused(case: Any, who: Roles, data: st.DataObject) -> None:
        path, query = (
            {
                name: data.draw(st.sampled_from(ids[name])) if name in ids else value
                for name, value in (given or {}).items()
            }
            for given in (case.path_parameters, case.query)
        )
        headers = {name: value for name, value in (case.headers or {}).items() if name != "Authorization"}
        request: dict[str, Any] = {"params": query, "headers": headers}
        if isinstance(case.body, Mapping):
            body = _known(body_of(case, data), ids, part.version(path))
            request["json" if case.media_type == "application/json" else "data"] = body
        before = part.contents()
        answer = part.served.as_(*who).request(case.method, case.path.format(**path), **request)
        assert answer.status_code < 500, answer.text
        assert answer.status_code != 401
        if who in OUTSIDE and BY_RIGHT.get(who) != case.path:
            assert not [secret for secret in SECRETS if secret in answer.text]
        if who not in HUB and not (part.name == NOTIFIER and who == ("admin",)):
            assert part.contents() == before

    refused()


def _known(body: dict[str, Any], ids: Mapping[str, Sequence[str]], version: int) -> dict[str, Any]:
    """With the version as it is, and with ids of what there is: else it is refused for what it cannot mean."""
    known = {name: version if name == "version" else value for name, value in body.items()}
    for name in known.keys() & ids.keys() - GOES_WITHOUT.keys():
        known[name] = ids[name][-1]
    return known
