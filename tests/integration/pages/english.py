"""English sentences on a page that should have none."""

from __future__ import annotations

import re
from html import unescape

_NOT_TEXT = re.compile(r"<(style|script|svg|code)\b.*?</\1>|<!--.*?-->", re.DOTALL)
_FOR_TECHNICIANS = re.compile(r"<details><summary>技术说明</summary>.*?</details>", re.DOTALL)
_SAID_ELSEWHERE = re.compile(r'\b(?:title|placeholder|aria-label|alt|value)="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
_ENGLISH = re.compile(r"\b[A-Za-z][a-z'-]+(?:[ ,;:.]+[A-Za-z][a-z'-]*){2,}")


def english_in(html: str) -> set[str]:
    """Runs of at least three English words that a reader sees."""
    html = _NOT_TEXT.sub("\n", _FOR_TECHNICIANS.sub("\n", html))
    seen = [*_SAID_ELSEWHERE.findall(html), *_TAG.sub("\n", html).splitlines()]
    return {run for text in seen for run in _ENGLISH.findall(unescape(text))}
