from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY
from psycopg.errors import DeadlockDetected
from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr
from sqlalchemy.exc import DataError, OperationalError
from starlette.responses import StreamingResponse
from structlog.testing import capture_logs

from services.chassis import logs
from services.chassis.messaging.errors import Retry
from services.chassis.settings import Settings
from services.chassis.tracing import current_traceparent
from services.chassis.web import outermost_middleware
from services.chassis.web.demo_issuer import DemoIssuer
from services.chassis.web.health import Health
from services.chassis.web.http import UnguardedRoute, create_app
from services.chassis.web.identity import Actor, Role, Verifier, any_actor, require
from services.chassis.web.problems import Problem

LIMIT = 2000
PROBLEM = "application/problem+json"


class Caller(BaseModel):
    model_config = ConfigDict(extra="forbid")
    phone: str


class Note(BaseModel):
    text: str
    at: AwareDatetime | None = None
    caller: Caller | None = None


def _open() -> APIRouter:
    router = APIRouter(prefix="/notes", include_in_schema=False)

    @router.post("")
    def post(note: Note) -> dict[str, str | None]:
        return {"text": note.text, "traceparent": current_traceparent.get()}

    @router.get("/{number}")
    def get(number: int, page: int = 1) -> dict[str, int]:
        return {"number": number, "page": page}

    @router.get("/broken/{how}")
    def broken(how: str) -> None:
        raise {
            "bug": RuntimeError("the password is hunter2"),
            "retry": Retry("database away"),
            "database": OperationalError("SELECT", {}, Exception("connection refused")),
            "deadlock": OperationalError("UPDATE", {}, DeadlockDetected("deadlock")),
            "data": DataError("INSERT", {}, Exception("NUL")),
            "teapot": StopAsyncIteration("odd"),
        }[how]

    @router.get("/half/answer")
    def half() -> StreamingResponse:
        def parts() -> Iterator[str]:
            yield "half"
            raise RuntimeError("middle")

        return StreamingResponse(parts())

    return router


def _guarded() -> APIRouter:
    router = APIRouter(prefix="/notes")

    @router.post("/guarded")
    def post(note: Note, actor: Annotated[Actor, Depends(any_actor)]) -> str:
        return f"{actor.name}: {note.text}"

    @router.get("/hub/only")
    def hub(actor: Annotated[Actor, Depends(require(Role.HUB, Role.ADMIN))]) -> str:
        return actor.subject

    @router.get("/any/one")
    def anyone(actor: Annotated[Actor, Depends(any_actor)]) -> list[str]:
        return sorted(actor.departments | actor.sub_districts)

    return router


@pytest.fixture(scope="module", autouse=True)
def _logs() -> None:
    logs.configure("notes", "1")


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> DemoIssuer:
    return DemoIssuer.ensure(tmp_path_factory.mktemp("issuer"))


def _settings(jwks: Path) -> Settings:
    return Settings(
        profile="demo", kafka_bootstrap="localhost:9092", http_port=0,
        oidc_issuer="urn:closedloop:demo-issuer", oidc_jwks=str(jwks),
    )  # fmt: skip


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def client(issuer: DemoIssuer, health: Health) -> TestClient:
    verifier = Verifier(_settings(issuer.jwks))
    app = create_app(title="notes", routers=[_guarded(), _open()], health=health, verifier=verifier, body_limit=LIMIT)
    return TestClient(app, raise_server_exceptions=False)


def _post(client: TestClient, body: bytes | str, content_type: str = "application/json") -> Any:
    return client.post("/notes", content=body, headers={"content-type": content_type})


def test_a_valid_request_is_answered(client: TestClient) -> None:
    answer = _post(client, '{"text": "水管漏了"}')
    assert answer.status_code == 200
    assert answer.json()["text"] == "水管漏了"


DEEP = "[" * 900 + "]" * 900


@pytest.mark.parametrize(
    ("body", "status", "field", "remedy"),
    [
        (b'{"text": ', 400, "body", "send JSON"),
        (b"", 422, "body", "add it"),
        (b"[]", 422, "body", "send a JSON object"),
        (b"{}", 422, "body.text", "add it"),
        (b'{"text": 5}', 422, "body.text", "send a string"),
        (b'{"text": "\\ud800"}', 422, "body.text", "leave it out"),
        (b'{"text": "\xed\xa0\x80"}', 422, "body.text", "leave it out"),
        (b'{"text": "a\\u0000b"}', 422, "body.text", "leave it out"),
        (b'{"text": "a", "caller": {"phone": "\\u0000"}}', 422, "body.caller.phone", "leave it out"),
        (b'{"text": "a", "x": [1, {"y": "\\\\\\u0000"}]}', 422, "body.x.1.y", "leave it out"),
        (b'{"text": "a\x00b"}', 400, "body", "send JSON"),
        (b'{"text": "a", "at": "2026-02-30T10:00:00+08:00"}', 422, "body.at", "send a time"),
        (b'{"text": "a", "at": "2026-02-20T10:00:00"}', 422, "body.at", "zone"),
        (b'{"text": "a", "caller": {"phone": "1", "\\udfff": 1}}', 422, "body.caller (a name", "leave it out"),
        (b'{"text": "a", "caller": {"phone": "1", "fax": 1}}', 422, "body.caller.fax", "correct its name"),
    ],
)  # fmt: skip
def test_an_invalid_body_names_the_field_and_the_remedy(
    client: TestClient, body: bytes, status: int, field: str, remedy: str
) -> None:
    answer = _post(client, body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    problem = answer.json()
    assert problem["type"] == "urn:closedloop:problem:invalid-request"
    assert problem["errors"][0]["field"].startswith(field)
    assert remedy in problem["errors"][0]["remedy"]
    assert problem["errors"][0]["field"] in problem["detail"]


@pytest.mark.parametrize("body", [b'{"text": "\xff\xfe"}', DEEP.encode() * 1, b'{"text": ' + b"9" * 1900])
def test_a_body_that_cannot_be_read_is_a_client_error(client: TestClient, body: bytes) -> None:
    answer = _post(client, body)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == PROBLEM


@pytest.mark.parametrize(("body", "text"), [(rb'"a\\u0000b"', r"a\u0000b"), (rb'"\ud83d\udeb0"', "\U0001f6b0")])
def test_text_that_only_looks_unstorable_passes(client: TestClient, body: bytes, text: str) -> None:
    assert _post(client, b'{"text": ' + body + b"}").json()["text"] == text


def test_what_the_client_sent_is_not_echoed(client: TestClient) -> None:
    answer = _post(client, '{"text": {"name": "王小明"}, "caller": {"phone": ["13812345678"]}}')
    assert answer.status_code == 422
    assert "王小明" not in answer.text
    assert "13812345678" not in answer.text


def test_a_problem_can_say_what_no_text_can_hold() -> None:
    assert b"half: \\ud800" in bytes(Problem(422, "odd", "Odd", "half: \ud800").response().body)


def test_many_errors_are_listed_up_to_a_bound(client: TestClient) -> None:
    extra = {f"k{number}": 1 for number in range(100)}
    answer = _post(client, json.dumps({"text": "a", "caller": {"phone": "1"} | extra}))
    assert len(answer.json()["errors"]) == 50
    assert "and 97 more" in answer.json()["detail"]


def test_a_body_sent_as_another_type_is_refused_with_the_remedy(client: TestClient) -> None:
    answer = _post(client, '{"text": "a"}', "text/plain")
    assert answer.status_code == 422
    assert "Content-Type: application/json" in answer.text


def test_a_body_declared_too_large_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = _post(client, b'{"text": "' + b"a" * LIMIT + b'"}')
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)
    assert str(LIMIT) in answer.json()["detail"]


def test_a_body_of_undeclared_length_is_read_only_up_to_the_limit(client: TestClient) -> None:
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        for _ in range(1000):
            given += 1
            yield b"a" * 500

    answer = client.post("/notes", content=endless(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("DELETE", "/notes/1", 405),
        ("GET", "/notes/one", 422),
        ("GET", "/notes/1?page=x", 422),
        ("GET", "/notes/%00", 400),
        ("GET", "/notes/1?page=%00", 400),
    ],
)
def test_every_http_error_is_a_problem(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.json()["status"] == status


def test_a_wrong_method_says_which_are_allowed(client: TestClient) -> None:
    assert client.delete("/notes/1").headers["allow"] == "GET"


def test_an_unexpected_error_shows_nothing_and_is_found_in_the_log(client: TestClient) -> None:
    with capture_logs() as logged:
        answer = client.get("/notes/broken/bug")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert answer.json()["instance"] == logged[0]["error_id"]
    assert "hunter2" in str(logged[0]["exc_info"])


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ("retry", "What became of this request is unknown"),
        ("database", "What became of this request is unknown"),
        ("deadlock", "Nothing has been changed"),
    ],
)
def test_a_dependency_that_is_down_asks_to_come_again(client: TestClient, how: str, outcome: str) -> None:
    answer = client.get(f"/notes/broken/{how}")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "refused" not in answer.text
    assert answer.json()["detail"].startswith(outcome)


def test_a_value_the_database_refuses_is_a_client_error(client: TestClient) -> None:
    assert client.get("/notes/broken/data").status_code == 422


def test_half_an_answer_is_cut_off(client: TestClient) -> None:
    strict = TestClient(client.app)
    with pytest.raises(RuntimeError, match="middle"):
        strict.get("/notes/half/answer")


def test_an_incoming_trace_goes_on_in_a_step_of_our_own(client: TestClient) -> None:
    incoming = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    answer = client.post("/notes", json={"text": "a"}, headers={"traceparent": incoming})
    ours = answer.json()["traceparent"]
    assert ours.split("-")[1] == incoming.split("-")[1]
    assert ours.split("-")[2] != incoming.split("-")[2]


def test_without_a_trace_each_request_starts_one(client: TestClient) -> None:
    first, second = (client.post("/notes", json={"text": "a"}).json()["traceparent"] for _ in range(2))
    assert first.split("-")[1] != second.split("-")[1]
    assert current_traceparent.get() is None


def _count(route: str, method: str, status: str) -> float:
    labels = {"route": route, "method": method, "status": status}
    return REGISTRY.get_sample_value("closedloop_http_requests_total", labels) or 0


@pytest.mark.parametrize(
    ("method", "path", "labels"),
    [
        ("GET", "/notes/7", ("/notes/{number}", "GET", "200")),
        ("GET", "/notes/seven", ("/notes/{number}", "GET", "422")),
        ("GET", "/notes/broken/bug", ("/notes/broken/{how}", "GET", "500")),
        ("GET", "/notes/a/b/c/d", ("other", "GET", "404")),
        ("BREW", "/pot", ("other", "other", "404")),
    ],
)
def test_requests_are_counted_by_route_never_by_path(
    client: TestClient, method: str, path: str, labels: tuple[str, str, str]
) -> None:
    before = _count(*labels)
    client.request(method, path)
    assert _count(*labels) == before + 1


def test_operations_need_no_token(client: TestClient) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}
    assert "closedloop_http_requests_total{" in client.get("/metrics").text


def test_metrics_need_the_operations_token_where_there_is_one(issuer: DemoIssuer, health: Health) -> None:
    app = create_app(
        title="notes", routers=[], health=health, verifier=Verifier(_settings(issuer.jwks)),
        operations_token=SecretStr("prometheus-reads-it"),
    )  # fmt: skip
    client = TestClient(app)
    assert [client.get(path).status_code for path in ("/livez", "/readyz")] == [200, 200]
    for given in ({}, {"Authorization": "Bearer guessed"}, {"Authorization": "prometheus-reads-it"}):
        assert client.get("/metrics", headers=given).status_code == 401
        assert client.get("/progress", headers=given).status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer prometheus-reads-it"}).status_code == 200


def test_no_answer_is_kept_by_a_cache_unless_its_route_says_so(client: TestClient) -> None:
    for path in ("/notes/7", "/notes/seven", "/notes/broken/bug", "/livez", "/nowhere"):
        assert client.get(path).headers["Cache-Control"] == "no-store", path


def test_a_large_body_is_read_only_from_somebody_known(issuer: DemoIssuer, health: Health) -> None:
    app = create_app(
        title="notes", routers=[_guarded(), _open()], health=health, verifier=Verifier(_settings(issuer.jwks)),
        body_limit=LIMIT, body_limits={"/notes/guarded": 10 * LIMIT, "/pages/files": 10 * LIMIT},
    )  # fmt: skip
    client = TestClient(app, follow_redirects=False)

    def body() -> Iterator[bytes]:
        yield json.dumps({"text": "a" * 5 * LIMIT}).encode()

    json_type = {"Content-Type": "application/json"}
    assert client.post("/notes/guarded", content=body(), headers=json_type).status_code == 401
    assert client.post("/pages/files", content=body(), headers=json_type).headers["location"].startswith("/pages/login")
    bearer = {"Authorization": f"Bearer {issuer.mint('wang', ['hub'])}"}
    assert client.post("/notes/guarded", content=body(), headers=json_type | bearer).status_code == 200


def test_beyond_what_it_can_do_at_once_it_says_when_to_come_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outermost_middleware, "MOST_AT_ONCE", 0)
    busy = client.get("/notes/7")
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
    assert client.get("/livez").status_code == 200
    monkeypatch.undo()
    assert client.get("/notes/7").status_code == 200


def test_a_dead_worker_makes_the_service_neither_alive_nor_ready(client: TestClient, health: Health) -> None:
    health.died("relay", "ValueError")
    for path in ("/livez", "/readyz"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.json()["reasons"] == {"relay": "ended: ValueError"}


def test_a_missing_dependency_makes_it_unready_but_alive(client: TestClient, health: Health) -> None:
    health.ready_when("database", lambda: "no connection")
    assert client.get("/livez").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "database: no connection" in answer.json()["detail"]


def test_a_service_with_a_route_open_to_anybody_does_not_start(issuer: DemoIssuer) -> None:
    inner, outer = APIRouter(), APIRouter(prefix="/outer")
    inner.add_api_route("/forgotten", lambda: 1, methods=["DELETE"])
    outer.include_router(inner)
    with pytest.raises(UnguardedRoute, match="DELETE /outer/forgotten"):
        create_app(title="notes", routers=[outer], health=Health(), verifier=Verifier(_settings(issuer.jwks)))


def test_the_description_promises_problems_and_names_the_token(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    post = described["paths"]["/notes/guarded"]["post"]["responses"]
    assert "HTTPValidationError" not in json.dumps(described)
    assert PROBLEM in post["default"]["content"]
    assert described["paths"]["/notes/hub/only"]["get"]["security"] == [{"HTTPBearer": []}]
    assert "/metrics" not in described["paths"]


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        (["hub"], 200),
        (["admin", "supervisor"], 200),
        (["supervisor"], 403),
        (["department:water"], 403),
        (["HUB", "hub:1", "root"], 403),
        ([], 403),
    ],
)
def test_a_route_is_open_to_its_roles_alone(
    client: TestClient, issuer: DemoIssuer, roles: list[str], status: int
) -> None:
    answer = client.get("/notes/hub/only", headers={"authorization": f"Bearer {issuer.mint('wang', roles)}"})
    assert answer.status_code == status
    if status == 403:
        assert "hub or admin" in answer.json()["detail"]
        assert "insufficient_scope" in answer.headers["www-authenticate"]


def test_an_actor_speaks_for_its_department_and_sub_district(client: TestClient, issuer: DemoIssuer) -> None:
    token = issuer.mint("li", ["department:water", "subdistrict:310109009", "department:", "department:No Code"])
    answer = client.get("/notes/any/one", headers={"authorization": f"bearer {token}"})
    assert answer.json() == ["310109009", "water"]


@pytest.mark.parametrize("header", [None, "", "Basic dXNlcjpwYXNz", "Bearer", "Bearer "])
def test_a_request_without_a_token_is_asked_to_send_one(client: TestClient, header: str | None) -> None:
    answer = client.get("/notes/any/one", headers={"authorization": header} if header is not None else {})
    assert answer.status_code == 401
    assert answer.json()["type"].endswith(":token-missing")
    assert answer.headers["www-authenticate"] == 'Bearer realm="closedloop"'


def test_without_the_issuers_keys_it_is_unready_and_says_so(tmp_path: Path) -> None:
    verifier = Verifier(_settings(tmp_path / "none.json"))
    app = create_app(title="notes", routers=[_guarded(), _open()], health=Health(), verifier=verifier)
    client = TestClient(app)
    assert "CLOSEDLOOP_OIDC_JWKS" in client.get("/readyz").json()["reasons"]["issuer keys"]
    token = DemoIssuer.ensure(tmp_path / "foreign").mint("wang", ["hub"])
    answer = client.get("/notes/hub/only", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
