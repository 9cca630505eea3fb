"""An event and its envelope: CloudEvents 1.0 in binary mode (attributes in `ce_*` headers, body in JSON).

An event is a fact in the past tense. It carries its aggregate's whole public state at `version`, so that
a reader who skipped one has no gap. It never carries personal data: a caller is a keyed hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.contracts.faults import code_or_nothing, model_fault

NAMESPACE = UUID("6f9c1f52-1f0e-5a53-9d5e-31010900c105")

TicketId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
TicketNumber = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{18}$"), Field(description="What people call the ticket by (工单编号).")
]
HotIssueNumber = Annotated[
    str,
    StringConstraints(pattern=r"^R[0-9]{2}-[0-9]{5,9}-[0-9X]$"),
    Field(description="What people call the issue by."),
]
ProjectNumber = Annotated[
    str,
    StringConstraints(pattern=r"^W[0-9]{2}-[0-9]{5,9}-[0-9X]$"),
    Field(description="What people call the project by."),
]
Version = Annotated[int, Field(ge=1, description="The aggregate's version; rises by at least one a fact.")]

Headers = list[tuple[str, bytes]]


def deterministic_id(consumer: str, cause: str, event_type: str, ordinal: int = 0) -> UUID:
    """The id of an output that is made again on redelivery: same cause, same id (ADR 20)."""
    return uuid5(NAMESPACE, f"{consumer}|{cause}|{event_type}|{ordinal}")


class Event(BaseModel):
    """Base of all events. Subclasses set `type` and say in `aggregate_id` whose fact it is.

    Readers ignore fields they do not know (a newer writer adds optional ones); anything that is not an
    optional addition is a new `type`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    version: Version

    @property
    def aggregate_id(self) -> str:
        raise NotImplementedError

    @classmethod
    def dataschema(cls) -> str:
        """Where the body's JSON Schema is, relative to `services/contracts`."""
        return f"schemas/{cls.type}.json"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event as it stands on a topic. `time` is when the fact was recorded (business clock).

    `topic` is where a reader found it, which says who wrote it: a topic has one writer.
    """

    id: UUID
    source: str
    time: datetime
    event: Event
    traceparent: str | None = None
    topic: str | None = None

    @property
    def key(self) -> bytes:
        return self.event.aggregate_id.encode()

    def headers(self) -> Headers:
        pairs = {
            "ce_specversion": "1.0",
            "ce_id": str(self.id),
            "ce_type": self.event.type,
            "ce_source": self.source,
            "ce_subject": self.event.aggregate_id,
            "ce_time": self.time.isoformat(),
            "ce_dataschema": self.event.dataschema(),
            "content-type": "application/json",
        }
        if self.traceparent:
            pairs["traceparent"] = self.traceparent
        return [(name, value.encode()) for name, value in pairs.items()]

    def value(self) -> bytes:
        return self.event.model_dump_json(exclude_none=True).encode()

    @classmethod
    def parse(cls, headers: Headers, value: bytes | None, registry: dict[str, type[Event]]) -> Self:
        """Reads a record's headers and body.

        Raises MalformedEvent (which names the attribute) for anything that is not a known event; such
        a record can never work and belongs to the dead letters.
        """
        attributes = _attributes(headers)
        try:
            event_type = registry.get(attributes["ce_type"])
            if event_type is None:
                raise MalformedEvent(
                    "ce_type", f"unknown event type or version {code_or_nothing(attributes['ce_type'])}"
                )
            if attributes["ce_specversion"] != "1.0":
                raise MalformedEvent("ce_specversion", "is not 1.0")
            envelope_id = _read("ce_id", UUID, attributes["ce_id"])
            time = _read("ce_time", datetime.fromisoformat, attributes["ce_time"])
            source = attributes["ce_source"]
        except KeyError as missing:
            raise MalformedEvent(str(missing.args[0]), "header is missing") from None
        if time.tzinfo is None:
            raise MalformedEvent("ce_time", "has no zone")
        if value is None:
            raise MalformedEvent("body", "is empty")
        event = _read("body", event_type.model_validate_json, value)
        return cls(envelope_id, source, time, event, attributes.get("traceparent"))


class MalformedEvent(ValueError):
    """A record that is not a valid event. `attribute` names the header, or `body`."""

    def __init__(self, attribute: str, why: str) -> None:
        super().__init__(f"{attribute}: {why}")
        self.attribute = attribute


def _attributes(headers: Headers) -> dict[str, str]:
    try:
        return {name: value.decode() for name, value in headers if value is not None}
    except UnicodeDecodeError as error:
        raise MalformedEvent("headers", f"are not UTF-8: {error}") from None


def _read(attribute: str, reader: Any, raw: Any) -> Any:
    """Raises MalformedEvent, which says what is wrong and holds nothing of what was read."""
    try:
        return reader(raw)
    except ValidationError as error:
        raise MalformedEvent(attribute, model_fault(error)[:500]) from None
    except (ValueError, RecursionError) as error:
        raise MalformedEvent(attribute, f"cannot be read ({type(error).__name__})") from None
