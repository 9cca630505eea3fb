"""How long a department that joins late takes until it has its open work, by the program of docs/subscribe.md."""

from __future__ import annotations

import json
import time
from datetime import datetime

from services.localstack.postgres import connect
from services.localstack.stack import Stack
from tests.bench.figures import figure
from tests.bench.flow import until_all_is_read
from tests.bench.system import until_quiet
from tests.harness.clients import token
from tests.harness.guide import Reader
from tests.harness.load import COMPLAINTS, Load

OPEN_TICKETS = 5_000
UNIT = "housing"

_HELD = """
    SELECT id::text, version, state, settle_by FROM tickets
     WHERE %s = ANY(co_handlers || lead)
       AND state IN ('dispatched', 'signed', 'contacted', 'handling', 'redo', 'return requested')
"""


def late_joiner(stack: Stack) -> None:
    """All tickets are of one department. What it has read must be what intake holds: id, version, state and limit."""
    load = Load([stack.service("intake").url], token(stack, "hub"), 200, clients=32, seed=9, texts=COMPLAINTS[:1])
    history = load.run(OPEN_TICKETS)
    until_quiet(stack, history, within=600)
    until_all_is_read(stack, "notifier")
    until_quiet(stack, history)
    folder = stack.run_dir / "subscriber"
    folder.mkdir()
    properties = f"bootstrap.servers={stack.bootstrap}\nsecurity.protocol=PLAINTEXT\n"
    (folder / "librdkafka.properties").write_text(properties, encoding="utf-8")
    started = time.monotonic()
    with Reader(folder, UNIT).script("python") as lines:
        said = next(lines)
        took = time.monotonic() - started
    read = {
        one["ticket_id"]: (one["ticket_version"], one["state"], datetime.fromisoformat(one["settle_by"]))
        for one in json.loads((folder / "tickets.json").read_text(encoding="utf-8"))
        if one["standing"] == "open"
    }
    with connect(stack.database_urls["intake"]) as connection:
        held = {ticket: tuple(of) for ticket, *of in connection.execute(_HELD, [UNIT]).fetchall()}
    both = {one: (read.get(one), held.get(one)) for one in read.keys() | held.keys()}
    differing = [(ticket, *views) for ticket, views in both.items() if views[0] != views[1]]
    figure(
        "late joiner: state read by the guide's program", took, "s",
        open=len(read), differing=len(differing), example=str(differing[:1]), said=said,
    )  # fmt: skip
