"""The services of the system, in the order in which a ticket passes them."""

from __future__ import annotations

from typing import Final

SERVICES: Final = ("intake", "classifier", "projects", "notifier")
WITH_DATABASE: Final = ("intake", "projects", "notifier")
"""Those that keep tables, each in a database of its name. The classifier stores nothing."""
CALLERS_KEYS: Final = "intake_keys"
"""Intake's second database: callers' keys, so that no dump holds them beside what they seal (ADR 38)."""
DATABASES: Final = (*WITH_DATABASE, CALLERS_KEYS)
"""Each has a role of the same name, which cannot enter another."""
