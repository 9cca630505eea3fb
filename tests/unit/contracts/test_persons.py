"""A person of a unit is an identifier; a name or a number to call is none."""

from __future__ import annotations

import pytest

from services.contracts.persons import is_identifier
from services.intake.domain.callers import key_ref

IDENTIFIERS = ["li", "desk-7", "auth0|5f7c8ec7", "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d", "fire:li", "260701-1", "A17"]
OTHERS = ["王小明", "13912345678", "139-1234-5678", "li@example.com", "310109196501011234", "wang xiaoming", "", "-li"]


@pytest.mark.parametrize("person", IDENTIFIERS)
def test_an_identifier(person: str) -> None:
    assert is_identifier(person)


@pytest.mark.parametrize("person", OTHERS)
def test_no_identifier(person: str) -> None:
    assert not is_identifier(person)


def test_a_key_that_is_an_identifier_is_kept_and_any_other_by_its_keyed_hash() -> None:
    assert key_ref(b"k" * 32, "A17") == "A17"
    hashed = key_ref(b"k" * 32, "13912345678-602")
    assert len(hashed) == 64
    assert "139" not in hashed
    assert hashed == key_ref(b"k" * 32, "13912345678-602") != key_ref(b"x" * 32, "13912345678-602")
