"""What every service's search has in common: its parameter, and the answer to a number that cannot be right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query

from services.chassis.web.problems import Problem

MOST_TYPED = 100
Typed = Annotated[
    str,
    Query(
        alias="q",
        min_length=1,
        max_length=MOST_TYPED,
        description="A number, as people type it, or a part of an estate's name.",
    ),
]


def wrong_check(meant: Sequence[str]) -> Problem:
    """For a short number whose check character does not fit. `meant`: numbers that there are, which the reader may see,
    and of which two neighbours changed places."""
    detail = "q: the check character does not fit: a character is wrong, or two changed places. Compare it, try again."
    return Problem(422, "wrong-check-character", "The number is not right", detail, meant=list(meant))
