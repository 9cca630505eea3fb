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


def send_without_file(person: Person, page: str, form: str, file: str = "file", **entered: Any) -> Any:
    """As a browser does where nobody chose a file: the field is sent, with an empty name and no content."""
    html = person.open(page)
    after = html[html.index(f'/{form}"') :]
    fields = dict(HIDDEN.findall(after[: after.index("</form>")])) | entered
    values = [(name, one) for name, value in fields.items() for one in (value if isinstance(value, list) else [value])]
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in values]
    empty = f'--x\r\nContent-Disposition: form-data; name="{file}"; filename=""\r\n'
    body = "".join(parts) + f"{empty}Content-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    return person.browser.post(f"{page}/{form}", content=body.encode(), headers=headers)
