"""Every string in which a person's data could stand is accounted for (ADR 21)."""

from __future__ import annotations

from importlib import import_module

import pytest
from pydantic import BaseModel
from sqlalchemy import Column, Integer, MetaData, Table, Text

from services.contracts.redaction import redact
from tests.contract.string_table import STRINGS, End
from tests.contract.strings import TABLES, is_free, of_events, of_routes, of_tables

WHAT_TO_DO = (
    "a person could write their name or number into it. Narrow it (an enumeration, a format, a pattern that neither "
    "fits), or redact it where it enters, and add it to tests/contract/string_table.py with what becomes of it"
)


@pytest.fixture(scope="module")
def found() -> set[str]:
    return of_events() | of_tables() | of_routes()


def test_every_free_string_has_an_end(found: set[str]) -> None:
    assert sorted(found - STRINGS.keys()) == [], WHAT_TO_DO


def test_no_entry_is_left_over(found: set[str]) -> None:
    assert sorted(STRINGS.keys() - found) == []


@pytest.mark.parametrize("by", sorted({entry.by for entry in STRINGS.values() if entry.end is End.REDACTED}))
def test_what_redacts_exists(by: str) -> None:
    module, _, name = by.rpartition(".")
    try:
        assert hasattr(import_module(module), name)
    except ModuleNotFoundError:
        module, _, owner = module.rpartition(".")
        assert hasattr(getattr(import_module(module), owner), name)


class Place(BaseModel):
    remark: str


class Planted(BaseModel):
    note: str
    notes: list[str]
    maybe: str | None = None
    anything: dict[str, object]
    place: Place


def test_the_search_finds_a_string_wherever_it_stands() -> None:
    schema = Planted.model_json_schema()
    assert {name for name, node in schema["properties"].items() if is_free(node)} == {
        "note",
        "notes",
        "maybe",
        "anything",
    }
    assert is_free(schema["$defs"]["Place"]["properties"]["remark"])


@pytest.mark.parametrize(
    "node",
    [
        {"type": "string", "format": "uuid"},
        {"enum": ["a", "b"], "type": "string"},
        {"type": "string", "pattern": "^(XQ|MJ)[0-9]{2}$"},
        {"type": "string", "maxLength": 3},
        {"type": "integer"},
        {"type": "boolean"},
    ],
)
def test_a_string_into_which_no_person_fits_is_not_free(node: dict[str, object]) -> None:
    assert not is_free(node)


def test_a_new_column_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    made = MetaData()
    Table("notes", made, Column("id", Integer, primary_key=True), Column("remark", Text))
    monkeypatch.setitem(TABLES, "new", made)  # type: ignore[arg-type]
    assert "new.notes.remark" in of_tables() - STRINGS.keys()


def test_what_is_redacted_stays_redacted() -> None:
    said = "联系人欧阳建国，13912345678，2917室"
    assert redact(redact(said)) == redact(said) == "联系人欧阳某，139****5678，[室号]"
