"""How long a department that joins late takes until it has its open work, by the program of docs/subscribe.md."""

from __future__ import annotations

import json
import time
from datetime import datetime

from services.localstack.postgres import connect
from services.localstack.stack import Stack
from tests.bench.figures import figure
from tests.bench.system import until_quiet
from tests.harness.clients import token
from tests.harness.guide import Reader
from tests.harness.load import COMPLAINTS, Load

OPEN_TICKETS = 5_000
UNIT = "housing"

_HELD = """
    SELECT id::text, version, state, settle_by FROM tickets
     WHERE lead = %s AND state IN ('dispatched', 'signed', 'contacted', 'handling', 'redo', 'return requested')
"""


def late_joiner(stack: Stack) -> None:
    """All tickets are of one department. What it has read must be what intake holds: id, version, state and limit."""
    load = Load([stack.service("intake").url], token(stack, "hub"), 200, clients=32, seed=9, texts=COMPLAINTS[:1])
    until_quiet(stack, load.run(OPEN_TICKETS), within=600)
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
    figure("late joiner: state read by the guide's program", took, "s", open=len(read), equal=read == held, said=said)
