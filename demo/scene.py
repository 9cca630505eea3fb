"""A scene: a special case of a ticket, played over the real interfaces alongside everything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from demo.calls import Call
from demo.city import City
from demo.district import District
from demo.interfaces import Interfaces, subject
from demo.replies import Replies
from demo.residents import Residents
from services.contracts.event import Event


class SceneFailed(RuntimeError):
    """A scene did not end as expected; the message says which, and in what state."""


class Actors:
    """What people do in a scene, and the scene's tickets by name."""

    def __init__(
        self,
        interfaces: Interfaces,
        district: District,
        residents: Residents,
        replies: Replies,
        city: City,
        begin: datetime,
    ) -> None:
        self.now = begin
        self.city = city
        self._interfaces = interfaces
        self._district = district
        self._residents = residents
        self._replies = replies
        self.tickets: dict[str, str] = {}
        self.numbers: dict[str, str] = {}
        """The city's numbers of the tickets that it filed."""

    def file(self, name: str, text: str, type_code: str, *, resident: int, estate: int = 0) -> None:
        """A resident calls; `type_code` is the true type."""
        call = self._call(text, type_code, resident, estate)
        self._residents.call_the_hotline([call])
        self.tickets[name] = next(ticket for ticket, one in self._residents.calls.items() if one is call)

    def city_files(
        self, name: str, text: str, type_code: str, *, resident: int, estate: int = 0, within: timedelta
    ) -> None:
        """A resident called the city's hotline, which files the ticket here with the city's own deadline."""
        call = self._call(text, type_code, resident, estate)
        client = self._interfaces.client("city", "intake")
        number = self.city.file(client, deadline=(self.now + within).isoformat(), **call.body())
        self.numbers[name] = number
        self.tickets[name] = str(client.get(f"/city/tickets/{number}").raise_for_status().json()["ticket_id"])
        self._residents.called_the_city(call, self.tickets[name])

    def city_visits(self, name: str, *, solved: bool, satisfaction: str) -> None:
        """The city asks the caller after it has received the district's reply. Raises SceneFailed without one."""
        if not self.city.waits_for(self.numbers[name], "reply"):
            raise SceneFailed(f"the city received no reply about {self.numbers[name]}")
        client = self._interfaces.client("city", "intake")
        self.city.visit(client, self.numbers[name], solved=solved, satisfaction=satisfaction)

    def _call(self, text: str, type_code: str, resident: int, estate: int) -> Call:
        place = self._district.estates[estate]
        caller = place.residents[resident]
        address = f"{place.sub_district_name}{place.address}{caller.block}号{caller.room}室"
        return Call(self.now, place.id, type_code, None, text, address, "phone", caller.name, caller.phone)

    def ticket(self, name: str) -> dict[str, Any]:
        shown: dict[str, Any] = self._interfaces.as_role("hub").get("intake", f"/tickets/{self.tickets[name]}")
        return shown

    def lead_by(self, name: str, department: str, type_code: str) -> None:
        """The hub makes sure that `department` leads the ticket, however its text was classified."""
        ticket = self.ticket(name)
        if ticket["state"] == "in review":
            self.hub(name, "dispatch", type_code=type_code, lead=department, reason="人工判读。")
        elif ticket["lead"] != department:
            self.hub(name, "redispatch", lead=department, reason="人工判读。")

    def hub(self, name: str, step: str, **body: Any) -> None:
        self._post("hub", name, step, body)

    def department(self, code: str, name: str, step: str, **body: Any) -> None:
        self._post(f"department:{code}", name, step, body)

    def reply(self, code: str, name: str, kind: type[Event], **fields: Any) -> None:
        """A department replies on its own topic."""
        known = {"version": self.ticket(name)["version"], "ticket_id": self.tickets[name], "actor": "demo"}
        self._replies.send(code, kind.model_validate(known | fields))

    def _post(self, role: str, name: str, step: str, body: dict[str, Any]) -> None:
        """A person acts on the ticket as it is now. After a lost answer, their own entry in its history is enough."""
        version = self.ticket(name)["version"]

        def wanted(seen: dict[str, Any]) -> bool:
            return not any(line["version"] > version and line["actor"] == subject(role) for line in seen["history"])

        self._interfaces.as_role(role).step(
            "intake", f"/tickets/{self.tickets[name]}", step, body, version=version, wanted=wanted
        )


Act = Callable[[Actors], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is done at which step, counted from the scene's first step.

    `mornings` run before the departments have received the step's tickets, `evenings` after; the acts of an evening
    run one by one, each when all is quiet again. `ends` must be true when the play is over. The report shows the
    tickets named in `shown`.
    """

    key: str
    title_cn: str
    title_en: str
    begins: int
    mornings: Mapping[int, Act]
    evenings: Mapping[int, Sequence[Act]]
    ends: Callable[[Actors], bool]
    shown: Sequence[str]

    @property
    def ends_at(self) -> int:
        return self.begins + max(*self.mornings, *self.evenings)


class Scenes:
    """Plays every scene at its time. Nobody else in the demo acts on its `tickets`."""

    def __init__(self, scenes: Sequence[Scene], new_actors: Callable[[], Actors]) -> None:
        self._cast = [(scene, new_actors()) for scene in scenes]
        self._step = 0

    @property
    def tickets(self) -> set[str]:
        return {ticket for _, actors in self._cast for ticket in actors.tickets.values()}

    def morning(self, step: int, now: datetime) -> None:
        self._step = step
        for scene, actors in self._cast:
            actors.now = now
            if act := scene.mornings.get(step - scene.begins):
                act(actors)

    def evening(self, step: int, part: int) -> bool:
        """Runs one part of the evening; True if anybody acted, so that the next part must wait for quiet."""
        acting = False
        for scene, actors in self._cast:
            acts = scene.evenings.get(step - scene.begins, ())
            if part < len(acts):
                acts[part](actors)
                acting = True
        return acting

    def lives(self) -> list[tuple[Scene, list[dict[str, Any]]]]:
        """Each scene that was played to its end, with its tickets as they are now. Raises SceneFailed."""
        played = [(scene, actors) for scene, actors in self._cast if self._step >= scene.ends_at]
        for scene, actors in played:
            if not scene.ends(actors):
                states = {name: actors.ticket(name)["state"] for name in actors.tickets}
                raise SceneFailed(f"the scene {scene.key!r} did not end as expected: {states}")
        return [(scene, [actors.ticket(name) for name in scene.shown]) for scene, actors in played]


def all_scenes() -> tuple[Scene, ...]:
    """Every scene in `demo.scenes`, ordered by when it begins."""
    package = import_module("demo.scenes")
    modules = (import_module(f"{package.__name__}.{one.name}") for one in iter_modules(package.__path__))
    return tuple(sorted((module.SCENE for module in modules), key=lambda scene: (scene.begins, scene.key)))
