"""One resident's story to its end: her call, what she is sent, what she answers, and that she is forgotten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

import httpx

from demo.calls import Call
from demo.hub import Hub
from demo.interfaces import Interfaces, Person
from demo.messages import Messages
from demo.residents import Residents
from demo.scene import SceneFailed
from demo.traces import Traces
from demo.world import Condition, Fault

STORY = "sewer"
"""Its first works hold for weeks only: from her call to the question after the second ones two years pass."""
CONTACTED = "已电话联系来电人，核实返水部位，约定上门查看。"
ERASED_AFTER = timedelta(days=28)
"""From her answer to her wish to be forgotten; chosen so that it is a later day of the demo."""
WISH = "居民本人申请删除个人信息。"

_LINK = re.compile(r"https?://[^\s/]+/r/[A-Za-z0-9_-]+")
_IN_PLACE_OF_LINK = "（链接）"


@dataclass(frozen=True, slots=True)
class CallerMessage:
    """What the gateway took for her, with its words in English; without the link."""

    at: datetime
    cn: str
    en: str


@dataclass(slots=True)
class Account:
    """What happened to her so far; what is still to come is None or empty.

    `kept` and `left` are what the privacy report said before and after the erasure. `places` are the tables in which
    her name or telephone could be read afterwards.
    """

    call: Call
    ticket_id: str
    department: str
    contacted: datetime
    number: str
    text: str
    messages: list[CallerMessage] = field(default_factory=list)
    readings: list[dict[str, Any]] = field(default_factory=list)
    answered: datetime | None = None
    erased: datetime | None = None
    kept: dict[str, Any] = field(default_factory=dict)
    left: dict[str, Any] = field(default_factory=dict)
    places: list[str] | None = None

    @property
    def phone(self) -> str:
        return self.call.phone or ""


class OneCaller:
    """She is the caller who makes STORY a hot issue. Raises SceneFailed where something is not as promised."""

    def __init__(
        self, interfaces: Interfaces, residents: Residents, messages: Messages, traces: Traces, hub: Hub
    ) -> None:
        self._interfaces = interfaces
        self._residents = residents
        self._messages = messages
        self._traces = traces
        self._hub = hub
        self._account: Account | None = None
        self._heard = 0

    def first_contact(self, now: datetime, new: Mapping[str, str]) -> None:
        """Her department's clerk reads her telephone and calls her. `new`: the tickets of this step."""
        if self._account:
            return
        calls = self._residents.calls
        known = [str(one["ticket_id"]) for one in self._followed()]
        known = [one for one in known if one in new and calls[one].phone]
        mine = min(known, key=lambda one: calls[one].at, default=None)
        if mine is None:
            return
        clerk = self._interfaces.as_role(f"department:{new[mine]}")
        read = clerk.get("intake", f"/tickets/{mine}/caller", purpose="first contact")
        _expect(read["phone"] == calls[mine].phone, "the clerk reads another telephone than she called from")
        clerk.step(
            "intake",
            f"/tickets/{mine}",
            "contact",
            {"note": CONTACTED},
            wanted=lambda seen: seen["state"] != "contacted",
        )
        ticket = clerk.get("intake", f"/tickets/{mine}")
        self._account = Account(calls[mine], mine, new[mine], now, ticket["number"], ticket["text"])
        self._hub.self_answering.add(mine)

    def evening(self, now: datetime) -> bool:
        """What she does when all is quiet and all messages have left; True if that is work for the services."""
        mine = self._account
        if mine is None or mine.places is not None:
            return False
        if mine.answered is None:
            return self._answer(mine, now)
        if mine.erased is None:
            return now >= mine.answered + ERASED_AFTER and self._ask_to_be_forgotten(mine, now)
        self._look_for(mine)
        return False

    def account(self) -> Account | None:
        """None when the story did not begin."""
        mine = self._account
        if mine is not None and mine.erased is None:
            self._collect(mine)
        return mine

    def _answer(self, mine: Account, now: datetime) -> bool:
        """Answers by the link in the message that asks whether the works have solved it, once they have."""
        taken = self._messages.to(mine.phone)
        links = [link for _, text in taken[self._heard :] for link in _LINK.findall(text)]
        self._heard = len(taken)
        if not links or self._stage(mine) != "asked" or self._fault().condition is not Condition.CURED:
            return False
        page = urlsplit(links[-1]).path
        caller = self._interfaces.passer_by("intake")
        caller.get(page).raise_for_status()
        caller.post(page, data={"said": "yes"}).raise_for_status()
        _expect(self._stage(mine) == "solved", "her answer by link did not count")
        mine.answered = now
        return True

    def _ask_to_be_forgotten(self, mine: Account, now: datetime) -> bool:
        self._collect(mine)
        officer, she = self._interfaces.as_role("hub", "identity-reader"), {"phone": mine.phone}
        mine.kept = officer.post("intake", "/privacy/report", she)
        again = str(uuid5(NAMESPACE_URL, mine.ticket_id))
        officer.post("intake", "/privacy/erasures", {**she, "reason": WISH, "erasure_id": again})
        mine.erased = now
        return True

    def _look_for(self, mine: Account) -> None:
        caller = self._interfaces.client("hub", "intake").get(
            f"/tickets/{mine.ticket_id}/caller", params={"purpose": "own request"}
        )
        _expect(caller.status_code == httpx.codes.GONE, f"after the erasure her ticket answers {caller.status_code}")
        officer = self._interfaces.as_role("hub", "identity-reader")
        mine.left = officer.post("intake", "/privacy/report", {"ticket_id": mine.ticket_id})
        mine.readings = self._readings(mine)
        mine.places = self._traces.of(mine.phone, mine.call.name or mine.phone)
        _expect(not mine.places, f"after the erasure she is found in {mine.places}")

    def _collect(self, mine: Account) -> None:
        sent = heard(self._interfaces.as_role("hub"), self._messages, mine.ticket_id, mine.phone)
        mine.messages = [one for one in sent if one.en]
        mine.readings = self._readings(mine)

    def _readings(self, mine: Account) -> list[dict[str, Any]]:
        """Who asked for her number, the oldest first."""
        items = list(self._interfaces.as_role("hub").pages("intake", "/caller-readings", ticket_id=mine.ticket_id))
        _expect(any(one["purpose"] == "first contact" for one in items), "the clerk's reading is not in the log")
        return items[::-1]

    def _fault(self) -> Fault:
        return next(fault for fault in self._hub.faults.values() if fault.story.key == STORY)

    def _followed(self) -> list[dict[str, Any]]:
        """The follow-ups of the matter; none while it is no hot issue."""
        issue = next((one for one, fault in self._hub.faults.items() if fault.story.key == STORY), None)
        return list(self._interfaces.as_role("hub").pages("intake", "/follow-ups", hot_issue=issue)) if issue else []

    def _stage(self, mine: Account) -> str | None:
        return next((str(one["stage"]) for one in self._followed() if one["ticket_id"] == mine.ticket_id), None)


def heard(hub: Person, messages: Messages, ticket_id: str, phone: str) -> list[CallerMessage]:
    """What the caller of a ticket was sent, in this order; in English too as long as intake keeps what it planned."""
    items = hub.get("intake", f"/tickets/{ticket_id}/tellings")["items"]
    english = {one["words"]["zh"]: one["words"]["en"] for one in items if one["words"]}
    taken = [(at, _LINK.sub(_IN_PLACE_OF_LINK, text)) for at, text in messages.to(phone)]
    return [CallerMessage(at, text, english.get(text, "")) for at, text in taken]


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SceneFailed(f"the story of one caller: {otherwise}")
