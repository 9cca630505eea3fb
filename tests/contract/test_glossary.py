"""The glossary names each thing once, and what bears a name exists in the code, once."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from services.chassis.web.identity import Role
from services.contracts.registry import EVENTS
from services.contracts.topics import topic_table

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs/glossary.md"
BEARER = re.compile(r"(class|module|table|topic|event|role|value) `([^`]+)`")


class Entry(NamedTuple):
    term: str
    chinese: str
    meaning: str
    bearers: list[tuple[str, str]]


def entries(text: str) -> list[Entry]:
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in text.splitlines() if row.startswith("| ")]
    assert all(len(row) == 4 for row in rows)
    return [Entry(*row[:3], BEARER.findall(row[3])) for row in rows[1:]]


ENTRIES = entries(GLOSSARY.read_text(encoding="utf-8"))
BEARERS = [bearer for entry in ENTRIES for bearer in entry.bearers]


def twice(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


@cache
def definitions() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Classes of services/ by name and tables by `database.table`, each with the files that define them."""
    classes: dict[str, list[str]] = defaultdict(list)
    tables: dict[str, list[str]] = defaultdict(list)
    for file in sorted((ROOT / "services").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        where = str(file.relative_to(ROOT))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                classes[node.name].append(where)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Table":
                assert isinstance(node.args[0], ast.Constant)
                tables[f"{file.relative_to(ROOT).parts[1]}.{node.args[0].value}"].append(where)
    return classes, tables


def defined(kind: str, name: str) -> list[str]:
    """Where the bearer is defined."""
    classes, tables = definitions()
    if kind == "value":
        module, class_name, member = name.rsplit(".", 2)
        return [module] if member in getattr(import_module(module), class_name).__members__ else []
    if kind == "module":
        return [name] if (ROOT / f"{name.replace('.', '/')}.py").is_file() else []
    if kind in ("class", "table"):
        return (classes if kind == "class" else tables).get(name, [])
    known = {"topic": topic_table().patterns, "event": EVENTS, "role": {role.value for role in Role}}[kind]
    return [kind] if name in known else []


def test_the_glossary_is_read() -> None:
    assert len(ENTRIES) > 50
    assert all(entry.term and entry.chinese and entry.meaning for entry in ENTRIES)


def test_each_term_and_each_bearer_stands_once() -> None:
    assert twice([entry.term for entry in ENTRIES]) == []
    assert twice([f"{kind} {name}" for kind, name in BEARERS]) == []


@pytest.mark.parametrize(("kind", "name"), BEARERS)
def test_what_bears_a_name_is_defined_once(kind: str, name: str) -> None:
    assert len(defined(kind, name)) == 1, f"{kind} {name} is defined in {defined(kind, name) or 'no place'}"


@pytest.mark.parametrize(("kind", "name"), [("class", "State"), ("class", "Nothing"), ("table", "intake.nothing")])
def test_what_is_not_there_or_there_twice_is_found(kind: str, name: str) -> None:
    assert len(defined(kind, name)) != 1


def test_a_term_that_stands_twice_is_found() -> None:
    listed = entries("| term | Chinese | meaning | borne by |\n| a | 甲 | one | – |\n| a | 乙 | two | class `X` |\n")
    assert twice([entry.term for entry in listed]) == ["a"]
    assert listed[1].bearers == [("class", "X")]
