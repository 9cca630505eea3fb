"""Errors of the HTTP interfaces: RFC 9457 problem details that name the field and the remedy.

What the client sent is never echoed (it may be personal, or text that is not even UTF-8), what went wrong inside is
never shown: it is in the log under the id that the answer carries.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response

from services.chassis.messaging.errors import Kind, kind_of, was_rolled_back
from services.contracts.faults import in_words
from services.contracts.redaction import redact

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:closedloop:problem:"
RETRY_AFTER_S = 2

log = structlog.get_logger(__name__)


class ProblemDocument(BaseModel):
    """The body of every error (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[dict[str, str]] | None = None


DOCUMENTED: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem: what is wrong and what to do.",
        "content": {MEDIA_TYPE: {"schema": ProblemDocument.model_json_schema()}},
    }
}
"""For FastAPI's `responses`: every route may return a problem."""


class Problem(HTTPException):
    """An answer that says what is wrong (`title` for the kind, `detail` for this case, with the remedy).

    `slug` ends the type's URN and is what a client may branch on. `members` are added to the body, such as
    `errors=[{"field": …, "message": …, "remedy": …}]`.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(status, detail, headers=dict(headers or {}))
        self.slug = slug
        self.title = title
        self.members = members

    def response(self) -> Response:
        body = {
            "type": TYPE_PREFIX + self.slug,
            "title": self.title,
            "status": self.status_code,
            "detail": self.detail,
            **self.members,
        }
        encoded = json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
        return Response(encoded, self.status_code, self.headers, MEDIA_TYPE)


REMEDIES: Mapping[str, str] = {
    "missing": "add it",
    "extra_forbidden": "leave it out, or correct its name",
    "json_invalid": "send JSON in UTF-8 (RFC 8259)",
    "model_attributes_type": "send a JSON object with Content-Type: application/json",
    "model_type": "send a JSON object",
    "string_type": "send a string",
    "string_unicode": "send valid Unicode",
    "unstorable": "leave it out",
    "timezone_aware": "add the zone, as in 2026-07-01T08:30:00+08:00",
    "datetime_type": "send a time as in 2026-07-01T08:30:00+08:00",
    "datetime_parsing": "send a time as in 2026-07-01T08:30:00+08:00",
    "datetime_from_date_parsing": "send a time as in 2026-07-01T08:30:00+08:00",
    "date_parsing": "send a date as in 2026-07-01",
    "date_from_datetime_parsing": "send a date as in 2026-07-01",
    "int_parsing": "send a whole number",
    "int_type": "send a whole number",
    "bool_parsing": "send true or false",
    "bool_type": "send true or false",
    "uuid_parsing": "send a UUID",
}
"""The remedy by pydantic's error type; messages of other types already say what is accepted."""


def invalid(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """The problem for errors as pydantic lists them (`loc`, `type`, `msg`)."""
    listed = [
        {
            "field": ".".join(redact(str(part)[:100]) for part in error["loc"]),
            "message": _message(error)[:300],
            "remedy": REMEDIES.get(error["type"], "send what the message asks for"),
        }
        for error in errors
    ]
    detail = "; ".join(f"{one['field']}: {one['message']} ({one['remedy']})" for one in listed[:3])
    if len(listed) > 3:
        detail += f"; and {len(listed) - 3} more"
    unreadable = any(error["type"] == "json_invalid" for error in errors)
    return Problem(
        400 if unreadable else 422, "invalid-request", "The request is not valid", detail, errors=listed[:50]
    )


def internal(error: Exception) -> Problem:
    """The problem for an exception that no handler knows, which is logged here; see `errors.kind_of`."""
    kind = kind_of(error)
    if kind is Kind.RETRY:
        log.warning("a dependency is down", error=type(error).__name__)
        outcome = "Nothing has been changed" if was_rolled_back(error) else "What became of this request is unknown"
        return Problem(
            503,
            "unavailable",
            "A dependency is down for the moment",
            f"{outcome}: repeat it with the same Idempotency-Key in {RETRY_AFTER_S} s.",
            headers={"Retry-After": str(RETRY_AFTER_S)},
        )
    instance = uuid4().urn
    log.error("request failed", error_id=instance, exc_info=error)
    if kind is Kind.REJECT:
        return Problem(
            422,
            "unacceptable-value",
            "A value cannot be stored",
            "A text holds a character, or a number a magnitude, that cannot be stored: correct it and send again.",
            instance=instance,
        )
    return Problem(
        500,
        "internal",
        "The service failed",
        "The fault is ours and has been logged: give the operator the instance.",
        instance=instance,
    )


def install(app: FastAPI) -> None:
    """Makes `app` answer invalid requests and HTTP errors with problems. Unexpected ones: see chassis/http.py."""

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_request: Request, error: RequestValidationError) -> Response:
        return invalid(error.errors()).response()

    @app.exception_handler(StarletteHTTPException)
    async def on_http(_request: Request, error: StarletteHTTPException) -> Response:
        return (error if isinstance(error, Problem) else _plain(error)).response()


def _plain(error: StarletteHTTPException) -> Problem:
    phrase = HTTPStatus(error.status_code).phrase
    detail = error.detail
    if error.status_code == 400 and error.__cause__ is not None:  # FastAPI could not read the body, and hides why
        detail = (
            "The body cannot be read: send JSON in UTF-8, not nested deeply, without numbers of thousands of digits."
        )
    return Problem(error.status_code, phrase.lower().replace(" ", "-"), phrase, detail, headers=error.headers)


def _message(error: Mapping[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return f"is not JSON: {error['ctx']['error']}"
    return in_words(error).removeprefix("Value error, ")
