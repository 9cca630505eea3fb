"""The words to officers in Chinese and English: `data/officer_words.yaml`. An error names the row and its remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from string import Formatter
from typing import Final

from services.chassis.pages.speech import Language, Speech, Words
from services.contracts.data_files import DataRow, InvalidData, read_section, row_of
from services.contracts.departments import departments
from services.notifier.domain.notice_values import PARTS, Values

FILE = Path(__file__).parents[1] / "data" / "officer_words.yaml"


class Sentence(DataRow):
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class OfficerWords:
    """The sentence of each template, by code and language, and what each rule is called."""

    templates: Mapping[str, Sentence]
    words: Words
    rules: Mapping[str, Sentence]

    def parts_of(self, template: str) -> frozenset[str]:
        """What a template names in braces. KeyError for one that is unknown."""
        return _named(self.templates[template].zh)

    def rule(self, rule: str, language: str) -> str:
        """What people call a rule; its code, if somebody's own rule has no words."""
        named = self.rules.get(rule)
        return str(getattr(named, Language(language))) if named else rule

    def sentence(self, template: str, values: Values, language: str, step: int = 0) -> str:
        """One sentence without personal data, for a person who knows the district. KeyError for an unknown template.

        What a fact did not say is said to be unknown. At a later `step` of a chain it begins with why it comes.
        """
        spoken = Language(language)
        speech = Speech(spoken, self.words)
        said = {part: _SAID[part](speech, values) for part in self.parts_of(template)}
        sentence = str(getattr(self.templates[template], spoken)).format(**said)
        return speech("unread") + sentence if step else sentence


def load_officer_words(file: Path = FILE) -> OfficerWords:
    """Raises InvalidData for a template that names an unknown part, or not the same in both languages."""
    templates = {
        code: row_of(file, f"template {code}", Sentence, row) for code, row in read_section(file, "templates").items()
    }
    for code, sentence in templates.items():
        if unknown := sorted((_named(sentence.zh) | _named(sentence.en)) - PARTS.keys()):
            raise InvalidData(file, f"template {code}", f"{{{unknown[0]}}} is none of {', '.join(PARTS)}; correct it")
        if _named(sentence.zh) != _named(sentence.en):
            raise InvalidData(file, f"template {code}", "zh and en must name the same parts; correct one of them")
    words = read_section(file, "words")
    found = {key: row_of(file, f"word {key}", Sentence, row).model_dump() for key, row in words.items()}
    rules = {code: row_of(file, f"rule {code}", Sentence, row) for code, row in read_section(file, "rules").items()}
    return OfficerWords(templates, found, rules)


def _named(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _code(part: str) -> Callable[[Speech, Values], str]:
    return lambda say, values: say.if_known(f"{part}.{values[part]}", say(f"{part}.none"))


def _count(part: str) -> Callable[[Speech, Values], str]:
    return lambda say, values: say("count.none") if values[part] is None else str(values[part])


def _unit(part: str) -> Callable[[Speech, Values], str]:
    def said(say: Speech, values: Values) -> str:
        code = values[part]
        return say("unit.none") if code is None else unit_name(say, str(code))

    return said


def unit_name(say: Speech, code: str) -> str:
    """Of a department or a supervising party."""
    return say.department(code) if code in departments() else say.if_known(f"party.{code}", code)


def _time(part: str) -> Callable[[Speech, Values], str]:
    def said(say: Speech, values: Values) -> str:
        at = values[part]
        if at is None:
            return say("time.none")
        return (
            say.day(date.fromisoformat(str(at))) if len(str(at)) == 10 else say.limit(datetime.fromisoformat(str(at)))
        )

    return said


def _place(say: Speech, values: Values) -> str:
    return say.place({"sub_district": values["sub_district"], "estate_name": values["estate"]})


_SAID: Final[Mapping[str, Callable[[Speech, Values], str]]] = {
    "number": lambda say, values: str(values["number"] or say("number.none")),
    "type": lambda say, values: say.kind(None if values["type"] is None else str(values["type"])),
    "place": _place,
    "urgency": _code("urgency"),
    "clock": _code("clock"),
    "impact": _code("impact"),
    **{part: _time(part) for part in ("due", "decide_by", "cure_by", "adopt_by", "starts")},
    **{part: _count(part) for part in ("callers", "clause", "redos")},
    **{part: _unit(part) for part in ("lead", "unit")},
}
"""How each part is said."""
