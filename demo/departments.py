"""The departments at their desks: each settles, within its limit, what came to its own topic."""

from __future__ import annotations

from collections import Counter

from demo.district import District
from demo.interfaces import Interfaces
from demo.scene import Scenes
from services.contracts.department_events import HotIssueTold, TicketAssigned
from services.contracts.event import Event
from services.contracts.hot_issue_events import HotIssueNotShown, HotIssueVerified, HotIssueWithdrawn

LATE_SHARE = 0.03
"""Of the tickets some wait for one step longer, past their limit, as it happens."""

ANSWERS = (
    "已到现场核实并处理，请居民继续监督。",
    "已联系来电人，问题当场解决。",
    "已督促责任单位整改，完成后复查。",
    "情况属实，已安排维修，现已完成。",
)
ENDED = frozenset({HotIssueVerified.type, HotIssueNotShown.type, HotIssueWithdrawn.type})
"""From now on a ticket of the cell is a single matter again."""

CONTACTED = "已电话联系来电人，了解情况并约定上门时间。"
PLANNED = "情况属实，涉及多户，单次维修不能根治，已纳入修缮（整治）计划，进展将逐户告知。"
ENTERED = "entered the repair plan"


class Departments:
    """Acts for all of them. A department knows a hot issue when its topic has told it so."""

    def __init__(self, interfaces: Interfaces, district: District, scenes: Scenes) -> None:
        self._interfaces = interfaces
        self._scenes = scenes
        self._dice = district.dice("departments")
        self._waiting: dict[str, tuple[str, TicketAssigned]] = {}
        self._versions: dict[str, int] = {}
        """Of each waiting ticket whose caller was contacted."""
        self._late: set[str] = set()
        self._concentrated: set[tuple[str | None, str]] = set()
        self.told: Counter[str] = Counter()
        self.settled: Counter[str] = Counter()

    def hear(self, department: str, message: Event) -> None:
        self.told[department] += 1
        if isinstance(message, TicketAssigned):
            if message.ticket_id not in self._scenes.tickets:
                self._waiting.setdefault(message.ticket_id, (department, message))
        elif isinstance(message, HotIssueTold):
            self._know(message)

    def contact(self) -> None:
        """Speaks with each caller on the day the ticket came, but for a few (先行联系)."""
        new = [one for one in self._waiting if one not in self._versions]
        contacted = [one for one in new if self._dice.random() >= LATE_SHARE]
        steps = self._interfaces.all_at_once(lambda one: self._contact(*self._waiting[one]), contacted)
        self._versions |= {one: self._waiting[one][1].version for one in new}
        self._versions |= dict(zip(contacted, steps, strict=True))

    def _contact(self, department: str, ticket: TicketAssigned) -> int:
        body = {"version": ticket.version, "note": CONTACTED}
        person = self._interfaces.as_role(f"department:{department}")
        return int(person.post("intake", f"/tickets/{ticket.ticket_id}/contact", body)["version"])

    def waiting(self) -> Counter[str]:
        """Tickets not settled yet, by department."""
        return Counter(department for department, _ in self._waiting.values())

    def settle(self) -> None:
        """Answers whatever was on the desks before this step."""
        due = [one for one in self._waiting if one in self._late or self._dice.random() >= LATE_SHARE]
        self._interfaces.all_at_once(
            lambda one: self._settle(*one), [(*self._waiting[one], self._dice.choice(ANSWERS)) for one in due]
        )
        for ticket_id in due:
            department, _ = self._waiting.pop(ticket_id)
            self._versions.pop(ticket_id, None)
            self.settled[department] += 1
        self._late = set(self._waiting)

    def _settle(self, department: str, ticket: TicketAssigned, answer: str) -> None:
        person = self._interfaces.as_role(f"department:{department}")
        path = f"/tickets/{ticket.ticket_id}"
        planned = self._is_concentrated(ticket)
        body = {
            "version": self._versions.get(ticket.ticket_id, ticket.version),
            "public_answer": PLANNED if planned else answer,
            "unit_solved": not planned,
            **({"reason": ENTERED} if planned else {}),
        }
        person.post("intake", f"{path}/settlement", body)

    def _is_concentrated(self, ticket: TicketAssigned) -> bool:
        return ticket.place is not None and (ticket.place.estate, ticket.type_code) in self._concentrated

    def _know(self, issue: HotIssueTold) -> None:
        cell = issue.place.estate, issue.type_code
        if issue.stage in ENDED:
            self._concentrated.discard(cell)
        else:
            self._concentrated.add(cell)
