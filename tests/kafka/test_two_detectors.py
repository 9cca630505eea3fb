"""Two processes of projects share the tickets; one comes, one dies and comes again while the calls of a cell arrive."""

from __future__ import annotations

from tests.harness.clients import client
from tests.harness.fixtures import NewStack
from tests.harness.waiting import eventually
from tests.kafka.detectors import CALLERS, ESTATES, PARTS, calls, publish, settled


def test_a_rebalance_in_the_middle_of_a_concentration_opens_each_issue_once_with_every_caller(
    new_stack: NewStack,
) -> None:
    stack = new_stack(kafka="apache", instances={"projects": 2})
    stack.start()
    first, second = stack.service("projects", 1), stack.service("projects", 2)
    second.stop()
    every = calls()
    size = len(every) // PARTS
    for part in range(PARTS):
        publish(stack, every[part * size : (part + 1) * size])
        if part == 0:
            eventually(lambda: settled(first) > 0, within=30, what="the first process reads")
        elif part == 3:  # takes partitions over while the first goes on
            second.start()
        elif part == 6:
            second.wait_until_it_answers()
            first.kill()
            first.stop()  # it would come again by itself
        elif part == 9:
            first.start()
    first.wait_until_it_answers()

    def found() -> dict[str, tuple[str, int, int]] | None:
        with client(stack, "projects", "hub") as hub:
            answer = hub.get("/hot-issues", params={"limit": 200}).json()["items"]
        issues = {one["place"]["estate"]: (one["state"], one["callers"], one["calls"]) for one in answer}
        assert len(issues) == len(answer), "one cell has two issues"
        return issues if sum(calls for _, _, calls in issues.values()) >= len(every) else None

    eventually(lambda: settled(second) > 0, within=60, what="the second process reads")
    issues = eventually(found, within=60, what="every call is a member")
    assert issues == {f"estate-{number}": ("confirmed", CALLERS, CALLERS) for number in range(ESTATES)}
