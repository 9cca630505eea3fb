"""What is wrong with a text is said in words, never by a pattern."""

from __future__ import annotations

import json
import re

import pytest
from pydantic import BaseModel, Field, ValidationError

from services.contracts.faults import FORMS, model_fault
from services.contracts.registry import REPLY_EVENTS
from services.contracts.reply_events import TicketSignReplied


def test_each_pattern_of_a_reply_has_its_words() -> None:
    schemas = json.dumps([one.model_json_schema() for one in REPLY_EVENTS])
    patterns = {json.loads(found) for found in re.findall(r'"pattern": ("(?:[^"\\\\]|\\\\.)*")', schemas)}
    assert len(patterns) > 3
    assert patterns <= FORMS.keys()


def test_a_reply_that_does_not_match_is_answered_with_what_would_do() -> None:
    with pytest.raises(ValidationError) as found:
        TicketSignReplied.model_validate({"version": 1, "ticket_id": "7D2F", "actor": "li 07"})
    assert model_fault(found.value) == (
        "actor: has blanks or more than 100 characters: give an identifier, not a name; "
        "ticket_id: is no id: give the UUID in small letters"
    )


def test_a_pattern_without_words_is_said_as_it_is() -> None:
    class Model(BaseModel):
        one: str = Field(pattern="^zz$")

    with pytest.raises(ValidationError) as found:
        Model(one="a")
    assert "^zz$" in model_fault(found.value)
