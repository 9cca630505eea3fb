"""How far notifier has followed a ticket: its newest dispatch, and its newest text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.contracts.text_events import ERASED
from services.notifier.domain.delivery import RedactedText


@dataclass(slots=True)
class KnownTicket:
    """`text` is None until it arrives, and again when it is older than its topic keeps it; its version stays. That it
    was erased is kept for good: no text comes after that.

    `changed` says that the row must be saved.
    """

    ticket_id: str
    dispatch_version: int | None = None
    text_version: int | None = None
    text: RedactedText | None = None
    text_recorded_at: datetime | None = None
    changed: bool = False

    def take_dispatch(self, version: int) -> bool:
        """False if a dispatch of this version or a newer one was known; then nothing changes."""
        if self.dispatch_version is not None and version <= self.dispatch_version:
            return False
        self.dispatch_version, self.changed = version, True
        return True

    def take_text(self, text: RedactedText, version: int, recorded_at: datetime, kept_since: datetime) -> bool:
        """False if this text or a newer one was known. A text that has been forgotten may come again."""
        known = self.text_version or 0
        if version < known or (version == known and self._kept(kept_since)):
            return False
        self.text, self.text_version, self.text_recorded_at, self.changed = text, version, recorded_at, True
        return True

    def text_from(self, version: int, kept_since: datetime) -> RedactedText | None:
        """The newest text if it has at least this version. One recorded before `kept_since` counts as forgotten."""
        return self.text if self._kept(kept_since) and (self.text_version or 0) >= version else None

    def _kept(self, since: datetime) -> bool:
        if self.text is None or self.text_recorded_at is None:
            return False
        return self.text.text == ERASED or self.text_recorded_at >= since
