"""A page's language: words from tables, and names, places and times as that language writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from fastapi import Request

from services.chassis.working_days import SHANGHAI
from services.contracts.departments import departments
from services.contracts.districts import district, sub_districts
from services.contracts.elements import elements
from services.contracts.taxonomy import taxonomy

LANGUAGE_COOKIE = "closedloop_lang"


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


def language_of(request: Request) -> Language:
    """As `?lang=` says, else as it said last; Chinese, until it says anything."""
    known = {one.value: one for one in Language}
    asked = known.get(request.query_params.get("lang", ""))
    return asked or known.get(request.cookies.get(LANGUAGE_COOKIE, ""), Language.ZH)


def browser_language(request: Request) -> Language:
    """As `?lang=` says, else the first that the browser prefers; Chinese, if it prefers neither."""
    known = {one.value: one for one in Language}
    asked = known.get(request.query_params.get("lang", ""))
    if asked:
        return asked
    preferred = (
        part.split(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")
    )
    return next((known[one] for one in preferred if one in known), Language.ZH)


Words = Mapping[str, Mapping[str, str]]


class _OnceEach(yaml.CSafeLoader):
    """YAML itself lets the last entry of a key win, and nobody would see which words were lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        if len(found) < len(node.value):
            keys = [key.value for key, _ in node.value]
            raise ValueError(f"{next(key for key in keys if keys.count(key) > 1)}: stands there twice; keep one")
        return found


def read_words(files: Sequence[Path]) -> Words:
    """The tables of `files` as one, by key and language.

    Raises ValueError for an entry that lacks a language, or a key that a file has twice.
    """
    return {key: entry for file in files for key, entry in _words_of(file).items()}


@cache
def _words_of(file: Path) -> Words:
    """Read once a process: all pages share a file, and each service's API speaks with the words of its pages."""
    words: dict[str, dict[str, str]] = yaml.load(file.read_text(encoding="utf-8"), Loader=_OnceEach)
    for key, entry in words.items():
        if set(entry) != set(Language):
            raise ValueError(f"{file.name}, {key}: must have {' and '.join(Language)} and nothing else")
    return words


class Speech:
    """Speaks one language. Called with a key it gives the words of the table; raises KeyError for one it lacks."""

    def __init__(self, language: Language, words: Words) -> None:
        self.language = language
        self._words = words

    def __call__(self, key: str, **values: object) -> str:
        return self._words[key][self.language].format(**values)

    def if_known(self, key: str, otherwise: str = "") -> str:
        return self(key) if key in self._words else otherwise

    @property
    def other(self) -> Language:
        return Language.EN if self.language is Language.ZH else Language.ZH

    def when(self, moment: datetime) -> str:
        local = moment.astimezone(SHANGHAI)
        return f"{self.day(local.date())} {local:%H:%M}"

    def day(self, day: date) -> str:
        if self.language is Language.ZH:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {day:%b %Y}"

    def limit(self, end: datetime) -> str:
        """A limit that ends at midnight is over with the day before."""
        local = end.astimezone(SHANGHAI)
        midnight = not (local.hour or local.minute)
        return f"{self.last_day(end)} 24:00" if midnight else self.when(end)

    def last_day(self, end: datetime) -> str:
        return self.day((end.astimezone(SHANGHAI) - timedelta(microseconds=1)).date())

    def left(self, until: datetime, now: datetime) -> str:
        """How long is left, or over, in days and hours."""
        minutes = abs(int((until - now).total_seconds())) // 60
        days, hours = minutes // 1440, minutes // 60 % 24
        length = self("days_hours", days=days, hours=hours) if minutes >= 60 else self("under_an_hour")
        return self("left" if until >= now else "over", length=length)

    def department(self, code: str) -> str:
        return self._name(departments().get(code), code)

    def sub_district(self, code: str) -> str:
        return self._name(sub_districts().get(code), code)

    def element(self, code: str) -> str:
        return self._name(elements().get(code), code)

    def kind(self, type_code: str | None) -> str:
        kind = taxonomy().types.get(type_code or "")
        return self._name(kind, self("no_type"))

    def district(self) -> str:
        return self._name(district(), "")

    def place(self, place: Mapping[str, Any] | None) -> str:
        """Sub-district and estate, as far as they are known."""
        known = place or {}
        code = known.get("sub_district")
        parts = (self.sub_district(code) if code else None, known.get("estate_name") or known.get("estate"))
        return " · ".join(part for part in parts if part) or self("no_place")

    def _name(self, row: Any, otherwise: str) -> str:
        if row is None:
            return otherwise
        name: str = row.name_cn if self.language is Language.ZH else row.name_en
        return name
