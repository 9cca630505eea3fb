"""Checks of officers as they are entered: each fault in plain words, all of a list at once.

No fault repeats what was given: names and addresses are personal data.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError, ValidationInfo, ValidatorFunctionWrapHandler
from pydantic_core import InitErrorDetails, PydanticCustomError

from services.notifier.app.recipients import hub
from services.notifier.domain.address import fault_of
from services.notifier.domain.directory_findings import misplaced, units
from services.notifier.domain.officer import OfficerChannel, Post
from services.notifier.files.sending_rules import sending_rules

HUB: Final = "hub"
"""What routing.yaml calls the district's operation centre; taken for its code."""
NAME: Final = re.compile(r"[^\W\d_]+([ ·.'’-]+[^\W\d_]+)*")
_KEY = ("unit", "post", "name")


def unit_of(code: str) -> str:
    if code == HUB:
        return hub()
    if code in units():
        return str(code)
    near = get_close_matches(code, [*map(str, units()), HUB], n=3, cutoff=0.5)
    meant = f"perhaps {' or '.join(near)} is meant" if near else "take a code of departments.yaml, such as housing"
    raise ValueError(
        f"is neither in departments.yaml nor a supervising party; {meant}. The hub is hub, or {hub()}; parties are "
        "congress, government and discipline"
    )


def post_of(post: Post, of: ValidationInfo) -> Post:
    if "unit" in of.data and misplaced(of.data["unit"], post):
        raise ValueError("a representative belongs to a sub-district office")
    return post


def name_of(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError("is to be letters alone, without digits, brackets or a blank at its end; a desk may be 值班室")
    return name


def address_of(address: str, of: ValidationInfo) -> str:
    """One to which a message can be sent: no machine's mailbox, which would be refused when it leaves."""
    channel = of.data.get("channel")
    if channel is None:
        return address
    if why := fault_of(channel, address):
        raise ValueError(why)
    if channel is OfficerChannel.EMAIL and address.casefold().rpartition("@")[0] in sending_rules().machines:
        raise ValueError("is a machine's mailbox, to which nothing is sent; give one that a person or a desk reads")
    return address


def each_once(given: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """An officer who stands twice is named together with all other faults of the list."""
    twice = [InitErrorDetails(type=_TWICE, loc=(number, "name"), input=None) for number in _repeated(given)]
    try:
        officers = check(given)
    except ValidationError as faults:
        others = [_again(fault) for fault in faults.errors(include_url=False)]
        raise ValidationError.from_exception_data("officers", [*others, *twice]) from None
    if twice:
        raise ValidationError.from_exception_data("officers", twice)
    return officers


_TWICE = PydanticCustomError("twice", "stands twice at this post of this unit; name each once")


def _repeated(given: Any) -> list[int]:
    if not isinstance(given, list):
        return []
    keys = {
        number: tuple(map(str, (one.get(name) for name in _KEY)))
        for number, one in enumerate(given)
        if isinstance(one, dict)
    }
    times = Counter(keys.values())
    return [number for number, key in keys.items() if times[key] > 1]


def _again(fault: Any) -> InitErrorDetails:
    return InitErrorDetails(
        type=PydanticCustomError(fault["type"], "{said}", {"said": fault["msg"].removeprefix("Value error, ")}),
        loc=fault["loc"],
        input=None,
    )
