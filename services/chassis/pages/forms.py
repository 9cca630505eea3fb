"""Forms that people send: only from our own pages, only text that can be stored, checked by the routes' own bodies."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import ImmutableMultiDict

from services.chassis.web.problems import Problem, invalid

FORM_COOKIE = "closedloop_form"
FORM_FIELD = "csrf"

Body = TypeVar("Body", bound=BaseModel)


def form_token(request: Request) -> str:
    """What a form must send back beside the cookie: the browser's own, or a new one."""
    return request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)


async def require_own_form(request: Request) -> None:
    """Raises Problem 403 unless the form repeats its cookie, which no other site can read."""
    sent = (await fields_of(request)).get(FORM_FIELD, "")
    held = request.cookies.get(FORM_COOKIE, "")
    if not held or not hmac.compare_digest(sent.encode(), held.encode()):
        raise Problem(
            403, "foreign-form", "The form is not ours", "Open the page again and send its form; nothing was changed."
        )


async def fields_of(request: Request) -> ImmutableMultiDict[str, str]:
    """What was entered, without blank fields and with plain line ends."""
    sent = (await request.form()).multi_items()
    entered = [(name, value.replace("\r\n", "\n").strip()) for name, value in sent if isinstance(value, str)]
    if any("\0" in value for _, value in entered):
        raise invalid([{"loc": ("body",), "type": "unstorable", "msg": "holds the character NUL"}])
    return ImmutableMultiDict([(name, value) for name, value in entered if value])


Fields = Annotated[ImmutableMultiDict[str, str], Depends(fields_of)]


def body_of(model: type[Body], values: Mapping[str, object]) -> Body:
    """`values` as the body that the API takes; what is None was left blank. Raises Problem 422 that names the field."""
    try:
        return model.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise invalid(faults) from None


def number_of(entered: str | None) -> int | None:
    """A whole number as a form sends it; None for what is none, which the body then misses."""
    return int(entered) if entered and entered.isascii() and entered.isdigit() and len(entered) < 10 else None


def choice_of(entered: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(entered or "")
