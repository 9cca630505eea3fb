"""The body of POST /tickets, checked field by field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool
from pydantic_core import PydanticCustomError

from services.contracts.callers import EMAIL, LONGEST_EMAIL, normalise_phone
from services.contracts.departments import departments
from services.contracts.ticket_events import Channel, DepartmentCode
from services.contracts.writing import plain
from services.intake.app.ports import Identity

MAX_TEXT = 20_000
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
CLOCK_TOLERANCE = timedelta(minutes=5)


def _not_blank(text: str) -> str:
    if not plain(text).strip():
        raise ValueError("is blank: write something, or leave the field out if it may be missing")
    return text


def _phone(phone: str) -> str:
    normalise_phone(phone)
    return phone


def _department(code: str) -> str:
    if code not in departments():
        raise ValueError("is no department: take a code of the catalogue's, or leave it out")
    return code


def written_out(moment: Any) -> Any:
    """Refuses a bare number, which would be read as seconds or milliseconds since 1970."""
    if not isinstance(moment, str) or moment.strip().lstrip("+-").replace(".", "", 1).isdigit():
        raise PydanticCustomError("datetime_type", "Input should be a time with its zone")
    return moment


Text = Annotated[str, AfterValidator(_not_blank)]


class CallerBody(BaseModel):
    """Goes to the vault only; what leaves intake is a keyed hash of the phone."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Text, Field(max_length=100)] | None = None
    phone: Annotated[Text, Field(max_length=40), AfterValidator(_phone)] | None = None
    id: Annotated[Text, Field(max_length=100)] | None = Field(
        None, description="How the source tells its callers apart, where it gives no phone."
    )
    email: Annotated[str, Field(max_length=LONGEST_EMAIL, pattern=EMAIL)] | None = Field(
        None, description="Where the caller may be written to."
    )


class TicketBody(BaseModel):
    """A resident's request, as recorded by an operator or a channel."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "text": "凉城路1201弄12号楼顶漏雨，下雨天顶楼走廊全是水，请尽快来修。",
                "address": "凉城路1201弄12号602室",
                "channel": "phone",
                "occurred_at": "2026-07-01T08:30:00+08:00",
                "caller": {"name": "王女士", "phone": "13812345678"},
            }
        },
    )

    text: Annotated[Text, Field(max_length=MAX_TEXT)]
    address: Annotated[Text, Field(max_length=300)] | None = None
    channel: Channel = Channel.PHONE
    occurred_at: Annotated[AwareDatetime, BeforeValidator(written_out)] | None = Field(
        None, description="When the resident turned to us; now, if left out."
    )
    caller: CallerBody | None = None
    about_unit: Annotated[DepartmentCode, AfterValidator(_department)] | None = Field(
        None, description="The department that is reported, if one is: it never gets the ticket."
    )
    confidential: StrictBool = Field(
        False, description="The caller wishes that the units do not learn who they are: only the hub may know."
    )

    def identity(self) -> Identity:
        caller = self.caller or CallerBody()
        return Identity(caller.name, caller.phone, self.text, self.address, caller.id, caller.email)

    def canonical(self) -> bytes:
        """The same bytes for the same request; a field added later does not change them while it is left out."""
        return self.model_dump_json(exclude_defaults=True).encode()


def wrong_time(occurred_at: datetime | None, now: datetime) -> str | None:
    """Why `occurred_at` cannot be when a resident turned to us; None if it can."""
    if occurred_at is None:
        return None
    if occurred_at > now + CLOCK_TOLERANCE:
        return "is in the future: send when the resident turned to us, or leave it out"
    if occurred_at < EARLIEST:
        return "is before 2000: correct the year, or leave it out"
    return None
