"""The words of a message to a person: plain, short, without personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol

from services.contracts.districts import sub_districts
from services.contracts.taxonomy import taxonomy
from services.intake.domain.limits import SHANGHAI
from services.intake.domain.occasion import Language
from services.intake.domain.occasion_rules import Occasions
from services.intake.domain.telling import Way

_UNKNOWN: Final[Mapping[str, Mapping[Language, str]]] = {
    "type": {"zh": "问题", "en": "the problem"},
    "place": {"zh": "您反映的地点", "en": "the place you named"},
    "limit": {"zh": "期限届满前", "en": "the end of the limit"},
    "reason": {"zh": "请拨打12345了解", "en": "please call 12345"},
    "start": {"zh": "近期", "en": "a day to be announced"},
    "link": {"zh": "（链接）", "en": "(link)"},
    "cut": {"zh": "施工影响", "en": "works"},
    "begin": {"zh": "近日", "en": "one of these days"},
    "end": {"zh": "另行通知", "en": "further notice"},
}
"""In place of what is not known; a link is made when the message leaves."""

_CUTS: Final[Mapping[str, Mapping[Language, str]]] = {
    "water_cut": {"zh": "停水", "en": "no water"},
    "power_cut": {"zh": "停电", "en": "no power"},
    "gas_cut": {"zh": "停气", "en": "no gas"},
    "noise": {"zh": "有噪声施工", "en": "noisy work"},
    "scaffold": {"zh": "搭脚手架", "en": "scaffold"},
    "parking_closed": {"zh": "占用停车位", "en": "parking closed"},
    "path_closed": {"zh": "封闭通道", "en": "path closed"},
}
_NAMED: Final = 3
"""More blocks than these are counted, not named: a text message is short."""


class TellingContent(Protocol):
    """A telling: the code of its occasion, and the codes and values that its words are made of.

    Facts: number, type_code, place (sub_district, estate_name), limit and start (ISO 8601), count, line, reason, link;
    of a disturbance: cut, blocks, begin and end (ISO 8601).
    """

    @property
    def occasion(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class TellingWords:
    table: Occasions

    def __call__(self, telling: TellingContent, language: Language, way: Way) -> str:
        """The whole message. By a way that the occasion does not have, it has the words of its last one, without a
        question for the telephone alone. Raises KeyError for an occasion that the table does not have (any more)."""
        return self.of(telling.occasion, telling.facts, language, way)

    def of(self, code: str, facts: Mapping[str, Any], language: Language, way: Way) -> str:
        """The same, of an occasion's code and facts."""
        occasion = self.table.find(code)
        if occasion is None:
            raise KeyError(code)
        template = occasion.text(language, way) or occasion.text(language, occasion.ways[-1])
        if occasion.asks:
            gap = "" if language == "zh" else " "
            template = f"{template}{gap}{self.table.words.questions[occasion.asks][language][way]}"
        said = template.format_map(_fields(facts, language))
        return self.table.words.frames[language][way].format(text=said)


def _fields(facts: Mapping[str, Any], language: Language) -> dict[str, str]:
    problem = taxonomy().types.get(facts.get("type_code") or "")
    known = {
        "number": str(facts["number"]),
        "type": problem and (problem.name_cn if language == "zh" else problem.name_en),
        "place": _place(facts.get("place") or {}, language),
        "limit": _limit(facts["limit"], language) if facts.get("limit") else None,
        "count": str(facts.get("count", "")),
        "line": facts.get("line", ""),
        "reason": facts.get("reason"),
        "link": facts.get("link"),
        "year": str(facts.get("year", "")),
        "cut": _CUTS.get(facts.get("cut", ""), {}).get(language),
        "blocks": _blocks(facts.get("blocks", ()), language),
        "begin": _moment(facts["begin"], language) if facts.get("begin") else None,
        "end": _moment(facts["end"], language) if facts.get("end") else None,
        "start": _day(date.fromisoformat(facts["start"]), language) if facts.get("start") else None,
    }
    return {name: value or _UNKNOWN.get(name, {}).get(language, "") for name, value in known.items()}


def _place(place: Mapping[str, Any], language: Language) -> str | None:
    """The estate, or the sub-district; never a building or a flat."""
    if name := place.get("estate_name"):
        return str(name)
    found = sub_districts().get(place.get("sub_district") or "")
    if found is None:
        return None
    return found.name_cn if language == "zh" else found.name_en


def _limit(written: str, language: Language) -> str:
    """A limit that ends at midnight is over with the day before."""
    end = datetime.fromisoformat(written).astimezone(SHANGHAI)
    midnight = not (end.hour or end.minute)
    day = end - timedelta(microseconds=1) if midnight else end
    hour = "" if midnight else f"{end:%H:%M}"
    if language == "zh":
        return f"{day.month}月{day.day}日{hour}"
    return f"{f'{hour} on ' if hour else ''}{day.day} {day:%B}"


def _blocks(blocks: Sequence[str], language: Language) -> str:
    """The blocks concerned; none: the whole estate. A block is public, a flat is never named."""
    if not blocks:
        return "全小区" if language == "zh" else "the whole estate"
    if len(blocks) > _NAMED:
        return f"{len(blocks)}栋楼" if language == "zh" else f"{len(blocks)} blocks"
    return f"{'、'.join(blocks)}号楼" if language == "zh" else f"block {', '.join(blocks)}"


def _moment(written: str, language: Language) -> str:
    at = datetime.fromisoformat(written).astimezone(SHANGHAI)
    return f"{at.month}月{at.day}日{at:%H:%M}" if language == "zh" else f"{at:%H:%M} on {at.day} {at:%B}"


def _day(day: date, language: Language) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {day:%B %Y}"
