"""Rules of consultations: the default ones, and files of other people. An error names line and remedy.

A file holds one rule, or `rules` (a list), `default` (the name of one, also of those that come with the service) and
`items`: for an item its `rule`, the `building` and `hallway` it concerns, and the `text_hash` put to the vote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.contracts.data_files import InvalidData
from services.projects.domain.consultation.rules import ConsultationRule, Name
from services.projects.files.yaml_lines import documents, line_of

FILE = Path(__file__).parents[1] / "data" / "consultation_rules.yaml"
Loc = tuple[int | str, ...]
_REMEDIES = {"missing": "add it", "extra_forbidden": "remove it, or correct its name"}


class RuledItem(BaseModel):
    """How one item is decided; what is not said is as for the others."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    rule: Name | None = None
    building: Name | None = None
    hallway: Name | None = None
    text_hash: Name | None = None


class _RuleFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[ConsultationRule, ...] = ()
    default: Name
    items: dict[Name, RuledItem] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RulesOfVote:
    """`default` decides the items that are not named."""

    default: ConsultationRule
    items: Mapping[str, tuple[ConsultationRule, RuledItem]]


@cache
def shipped_rules() -> Mapping[str, ConsultationRule]:
    """By name, in the order of the file."""
    tree, values = documents(FILE)[0]
    assert isinstance(values, dict)
    return MappingProxyType(_by_name(FILE, tree, ("rules",), values["rules"], {}))


def rules_of(asked: str) -> RulesOfVote:
    """`asked`: the name of a rule that comes with the service, or a file. Raises InvalidData."""
    shipped = shipped_rules()
    if asked in shipped:
        return RulesOfVote(shipped[asked], {})
    file = Path(asked)
    if not file.is_file():
        why = f"is no file, and no rule has this name: give a file, or one of {', '.join(shipped)}"
        raise InvalidData(file, "--rule", why)
    tree, values = documents(file)[0]
    if not isinstance(values, dict):
        raise InvalidData(file, "line 1", "the file: holds no rule; write it as in docs/consultation.md")
    if "conditions" in values:
        return RulesOfVote(_own(file, tree, (), values, shipped), {})
    return _of_file(file, tree, values, shipped)


def _of_file(
    file: Path, tree: yaml.Node | None, values: dict[str, Any], shipped: Mapping[str, ConsultationRule]
) -> RulesOfVote:
    known = dict(shipped)
    if isinstance(values.get("rules"), list):
        known = _by_name(file, tree, ("rules",), values["rules"], known)
    try:
        found = _RuleFile.model_validate(values)
    except ValidationError as error:
        raise _invalid(file, tree, (), error) from None

    def named(name: str, *loc: str) -> ConsultationRule:
        if name not in known:
            why = f"{'.'.join(loc)}: no rule is called {name!r}; there are {', '.join(known)}"
            raise InvalidData(file, f"line {line_of(tree, loc)}", why)
        return known[name]

    default = named(found.default, "default")
    items = {
        item: (named(row.rule, "items", item, "rule") if row.rule else default, row)
        for item, row in found.items.items()
    }
    return RulesOfVote(default, items)


def _by_name(
    file: Path, tree: yaml.Node | None, loc: Loc, listed: list[object], known: Mapping[str, ConsultationRule]
) -> dict[str, ConsultationRule]:
    """Adds the listed rules to those that are known."""
    found = dict(known)
    for place, values in enumerate(listed):
        rule = _own(file, tree, (*loc, place), values, found)
        found[rule.name] = rule
    return found


def _own(
    file: Path, tree: yaml.Node | None, loc: Loc, values: object, taken: Mapping[str, ConsultationRule]
) -> ConsultationRule:
    try:
        rule = ConsultationRule.model_validate(values)
    except ValidationError as error:
        raise _invalid(file, tree, loc, error) from None
    if rule.name in taken:
        line = line_of(tree, (*loc, "name"))
        raise InvalidData(file, f"line {line}", f"another rule is called {rule.name}; give this one a name of its own")
    return rule


def _invalid(file: Path, tree: yaml.Node | None, loc: Loc, error: ValidationError) -> InvalidData:
    fault = error.errors()[0]
    path = (*loc, *fault["loc"])
    field = ".".join(map(str, path)) or "the file"
    what = fault["msg"].removeprefix("Value error, ").partition(" or instance of ")[0]
    why = f"{field}: {what}; {_REMEDIES.get(fault['type'], 'correct it')}"
    return InvalidData(file, f"line {line_of(tree, path)}", why)
