"""When messages to officers are sent, how often at most, and what follows a failure: `data/sending.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, PositiveFloat, PositiveInt, field_validator, model_validator

from services.contracts.data_files import DataRow
from services.contracts.quiet_hours import Quiet, after_quiet
from services.notifier.domain.officer import OfficerChannel, Post

LANGUAGES = ("zh", "en")


class OfficersQuiet(Quiet):
    """Of these posts, by these channels."""

    posts: frozenset[Post]
    channels: frozenset[OfficerChannel]


class ChannelLimit(DataRow):
    """At most so many messages to one officer by the channel in any such span of time."""

    most: PositiveInt
    minutes: PositiveFloat
    source: str

    @property
    def span(self) -> timedelta:
        return timedelta(minutes=self.minutes)


class Bundling(DataRow):
    """How long notices of one key are gathered: the n-th message of a series waits for the n-th of `windows_min`, and
    all further ones for the last. After `anew_after_h` without a message, a series begins anew.
    """

    windows_min: Annotated[tuple[PositiveFloat, ...], Field(min_length=1)]
    anew_after_h: PositiveFloat

    @model_validator(mode="after")
    def _grow(self) -> Self:
        if any(later <= earlier for earlier, later in pairwise(self.windows_min)):
            raise ValueError("windows_min: each must be longer than the one before it")
        if self.anew_after_h * 60 < self.windows_min[-1]:
            raise ValueError("anew_after_h is shorter than the last window: no series would come to it")
        return self

    def window(self, number: int) -> timedelta:
        """Of the message with this number, counted from 0, in its series."""
        return timedelta(minutes=self.windows_min[min(number, len(self.windows_min) - 1)])


class Retrying(DataRow):
    """When a message is tried again by the same way, in real time. Then it goes the next way."""

    first_s: float = Field(ge=0)
    longest_s: float = Field(ge=0)
    attempts: PositiveInt
    longest_retry_after_s: float = Field(ge=0)

    def wait_s(self, attempts: int, share: float, asked_s: float | None = None) -> float | None:
        """Seconds until the next attempt, after `attempts` have failed; None when that was the last.

        `asked_s` is the channel's Retry-After, which is never shortened. `share`, from 0 to 1, is the jitter: a wait of
        ours is between half of it and the whole.
        """
        if attempts >= self.attempts:
            return None
        if asked_s is not None:
            return min(asked_s, self.longest_retry_after_s) * (1 + share / 10)
        return min(self.longest_s, self.first_s * float(2 ** min(attempts - 1, 30))) * (1 + share) / 2


class Frame(DataRow):
    """The words around the notices of a message: `one` notice, `many` of them, the `more` that do not fit; the `link`
    that says that they were read.
    """

    subject: str
    one: str
    many: str
    more: str
    link: str

    @model_validator(mode="after")
    def _can_be_filled(self) -> Self:
        for name in ("one", "many", "more", "link"):
            try:
                getattr(self, name).format(text="", number=0)
            except (KeyError, IndexError, ValueError):
                raise ValueError(f"{name}: knows {{text}} and {{number}} alone") from None
        return self


class SendingRules(DataRow):
    """The whole table. Every message records the `version` by which its windows were made."""

    version: PositiveInt
    bundling: Bundling
    quiet: tuple[OfficersQuiet, ...]
    limits: Mapping[OfficerChannel, tuple[ChannelLimit, ...]]
    warn_at: Annotated[float, Field(gt=0, lt=1)]
    retry: Retrying
    passing_statuses: frozenset[int]
    way_rests_h: PositiveFloat
    given_up_after_h: PositiveFloat
    machines: frozenset[str]
    lines: Mapping[OfficerChannel, PositiveInt]
    frames: Mapping[str, Frame]

    @field_validator("limits", "lines")
    @classmethod
    def _every_channel(cls, rows: Mapping[OfficerChannel, object]) -> Mapping[OfficerChannel, object]:
        if missing := [channel for channel in OfficerChannel if channel not in rows]:
            raise ValueError(f"lacks {', '.join(missing)}; add a row for each")
        return rows

    @field_validator("frames")
    @classmethod
    def _every_language(cls, frames: Mapping[str, Frame]) -> Mapping[str, Frame]:
        if set(frames) != set(LANGUAGES):
            raise ValueError(f"give {' and '.join(LANGUAGES)}, and nothing else")
        return frames

    @property
    def longest_span(self) -> timedelta:
        """How far back messages count for any limit."""
        return max((limit.span for limits in self.limits.values() for limit in limits), default=timedelta())

    def out_of_quiet(self, at: datetime, channel: OfficerChannel, post: Post) -> datetime:
        """`at` itself, or the end of the quiet hours in which it falls."""
        return max(
            (after_quiet(at, one) for one in self.quiet if channel in one.channels and post in one.posts), default=at
        )
