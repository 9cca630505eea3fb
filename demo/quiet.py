"""When the clock may move: everything published has been read, and reading it has led to nothing more (ADR 8)."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.02, 0.04
"""Between two looks; what has taken long is looked at less often."""

Progress = dict[str, Any]
Counts = Mapping[str, int]


class NeverQuiet(RuntimeError):
    """Nothing moved for too long, or something went on and on; the message says what."""


class Quiet:
    """`look` asks some of the `services` for their `GET /progress`; `others_published` counts what others published.

    A machine may be as slow as it likes: only when a service shows the same for `still_s`, or when all takes longer
    than `limit_s`, is waiting given up.
    """

    def __init__(
        self,
        services: Collection[str],
        look: Callable[[Collection[str]], Mapping[str, Progress]],
        others_published: Callable[[], Counts],
        *,
        still_s: float = 120.0,
        limit_s: float = 900.0,
    ) -> None:
        self._services = services
        self._look = look
        self._others_published = others_published
        self._still_s = still_s
        self._limit_s = limit_s
        self.published: dict[str, int] = {}
        """How many records each topic held at the last look."""

    def wait(self) -> None:
        """Returns when all is quiet; nobody may act meanwhile. Raises NeverQuiet.

        That is when no service, as it was last seen, has anything to publish or a deadline to fire, and each has
        settled all that any of them had published by then. The first to do anything more would need a record that was
        published after its publisher was last seen; but then that publisher would have been the first.
        """
        self._until_none(self._unfinished)

    def deadlines(self) -> None:
        """Returns when all that has become due has had its effect; what follows from it may be under way."""
        self._until_none(_due)

    def _until_none(self, unfinished: Callable[[Progress], str | None]) -> None:
        pause, began = FIRST_PAUSE_S, time.monotonic()
        seen, moved_at, last = dict[str, Progress](), dict[str, float](), dict[str, Progress]()
        asked = self._services
        while True:
            seen |= self._look(asked)
            self._count(seen)
            reasons = {service: why for service, progress in seen.items() if (why := unfinished(progress))}
            if not reasons:
                return
            asked, now = [*reasons], time.monotonic()
            for service, why in reasons.items():
                shown = {**seen[service], "read_until": None}
                if shown != last.get(service):
                    moved_at[service], last[service] = now, shown
                if now > min(began + self._limit_s, moved_at[service] + self._still_s):
                    raise NeverQuiet(f"{service} {why}, and that for {now - moved_at[service]:.0f} s")
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_S)

    def _count(self, seen: Mapping[str, Progress]) -> None:
        for counts in (self._others_published(), *(progress["published"] for progress in seen.values())):
            for topic, count in counts.items():
                self.published[topic] = max(self.published.get(topic, 0), count)

    def _unfinished(self, progress: Progress) -> str | None:
        """What a service has still to do; None when nothing."""
        if progress["outbox"] or progress["timers_due"]:
            return f"has {progress['outbox']} events to publish and {progress['timers_due']} deadlines due"
        behind = [
            name
            for name, settled in progress["settled"].items()
            if any(offset < self.published.get(topic, 0) for topic, offset in settled.items())
        ]
        return f"still reads ({', '.join(behind)})" if behind else None


def _due(progress: Progress) -> str | None:
    return f"has {progress['timers_due']} deadlines due" if progress["timers_due"] else None
