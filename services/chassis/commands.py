"""What a person's command may act on, and why it is refused; web/refusals.py turns refusals into HTTP problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Aggregate = TypeVar("Aggregate")


class Unknown(Exception):
    """What the command is about does not exist, or the actor may not know that it does."""


class Forbidden(Exception):
    """The actor may see what the command is about, but not do this with it.

    `slug` and `title` are the problem's. `field` is the body's field that names it; None: the path does.
    """

    def __init__(self, slug: str, title: str, why: str, field: str | None = None) -> None:
        super().__init__(why)
        self.slug = slug
        self.title = title
        self.field = field


class Conflict(Exception):
    """The command was meant for another state than the current one; nothing has changed.

    `reason` is the code of why it is refused though nobody changed anything, for pages to say in words; None: the
    version or the state says it all.
    """

    def __init__(self, why: str, version: int, state: str, reason: str | None = None) -> None:
        super().__init__(why)
        self.version = version
        self.state = state
        self.reason = reason


class Unfit(Exception):
    """A value of the command is not acceptable; `field` names it, the message says why and what would be."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


def admitted(found: Aggregate | None, authorise: Callable[[Aggregate], None], named: Unfit | None = None) -> Aggregate:
    """What a command names, if it exists and the actor may act on it: whatever was loaded passes here before use.

    `authorise` raises Unknown for what the actor may not see, and Forbidden for what they may not act on. `named` is
    raised in place of Unknown where a field of the body names it: what is hidden is refused like what does not exist.
    """
    try:
        if found is None:
            raise Unknown
        authorise(found)
    except Unknown:
        if named is None:
            raise
        raise named from None
    except Forbidden as forbidden:
        forbidden.field = named.field if named else None
        raise
    return found


def must_be_at(version: int, current: int, state: str) -> None:
    """Raises Conflict unless the command was meant for the current version."""
    if version != current:
        raise Conflict(f"it has version {current} by now, not {version}; look at it again", current, state)
