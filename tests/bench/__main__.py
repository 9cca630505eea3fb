"""`make bench`: the figures of the README, on Apache Kafka and PostgreSQL on this machine.

Client, services, broker and database share the machine's cores. `python -m tests.bench latency drain` runs some alone.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from services.localstack.stack import Stack
from tests.bench import (
    consulting,
    detection,
    digests,
    effects,
    flow,
    importing,
    joining,
    numbers,
    planted,
    projects,
    secure,
    tickets,
    vault,
    webhooks,
)

BENCHES = {
    "latency": flow.latency,
    "cost": flow.cost_of_tickets,
    "sustained": flow.sustained_rate,
    "drain": flow.drain_of_a_burst,
    "replay": flow.replay_from_the_beginning,
    "joining": joining.late_joiner,
    "import": importing.import_of_a_file,
    "receipts": tickets.receipts,
    "life-cycles": tickets.life_cycles,
    "tick": tickets.tick,
    "search": numbers.search_by_number,
}
ALONE = {
    "detection": detection.cost_of_detection,
    "unplaced": detection.detection_without_an_estate,
    "effects": effects.estates_judged,
    "rebuild": detection.rebuild_of_projects,
    "collisions": numbers.collisions,
    "planted": planted.planted_values_after_a_demo,
    "consultation": consulting.consultation_of_a_large_estate,
    "project-page": projects.page_of_a_large_project,
    "digests": digests.digests_of_many_officers,
    "webhooks": webhooks.webhooks_of_one_process,
    "rotation": vault.rotation_of_the_master_key,
    "secure": secure.cost_of_a_closed_broker,
}
"""Figures of one part, or on a stack of their own."""


def main() -> int:
    wanted = sys.argv[1:] or [*BENCHES, *ALONE]
    unknown = [name for name in wanted if name not in (*BENCHES, *ALONE)]
    if unknown:
        print(f"unknown figure {unknown[0]!r}; there are: {', '.join([*BENCHES, *ALONE])}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="closedloop-bench-") as folder:
        for name in wanted:
            if name in ALONE:
                ALONE[name]()
                continue
            with Stack(Path(folder) / name, kafka="apache") as stack:
                flow.warm_up(stack)
                BENCHES[name](stack)
    return 0


if __name__ == "__main__":
    sys.exit(main())
