"""`closedloop send`: one ticket, followed to its department."""

from __future__ import annotations


def send() -> None:
    """later"""
