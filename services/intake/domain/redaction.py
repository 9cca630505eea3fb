"""A first redaction: what names or reaches a person is masked before any text leaves intake (domain.md §9).

No redaction is perfect: names and roundabout descriptions get through, which is why redacted text is kept for a
short time only.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:\(?0\d{2,3}\)?[- ]?)?[2-8]\d{3}[- ]?\d{4}(?!\d)")
_ID_NUMBER = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dXx])")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z]"
    r"[·.\- ]?[A-HJ-NP-Za-hj-np-z0-9]{5,6}"
)
_DIGITS = r"[0-9０-９一二三四五六七八九十百零〇]+"
_FLAT = re.compile(rf"{_DIGITS}[- ]?(?:室|房间|户)(?!外|内|主|型|口|籍)")
_DASHED_FLAT = re.compile(r"(?<=号)(?:楼)?[- ]?[0-9]{3,4}(?!\d|弄|号|路|年|元|平|米|天|个|户)")

_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_ID_NUMBER, "[证件号]"),
    (_MOBILE, lambda found: f"{found[1]}****{found[3]}"),
    (_LANDLINE, "[电话]"),
    (_PLATE, "[车牌]"),
    (_FLAT, "[室号]"),
    (_DASHED_FLAT, "[室号]"),
)


def redact(text: str) -> str:
    """Masks phone and identity numbers and plates, and cuts flats to their building. Idempotent."""
    for pattern, mask in _RULES:
        text = pattern.sub(mask, text)
    return text
