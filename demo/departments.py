"""The departments: each contacts its callers and settles, within the limit, the tickets from its own topic."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from random import Random

from demo.district import District
from demo.interfaces import Interfaces, Refused
from demo.residents import Residents
from demo.scene import Scenes
from services.contracts.department_events import HotIssueNotice, TicketAssigned
from services.contracts.event import Event
from services.contracts.hot_issue_events import HotIssueNotShown, HotIssueVerified, HotIssueWithdrawn

MOST = 500
"""Tickets that intake accepts in one request."""

LATE_SHARE = 0.03
"""Share of the tickets that are settled one step later, past their limit."""

ANSWERS = (
    "已到现场核实并处理，请居民继续监督。",
    "已联系来电人，问题当场解决。",
    "已督促责任单位整改，完成后复查。",
    "情况属实，已安排维修，现已完成。",
)
ENDED = frozenset({HotIssueVerified.type, HotIssueNotShown.type, HotIssueWithdrawn.type})
"""After these, a ticket of the cell (estate, type) is an isolated complaint again."""

NOT_CONTACTED = frozenset({"dispatched", "signed"})
DONE = frozenset({"settled", "visited", "archived"})
CONTACTED = "已电话联系来电人，了解情况并约定上门时间。"
PLANNED = "情况属实，涉及多户，单次维修不能根治，已纳入修缮（整治）计划，进展将逐户告知。"
ENTERED = "entered the repair plan"


class Departments:
    """Acts for all departments. A department learns of a hot issue from its own topic.

    `received` counts messages and `settled` tickets, by department.
    """

    def __init__(self, interfaces: Interfaces, district: District, residents: Residents, scenes: Scenes) -> None:
        self._interfaces = interfaces
        self._district = district
        self._residents = residents
        self._scenes = scenes
        self._waiting: dict[str, tuple[str, TicketAssigned]] = {}
        self._known: set[str] = set()
        """Waiting tickets whose callers were contacted, or will not be."""
        self._late: set[str] = set()
        self._concentrated: set[tuple[str | None, str]] = set()
        self.received: Counter[str] = Counter()
        self.settled: Counter[str] = Counter()

    def hear(self, department: str, message: Event) -> None:
        self.received[department] += 1
        if isinstance(message, TicketAssigned):
            if message.ticket_id not in self._scenes.tickets:
                self._waiting.setdefault(message.ticket_id, (department, message))
        elif isinstance(message, HotIssueNotice):
            self._know(message)

    def contact(self) -> None:
        """Contacts the caller on the day the ticket came in (先行联系), except for a few."""
        new = self.new()
        contacted = [one for one in new if self._dice("contact", one).random() >= LATE_SHARE]
        self._interfaces.all_at_once(lambda one: self._contact(*self._waiting[one]), contacted)
        self._known |= set(new)

    def new(self) -> dict[str, str]:
        """The department of each ticket whose caller nobody has contacted yet."""
        return {one: department for one, (department, _) in self._waiting.items() if one not in self._known}

    def _contact(self, department: str, ticket: TicketAssigned) -> None:
        self._interfaces.as_role(f"department:{department}").step(
            "intake",
            f"/tickets/{ticket.ticket_id}",
            "contact",
            {"note": CONTACTED},
            version=ticket.version,
            wanted=lambda seen: seen["state"] in NOT_CONTACTED,
        )

    def waiting(self) -> Counter[str]:
        """Tickets not settled yet, by department."""
        return Counter(department for department, _ in self._waiting.values())

    def settle(self) -> None:
        """Settles the tickets of earlier steps; those that get the same answer in one request."""
        answers: dict[tuple[str, str], list[str]] = defaultdict(list)
        for ticket_id in sorted(self._waiting, key=self._name):
            department, ticket = self._waiting[ticket_id]
            dice = self._dice("settlement", ticket_id)
            if ticket_id in self._late or dice.random() >= LATE_SHARE:
                answer = PLANNED if self._is_concentrated(ticket) else dice.choice(ANSWERS)
                answers[department, answer].append(ticket_id)
        settled = [ticket_id for some in answers.values() for ticket_id in some]
        alone = self._with_one_ticket(settled)
        # Of several messages to one person it is the first ones that keep within the limit: they have an order.
        for (department, answer), some in sorted(answers.items()):
            self._settle(department, answer, [one for one in some if one not in alone])
        self._interfaces.all_at_once(
            lambda one: self._settle(*one[0], [ticket_id for ticket_id in one[1] if ticket_id in alone]),
            answers.items(),
        )
        for ticket_id in settled:
            department, _ = self._waiting.pop(ticket_id)
            self.settled[department] += 1
        self._late = set(self._waiting)
        self._known &= self._late

    def _with_one_ticket(self, ticket_ids: Sequence[str]) -> set[str]:
        """Those of these tickets whose callers have no other among them."""
        calls = self._residents.calls
        phones = Counter(calls[one].phone for one in ticket_ids if one in calls)
        return {one for one in ticket_ids if one in calls and phones[calls[one].phone] == 1}

    def _dice(self, purpose: str, ticket_id: str) -> Random:
        """Each ticket's own: the order in which tickets come differs from play to play."""
        return self._district.dice(f"{purpose}/{self._name(ticket_id)}")

    def _name(self, ticket_id: str) -> str:
        return self._residents.name_of(ticket_id, self._waiting[ticket_id][1].continues)

    def _settle(self, department: str, answer: str, ticket_ids: list[str]) -> None:
        solved = {"unit_solved": False, "reason": ENTERED} if answer == PLANNED else {"unit_solved": True}
        person = self._interfaces.as_role(f"department:{department}")
        for start in range(0, len(ticket_ids), MOST):
            body = {"ticket_ids": ticket_ids[start : start + MOST], "public_answer": answer, **solved}
            results = person.post("intake", "/tickets/answers", body)["results"]
            refused = [one for one in results if "problem" in one and one["problem"].get("current_state") not in DONE]
            if refused:
                raise Refused(f"intake refuses {department}'s answer: {refused[0]}")

    def _is_concentrated(self, ticket: TicketAssigned) -> bool:
        return ticket.place is not None and (ticket.place.estate, ticket.type_code) in self._concentrated

    def _know(self, issue: HotIssueNotice) -> None:
        cell = issue.place.estate, issue.type_code
        if issue.stage in ENDED:
            self._concentrated.discard(cell)
        else:
            self._concentrated.add(cell)
