"""Sends a form of a page as a browser does."""

from __future__ import annotations

import re
from typing import Any

from tests.integration.pages.conftest import Person

HIDDEN = re.compile(
    r'<input type="hidden" name="(id|csrf|template|template_version|bases|state|version|inspected_at)" value="([^"]*)"'
)
"""What a form sends beside what is entered."""


def send(person: Person, page: str, form: str, **entered: Any) -> Any:
    """Sends a form of a page with what its hidden fields hold; the last of them, where forms share a name."""
    html = person.open(page)
    after = html[html.index(f'/{form}"') :]
    hidden = dict(HIDDEN.findall(after[: after.index("</form>")]))
    files = entered.pop("files", None)
    return person.browser.post(f"{page}/{form}", data=hidden | entered, files=files)
