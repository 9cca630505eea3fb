"""Somebody who logs in with a browser, and what is asked of every page there."""

from __future__ import annotations

from tests.integration.applications import issuer
from tests.integration.pages.browser import Browser

FITS = "document.documentElement.scrollWidth <= window.innerWidth"
FETCHED = "performance.getEntriesByType('resource').filter(one => !one.name.endsWith('/favicon.ico')).length"


def log_in(browser: Browser, address: str, *roles: str) -> None:
    """By keyboard: the field has the focus, Tab leads to the button."""
    browser.open(f"{address}/pages/login")
    browser.wait_for("document.hasFocus() && document.activeElement.id === 'token'")
    browser.type(issuer().mint("王敏", roles))
    browser.key("Tab")
    browser.enter_by_key()
