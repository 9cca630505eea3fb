"""Dead letters as an operator handles them: over HTTP."""

from __future__ import annotations

from typing import Any

from tests.kafka.faults.system import System


def open_letters(system: System, service: str) -> list[dict[str, Any]]:
    with system.client(service, "admin") as http:
        answer = http.get("/dead-letters", params={"limit": 500})
        answer.raise_for_status()
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


def replay_all(system: System, service: str) -> int:
    letters = open_letters(system, service)
    with system.client(service, "admin") as http:
        for letter in letters:
            answer = http.post(f"/dead-letters/{letter['id']}/replay")
            assert answer.status_code == 200, answer.text
    return len(letters)
