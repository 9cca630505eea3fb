"""Plants values of people's into every kind of field of a running stack, as people write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from uuid import uuid4

import httpx

from demo.interfaces import Refused
from demo.stage import Stage
from services.contracts.reply_events import TicketContactReplied, TicketSettlementReplied
from services.intake.jobs.planted_values import planted_values
from tests.bench.searching import Secret

VALUES, OF_A_KIND = 1_000, 77
_SIGNS = "乾坤震艮离坎兑巽子丑寅卯辰巳午未"
_GIVEN_NAMES = "骞翀彧旻昕晗曦朔栩桓沄泓洵浠淳湛滢潇澍濯灏炜烨煊熠珩琮瑄璟甯晟昀珺"
HOUSING, HERE = "department:housing", "310109016"
Step = tuple[str, str, Sequence[str], dict[str, Any]]
"""Role, path, the fields that hold the words, and other fields."""

ONLY_REASON = ("reason",)
LIVES: Sequence[Sequence[Step]] = (
    (
        (HOUSING, "contact", ("note",), {}),
        (HOUSING, "report", ("note",), {}),
        (HOUSING, "settlement", ("public_answer", "reason", "handling"), {"unit_solved": False}),
        ("hub", "missed-visit", ONLY_REASON, {}),
        ("hub", "visit", ("note", "redo"), {"caller_solved": False}),
    ),
    (
        (HOUSING, "signature", (), {}),
        (HOUSING, "extension", ("note",), {}),
        ("hub", "extension/grant", ONLY_REASON, {}),
        ("hub", "pause", ONLY_REASON, {}),
        ("hub", "resumption", ONLY_REASON, {}),
    ),
    (
        (HOUSING, "return", ("note",), {}),
        ("hub", "return/refusal", ONLY_REASON, {}),
        ("hub", "supervision", ONLY_REASON, {}),
        ("hub", "reclassification", ("reason", "place.estate_name"), {"place": {"sub_district": HERE}}),
    ),
    (
        ("hub", "co-handlers", ONLY_REASON, {"unit": "fire"}),
        ("department:fire", "assistance", ("note",), {}),
        (HOUSING, "return", ("note",), {}),
        ("hub", "return/upholding", ONLY_REASON, {"lead": "market"}),
    ),
)


@dataclass(frozen=True, slots=True)
class Plant:
    """A ticket with a secret in its text and address and in what is written about it. `phone`, `name`, `email` and
    `known_as` are its caller's, and nobody else's."""

    number: int
    secret: Secret
    words: str
    phone: str
    name: str
    email: str
    known_as: str

    @property
    def caller(self) -> dict[str, str]:
        return {"name": self.name, "phone": self.phone, "email": self.email, "id": self.known_as}


@dataclass(slots=True)
class Planted:
    """`tickets` by the number of their plant. `fields` counts what was taken, `refused` what was not."""

    plants: list[Plant]
    tickets: dict[int, str] = field(default_factory=dict)
    fields: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


def plants(seed: int) -> list[Plant]:
    """The same for the same seed."""
    names = [f"欧阳{first}{second}" for first, second in product(_GIVEN_NAMES, repeat=2)]
    found = []
    values = list(planted_values(seed, variants=OF_A_KIND))[:VALUES]
    for number, (one, name) in enumerate(zip(values, names[:VALUES], strict=True)):
        sign = "".join(_SIGNS[number >> shift & 15] for shift in (8, 4, 0))
        secret = Secret(one.kind, one.secret, f"标{sign}起。", f"。标{sign}止")
        own = one.name or name
        phone = f"139{71_000_000 + number * 7}"
        found.append(
            Plant(
                number,
                secret,
                secret.within(one.text),
                phone,
                own,
                email=f"ouyang-{number:04}@planted.example",
                known_as=f"被植入者{number:04}",
            )
        )
    return found


def plant(stage: Stage, seed: int, quiet: Callable[[], None]) -> Planted:
    """Files the tickets, lets them be read, and writes the words wherever people write."""
    done = Planted(plants(seed))
    _file(stage, done)
    quiet()
    stage.interfaces.all_at_once(lambda one: _live(stage, done, one), done.plants)
    quiet()
    _elsewhere(stage, done)
    quiet()
    return done


def _file(stage: Stage, done: Planted) -> None:
    hub = stage.interfaces.as_role("hub")
    for start in range(0, len(done.plants), 200):
        some = done.plants[start : start + 200]
        rows = [
            {
                "source_id": f"{one.phone}-{one.number}",
                "text": f"曲阳路街道一处楼道灯坏了。{one.words}",
                "address": one.words,
                "caller": one.caller,
            }
            for one in some
        ]
        answers = hub.post("intake", "/tickets/batch", {"source": "planted", "mode": "live", "tickets": rows})
        for one, answer in zip(some, answers["results"], strict=True):
            if "ticket_id" not in answer:
                raise Refused(f"intake rejects what was planted: {answer}")
            done.tickets[one.number] = answer["ticket_id"]
            done.fields.update(("text", "address", "caller", "source_id"))


def _live(stage: Stage, done: Planted, one: Plant) -> None:
    ticket_id = done.tickets[one.number]
    seen = stage.interfaces.as_role("hub").get("intake", f"/tickets/{ticket_id}")
    if seen["state"] == "in review":
        _step(stage, done, one, ("hub", "dispatch", ONLY_REASON, {"type_code": "MJ03", "lead": "housing"}))
    elif seen["lead"] != "housing":
        _step(stage, done, one, ("hub", "redispatch", ONLY_REASON, {"lead": "housing"}))
    life = one.number % (len(LIVES) + 3)
    if life < len(LIVES):
        for step in LIVES[life]:
            _step(stage, done, one, step)
    elif life == len(LIVES):
        _attach(stage, done, one)
    elif life == len(LIVES) + 1:
        _follow(stage, done, one)


def _step(stage: Stage, done: Planted, one: Plant, step: Step) -> None:
    role, path, fields, more = step
    body: dict[str, Any] = {**more}
    for name in fields:
        whole, _, part = name.partition(".")
        body[whole] = {**body.get(whole, {}), part: one.words} if part else one.words
    person, thing = stage.interfaces.as_role(role), f"/tickets/{done.tickets[one.number]}"
    try:
        person.step("intake", thing, path, body, wanted=lambda _: False)
    except Refused:
        done.refused[path] += 1
    else:
        done.fields.update(f"{path} {name}" for name in fields)


def _attach(stage: Stage, done: Planted, one: Plant) -> None:
    file = (f"{one.words}.txt", f"{one.number}".encode(), "text/plain")
    path = f"/tickets/{done.tickets[one.number]}/attachments"
    answer = stage.interfaces.client("hub", "intake").post(path, data={"purpose": "evidence"}, files={"file": file})
    _count(done, "attachments file", answer)


def _follow(stage: Stage, done: Planted, one: Plant) -> None:
    body = {"caller": {"phone": one.phone, "name": one.name}, "note": one.words}
    path = f"/tickets/{done.tickets[one.number]}/followers"
    key = {"Idempotency-Key": f"{one.phone}-{uuid4()}"}
    answer = stage.interfaces.client("hub", "intake").post(path, json=body, headers=key)
    _count(done, "followers note", answer)


def _elsewhere(stage: Stage, done: Planted) -> None:
    """What is not about a ticket of one's own: the last plants, of whom nobody is erased."""
    rest = iter(done.plants[::-1])
    hub, city = stage.interfaces.client("hub", "intake"), stage.interfaces.client("city", "intake")
    for _ in range(20):
        one = next(rest)
        stage.city.file(city, one.words, address=one.words, caller=one.caller)
        done.fields["city text"] += 1
        seen = hub.get(f"/tickets/{done.tickets[one.number]}").json()
        known = {"version": seen["version"], "ticket_id": done.tickets[one.number], "actor": "demo", "text": one.words}
        stage.replies.send("housing", TicketContactReplied(**known))
        solved = {"unit_solved": False, "reason": one.words, "handling": one.words}
        stage.replies.send("housing", TicketSettlementReplied(**known, **solved))
        done.fields.update(("reply text", "reply reason", "reply handling"))
    for follow_up in hub.get("/follow-ups", params={"stage": "asked"}).json()["items"][:20]:
        body = {"version": follow_up["version"], "solved": False, "note": next(rest).words}
        _count(done, "follow-up note", hub.post(f"/follow-ups/{follow_up['follow_up_id']}/answer", json=body))
    one = next(rest)
    edit = {"base_version": 0, "reason": one.words, "changes": [{"type_code": "MJ01", "lead": "housing"}]}
    _count(done, "catalogue reason", hub.post("/catalogue/versions", json=edit))
    asked = {"/search": {"q": one.phone}, "/known-matters": {"text": one.words}, "/tickets": {"state": one.words}}
    for path, query in asked.items():
        done.fields[f"GET {path}"] += hub.get(path, params=query).status_code < 500
    _count(done, "caller search", hub.post("/callers/search", json={"phone": one.phone, "purpose": "correction"}))
    board = stage.interfaces.client("hub", "projects")
    for issue in board.get("/hot-issues", params={"limit": 50}).json()["items"]:
        note = {"version": issue["version"], "note": next(rest).words}
        _count(done, "hot issue note", board.post(f"/hot-issues/{issue['hot_issue_id']}/assignment", json=note))
    for project in board.get("/projects", params={"limit": 50}).json()["items"]:
        shown = board.get(f"/projects/{project['project_id']}").json()
        for state in shown["may_become"][:1]:
            step = {"version": shown["version"], "to": state, "note": next(rest).words}
            _count(done, "project note", board.post(f"/projects/{project['project_id']}/steps", json=step))
    webhook = {"department": "housing", "url": f"https://hooks.example.com/{one.phone}"}
    _count(done, "webhook url", stage.interfaces.client("admin", "notifier").post("/webhooks", json=webhook))


def _count(done: Planted, name: str, answer: httpx.Response) -> None:
    (done.fields if answer.is_success else done.refused)[name] += 1
