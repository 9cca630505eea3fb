"""A scene: what may befall one ticket, played over the real interfaces beside everything else."""

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
from demo.interfaces import Interfaces
from demo.replies import Replies
from demo.residents import Residents
from services.contracts.event import Event


class SceneFailed(RuntimeError):
    """A scene did not end as it must; the message says which and how it stands."""


class Actors:
    """Who acts in a scene, and its tickets by name."""

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
        """Of those that the city filed, in the city."""

    def file(self, name: str, text: str, type_code: str, *, resident: int, estate: int = 0) -> None:
        """A resident calls; `type_code` is what it is really about."""
        call = self._call(text, type_code, resident, estate)
        self._residents.turn_to_the_hotline([call])
        self.tickets[name] = next(ticket for ticket, one in self._residents.calls.items() if one is call)

    def city_files(
        self, name: str, text: str, type_code: str, *, resident: int, estate: int = 0, within: timedelta
    ) -> None:
        """A resident called the city's hotline, which hands it down with a deadline of its own."""
        call = self._call(text, type_code, resident, estate)
        client = self._interfaces.client("city", "intake")
        number = self.city.file(client, deadline=(self.now + within).isoformat(), **call.body())
        self.numbers[name] = number
        self.tickets[name] = str(client.get(f"/city/tickets/{number}").raise_for_status().json()["ticket_id"])
        self._residents.turned_to_the_city(call, self.tickets[name])

    def city_visits(self, name: str, *, solved: bool, satisfaction: str) -> None:
        """The city asks the caller, once it has the district's reply. Raises SceneFailed when none comes."""
        if not self.city.waits_for(self.numbers[name], "reply"):
            raise SceneFailed(f"the city was not told how {self.numbers[name]} was settled")
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
        """The hub sees to it that the ticket is with `department`, whatever was read out of its text."""
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
        """A department answers on its own topic."""
        known = {"version": self.ticket(name)["version"], "ticket_id": self.tickets[name], "actor": "demo"}
        self._replies.send(code, kind.model_validate(known | fields))

    def _post(self, role: str, name: str, step: str, body: dict[str, Any]) -> None:
        version = self.ticket(name)["version"]
        path = f"/tickets/{self.tickets[name]}/{step}"
        self._interfaces.as_role(role).post("intake", path, {"version": version} | body)


Act = Callable[[Actors], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is done at which step, counted from the scene's first: `mornings` before anybody has called, `evenings`
    after the departments have heard what came in, one after the other, each when all is quiet again.

    `ends` must hold of the tickets when the play is over; those named by `shown` are told in the report.
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
    """Plays every scene at its time. `tickets` are theirs: nobody else in the demo acts on them."""

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
        """Whether anybody acted in this part of it, so that all must fall quiet and another part may follow."""
        acting = False
        for scene, actors in self._cast:
            acts = scene.evenings.get(step - scene.begins, ())
            if part < len(acts):
                acts[part](actors)
                acting = True
        return acting

    def lives(self) -> list[tuple[Scene, list[dict[str, Any]]]]:
        """Each scene that was played to its end, with its tickets as they stand. Raises SceneFailed."""
        played = [(scene, actors) for scene, actors in self._cast if self._step >= scene.ends_at]
        for scene, actors in played:
            if not scene.ends(actors):
                states = {name: actors.ticket(name)["state"] for name in actors.tickets}
                raise SceneFailed(f"the scene {scene.key!r} did not end as it must: {states}")
        return [(scene, [actors.ticket(name) for name in scene.shown]) for scene, actors in played]


def all_scenes() -> tuple[Scene, ...]:
    """Every scene of `demo.scenes`, one a file, in the order of their beginnings."""
    package = import_module("demo.scenes")
    modules = (import_module(f"{package.__name__}.{one.name}") for one in iter_modules(package.__path__))
    return tuple(sorted((module.SCENE for module in modules), key=lambda scene: (scene.begins, scene.key)))
