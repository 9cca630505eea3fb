"""How well redaction finds what was planted, and how often it masks what it should leave.

A secret is found when it can no longer be read in the redacted text, in either script and whatever stands between:

- of numbers (phone, landline, id, card, permit, passport, qq) no five neighbouring digits of it;
- of a flat or the last digits of a number (tail) not the number itself;
- of a plate not its last four characters;
- of an account (email, wechat) not the name before any @;
- of a name not the whole of it.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.contracts.data_files import InvalidData
from services.contracts.redaction import flats_in, redact
from services.contracts.redaction_sheet import CN
from services.contracts.writing import plain

KINDS: Final = (
    *("phone", "landline", "id", "card", "permit", "passport", "plate"),
    *("email", "wechat", "qq", "flat", "name", "tail"),
)
READABLE_DIGITS: Final = 5
_DIGITS: Final = str.maketrans(CN, "001234567891123456789")
_BETWEEN: Final = re.compile(r"[\W_]+")
_MASKED: Final = re.compile(r"\*{3,}")


@dataclass(frozen=True, slots=True)
class Planted:
    """`text` holds `secret` in some writing; `name` is what the caller's name field says."""

    kind: str
    secret: str
    text: str
    name: str | None = None


def planted_in(file: Path) -> list[Planted]:
    """The rows of a CSV with the columns kind, secret, text and, if any, name. Raises InvalidData with the row."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in ("kind", "secret", "text") if name not in (reader.fieldnames or ())]
            rows = [] if missing else list(enumerate(reader, start=1))
    except FileNotFoundError:
        raise InvalidData(file, "the file", "is not there; name another") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidData(file, "the file", f"cannot be read as CSV in UTF-8 ({error}); save it so") from None
    if missing:
        raise InvalidData(file, "the header", f"lacks the column {missing[0]}; add it")
    if not rows:
        raise InvalidData(file, "the file", "holds no row")
    for number, row in rows:
        if row["kind"] not in KINDS:
            raise InvalidData(file, f"row {number}", f"kind {row['kind']!r} is none of {', '.join(KINDS)}")
        if not row["secret"] or not row["text"]:
            raise InvalidData(file, f"row {number}", "secret or text is empty; fill it or remove the row")
    return [Planted(row["kind"], row["secret"], row["text"], row.get("name") or None) for _, row in rows]


@dataclass(frozen=True, slots=True)
class Figures:
    """`recall` by kind, and the lowest of them; `false_share` of texts without a secret that were masked in part."""

    n: int
    recall: Mapping[str, float]
    recall_min: float
    false_share: float
    harmless: int


def figures_of(planted: Iterable[Planted], harmless: Iterable[str]) -> Figures:
    found: dict[str, list[bool]] = defaultdict(list)
    for one in planted:
        found[one.kind].append(is_hidden(one))
    recall = {kind: round(sum(found[kind]) / len(found[kind]), 4) for kind in KINDS if found[kind]}
    masked = [redact(text, flats=flats_in(text)) != text for text in harmless]
    return Figures(
        n=sum(map(len, found.values())),
        recall=recall,
        recall_min=min(recall.values(), default=0.0),
        false_share=round(sum(masked) / len(masked), 4) if masked else 0.0,
        harmless=len(masked),
    )


def is_hidden(one: Planted) -> bool:
    """Whether redaction leaves nothing of the secret to read."""
    name = one.name or (one.secret if one.kind == "name" else None)
    left = redact(one.text, name=name, flats=flats_in(one.text))
    return not is_readable(one.kind, one.secret, left)


def is_readable(kind: str, secret: str, text: str) -> bool:
    said, meant = _said(text), _said(secret)
    if kind == "name":
        return meant in said
    if kind in ("email", "wechat"):
        return _said(secret.split("@")[0]) in said
    if kind == "plate":
        return meant[-4:] in said
    digits = re.sub(r"[^0-9]", "", meant)
    runs = re.findall(r"[0-9]+", said)
    if kind in ("flat", "tail"):
        return any(digits in run for run in runs)
    parts = {digits[at : at + READABLE_DIGITS] for at in range(max(1, len(digits) - READABLE_DIGITS + 1))}
    return any(part in run for part in parts for run in runs)


def _said(text: str) -> str:
    """Letters and digits alone, each script's digits as one."""
    return _BETWEEN.sub("", _MASKED.sub("某", plain(text))).lower().translate(_DIGITS)
