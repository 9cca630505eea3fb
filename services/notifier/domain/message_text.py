"""The text of a message to an officer, of the sentences of its notices."""

from __future__ import annotations

from collections.abc import Sequence

from services.notifier.domain.sending_rules import Frame


def text_of(sentences: Sequence[str], frame: Frame, lines: int) -> str:
    """At most so many lines are spelled out, the newest; how many more there are is said. At least one sentence."""
    if len(sentences) == 1:
        return frame.one.format(text=sentences[0], number=1)
    shown = [*(f"· {one}" for one in sentences[-lines:])]
    if further := len(sentences) - len(shown):
        shown.append(frame.more.format(text="", number=further))
    return frame.many.format(text="\n".join(shown), number=len(sentences))
