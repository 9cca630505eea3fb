"""The services of the system, in the order of a ticket's way."""

from __future__ import annotations

from typing import Final

SERVICES: Final = ("intake", "classifier", "projects", "notifier")
WITH_DATABASE: Final = ("intake", "projects", "notifier")
"""Those that keep tables. The classifier stores nothing."""
