"""What is generated from the contracts is committed as generated; the AsyncAPI document holds together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from services.contracts.export import ASYNCAPI, HERE, generated
from services.contracts.registry import EVENTS
from services.contracts.topics import topic_table

GENERATED = generated()
SPECIFICATION = Path(__file__).parents[1] / "data" / "asyncapi-3.0.0.json"
DOCUMENT = yaml.load(ASYNCAPI.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@pytest.mark.parametrize("file", GENERATED, ids=lambda file: file.name)
def test_a_generated_file_is_as_the_code_generates_it(file: Path) -> None:
    assert file.exists(), "run python -m services.contracts.export"
    assert file.read_text(encoding="utf-8") == GENERATED[file], "run python -m services.contracts.export"


def test_no_schema_is_left_over() -> None:
    assert {file.stem for file in (HERE / "schemas").glob("*.json")} == set(EVENTS)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


@pytest.mark.parametrize("reference", sorted(set(references(DOCUMENT))))
def test_every_reference_of_the_asyncapi_document_leads_somewhere(reference: str) -> None:
    file, _, pointer = reference.partition("#")
    if file:
        assert (ASYNCAPI.parent / file).is_file()
        return
    node = DOCUMENT
    for step in pointer.strip("/").split("/"):
        node = node[step]
    assert node


def test_the_asyncapi_document_has_a_channel_a_topic_and_an_operation_a_party() -> None:
    patterns = topic_table().patterns
    assert {channel["address"] for channel in DOCUMENT["channels"].values()} == set(patterns)
    sends = [o for o in DOCUMENT["operations"].values() if o["action"] == "send"]
    assert len(sends) == len(patterns)
    assert len(DOCUMENT["operations"]) == len(patterns) + sum(len(topic.readers) for topic in patterns.values())


def test_the_asyncapi_document_is_one_of_version_3() -> None:
    """By the schema of the AsyncAPI Initiative (its package @asyncapi/specs 6.11.1, Apache License 2.0)."""
    rules = Draft7Validator(json.loads(SPECIFICATION.read_text(encoding="utf-8")))
    assert [f"{'/'.join(map(str, fault.path))}: {fault.message}" for fault in rules.iter_errors(DOCUMENT)] == []
    first = next(iter(DOCUMENT["operations"]))
    wrong = DOCUMENT | {"operations": {first: DOCUMENT["operations"][first] | {"action": "shout"}}}
    assert not rules.is_valid(wrong)


def test_every_placeholder_of_an_address_is_a_parameter() -> None:
    for channel in DOCUMENT["channels"].values():
        assert list(channel.get("parameters", {})) == [
            part.partition("}")[0] for part in channel["address"].split("{")[1:]
        ]
