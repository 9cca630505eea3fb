"""`closedloop status`: how the running stack is."""

from __future__ import annotations


def status() -> None:
    """later"""
