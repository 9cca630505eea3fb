"""Reading `data/refusals.yaml`: why a reply was refused, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from services.contracts.data_files import DataRow, InvalidData, read_rows
from services.contracts.reply_answer_events import RefusalCode

FILE = Path(__file__).parents[1] / "data" / "refusals.yaml"
OTHER = "other"


class RefusalWords(DataRow):
    code: RefusalCode
    zh: str
    en: str


def load_refusal_words(file: Path = FILE) -> Mapping[str, RefusalWords]:
    """By code. Raises InvalidData without the row for all other codes."""
    rows = read_rows(file, "refusals", RefusalWords, "code")
    if OTHER not in rows:
        raise InvalidData(file, "refusals", f"no row has the code {OTHER}; add it, for codes without a row")
    return rows


def said(words: Mapping[str, RefusalWords], code: str) -> dict[str, str]:
    row = words.get(code, words[OTHER])
    return {"said_zh": row.zh, "said_en": row.en}
