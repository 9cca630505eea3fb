"""Two parts of a district: what the greening department leads, and what is not its own.

Whatever is foreign bears the name MARK, lies in the sub-district 310109010, and is led by housing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import text

from services.contracts.ticket_events import Place
from services.notifier.store.tables import deliveries
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.harness.consulting import JOIN, drafted, note_opinion
from tests.integration.intake.conftest import classified, fresh_key
from tests.integration.notifier import events as notifier_events
from tests.integration.notifier.subscribing import activate, subscribe
from tests.integration.projects.events import dispatched, take
from tests.integration.rights.served import INTAKE, NOTIFIER, PROJECTS, Served

MARK = "望山小区"
OWN = "department:greening"
HERE, THERE = "310109014", "310109010"
NOBODY = "00000000-0000-0000-0000-000000000000"
FAR = Place(sub_district=THERE, estate="wangshan", estate_name=MARK)

_CONTENTS: Mapping[str, Sequence[str]] = {
    INTAKE: (
        "SELECT t::text FROM tickets t WHERE id::text = ANY(:foreign)",
        "SELECT h::text FROM ticket_history h WHERE ticket_id::text = ANY(:foreign)",
        "SELECT s::text FROM settlements s WHERE ticket_id::text = ANY(:foreign)",
        "SELECT a::text FROM attachments a WHERE ticket_id::text = ANY(:foreign)",
        "SELECT id::text FROM tickets WHERE merged_into::text = ANY(:foreign)",
    ),
    PROJECTS: (
        "SELECT i::text FROM hot_issues i WHERE id = ANY(:foreign)",
        "SELECT m::text FROM hot_issue_members m WHERE hot_issue_id = ANY(:foreign)",
        "SELECT p::text FROM repair_projects p WHERE id = ANY(:foreign)",
        "SELECT h::text FROM repair_project_history h WHERE project_id = ANY(:foreign)",
        "SELECT c::text FROM consultations c WHERE project_id = ANY(:foreign)",
        "SELECT b::text FROM consultation_ballots b WHERE consultation_id = ANY(:foreign)",
        "SELECT o::text FROM consultation_opinions o WHERE project_id = ANY(:foreign)",
    ),
    NOTIFIER: (
        "SELECT w::text FROM webhooks w WHERE webhook_id::text = ANY(:foreign)",
        "SELECT d::text FROM deliveries d WHERE delivery_id::text = ANY(:foreign)",
        "SELECT s::text FROM webhook_sendings s WHERE webhook_id::text = ANY(:foreign)",
    ),
}
_VERSIONS: Mapping[str, str] = {
    "ticket_id": "SELECT version FROM tickets WHERE id::text = :id",
    "hot_issue_id": "SELECT version FROM hot_issues WHERE id = :id",
    "consultation_id": "SELECT version FROM consultations WHERE id = :id",
    "project_id": "SELECT version FROM repair_projects WHERE id = :id",
}


@dataclass
class Part:
    """A service with its rows: `ids` by the name of the field that may name them, and which of them are foreign."""

    served: Served
    name: str
    ids: dict[str, list[str]] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)

    def contents(self) -> list[tuple[int, str]]:
        """All that is stored of what is foreign, by the number of its table."""
        if self.served.workshop is None:
            return []
        parts = (f"SELECT {number}, * FROM ({one}) AS t{number}" for number, one in enumerate(_CONTENTS[self.name]))  # noqa: S608
        with self.served.workshop.engine.begin() as connection:
            found = connection.execute(text(" UNION ALL ".join(parts)), {"foreign": self.foreign})
            return sorted((number, row) for number, row in found)

    def version(self, path: Mapping[str, Any]) -> int:
        """The version of what the path names; 1 for what has none."""
        named = next((name for name in path if name in _VERSIONS), None)
        if named is None or self.served.workshop is None:
            return 1
        with self.served.workshop.engine.connect() as connection:
            return connection.execute(text(_VERSIONS[named]), {"id": path[named]}).scalar() or 1


def staged(four: Mapping[str, Served]) -> dict[str, Part]:
    parts = {name: Part(served, name) for name, served in four.items()}
    _tickets(parts[INTAKE])
    _problems(parts[PROJECTS])
    _webhooks(parts[NOTIFIER])
    return parts


def _tickets(part: Part) -> None:
    hub = part.served.as_("hub")
    own = [_ticket(part, hub, Place(sub_district=HERE, estate="own")) for _ in range(2)]
    for ticket_id in own:
        _ok(hub.post(f"/tickets/{ticket_id}/redispatch", json={"version": 3, "lead": "greening", "reason": "绿化"}))
    part.foreign = [_ticket(part, hub, FAR) for _ in range(2)]
    recording = {"purpose": "evidence", "recording": "records/260701/7"}
    kept = _ok(hub.post(f"/tickets/{part.foreign[0]}/attachments", data=recording))
    ids = [*own, *part.foreign, NOBODY]
    part.ids = {"ticket_id": ids, "into": ids, "ticket_ids": ids, "attachment_id": [kept["attachment_id"], NOBODY]}
    assert MARK in hub.get(f"/tickets/{part.foreign[0]}").text


def _ticket(part: Part, hub: TestClient, place: Place) -> str:
    where = place.estate_name or "家门口"
    answer = hub.post("/tickets", json={"text": f"{where}楼顶漏雨，请来修"}, headers=fresh_key())
    ticket_id = str(_ok(answer)["ticket_id"])
    assert part.served.workshop
    with part.served.workshop.open() as work:
        part.served.on_classified([classified(ticket_id, place=place)], work)
    return ticket_id


def _problems(part: Part) -> None:
    workshop, hub = part.served.workshop, part.served.as_("hub")
    assert workshop
    cells = [("quyang-1", "MJ02"), ("quyang-1", "MJ04"), ("quyang-1", "MJ01"), ("quyang-1", "MJ03")]
    for first, (estate, type_code) in enumerate(cells):
        facts = [dispatched(n, type_code, estate, by=n + 1, day=20) for n in range(first * 10, first * 10 + 5)]
        named = {"estate_name": MARK} if first > 1 else {}
        take(workshop, *(one.model_copy(update={"place": _at(one.place, **named)}) for one in facts))
    *own, undecided, with_project = (hot_issue_id(Cell(*cell), 0) for cell in cells)
    for issue_id in own:
        version = hub.get(f"/hot-issues/{issue_id}").json()["version"]
        _ok(hub.post(f"/hot-issues/{issue_id}/assignment", json={"version": version, "lead": "greening"}))
    version = hub.get(f"/hot-issues/{with_project}").json()["version"]
    decision = {"version": version, "kind": "project", "reason": MARK}
    project = _ok(hub.post(f"/hot-issues/{with_project}/decision", json=decision))["project_id"]
    asked = drafted(hub, project, [JOIN | {"wording": MARK}])["consultation_id"]
    opinion = note_opinion(hub, project)["opinion_id"]
    part.foreign = [undecided, with_project, project, asked, opinion]
    ids = [*own, undecided, with_project, NOBODY]
    tickets = [notifier_events.ticket_id(n) for n in (0, 20, 30, 4711)]
    part.ids = {"hot_issue_id": ids, "merge_into": ids, "project_id": [project, NOBODY], "ticket_id": tickets}
    part.ids |= {"consultation_id": [asked, NOBODY], "opinion_id": [opinion, NOBODY]}
    assert MARK in hub.get(f"/projects/{project}").text


def _webhooks(part: Part) -> None:
    workshop, admin = part.served.workshop, part.served.as_("admin")
    assert workshop
    own, foreign = (
        subscribe(admin, code, f"https://hooks.example.com/{name}")
        for code, name in (("greening", "own"), ("housing", "wangshan"))
    )
    for webhook in (own, foreign):
        activate(workshop, webhook)
    take_all = (
        notifier_events.text_of(1),
        notifier_events.dispatched(1),
        notifier_events.text_of(2),
        notifier_events.dispatched(2, lead="greening"),
    )
    notifier_events.take(workshop, *take_all)
    with workshop.engine.connect() as connection:
        sent = {str(row.delivery_id): row.recipient for row in connection.execute(deliveries.select())}
    part.foreign = [foreign["webhook_id"], *(one for one, recipient in sent.items() if recipient != OWN)]
    webhooks = [own["webhook_id"], foreign["webhook_id"], NOBODY]
    part.ids = {"webhook_id": webhooks, "delivery_id": [*sent, NOBODY], "cursor": [*sent, NOBODY]}
    part.ids |= {
        "ticket_id": [notifier_events.ticket_id(1), notifier_events.ticket_id(2), NOBODY],
        "department": ["greening", "housing"],
    }
    assert "wangshan" in admin.get("/webhooks").text


def _at(place: Place | None, **named: str) -> Place:
    assert place
    return place.model_copy(update=named)


def _ok(answer: Any) -> dict[str, Any]:
    assert answer.status_code < 300, answer.text
    return dict(answer.json())
