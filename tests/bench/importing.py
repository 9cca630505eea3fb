"""How fast a file goes in, and through."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from services.localstack.stack import Stack
from tests.bench.figures import figure
from tests.bench.system import until_quiet
from tests.harness.exports import calls, export
from tests.harness.imports import as_history, import_into, tickets_of

ROWS = 10_000


def import_of_a_file(stack: Stack) -> None:
    """The same file as the present, again, and as the past; the services read on while it comes in."""
    with tempfile.TemporaryDirectory() as folder:
        file = export(Path(folder) / "calls.csv", calls(ROWS))
        for mode, source in (("live", "live"), ("live", "live"), ("history", "history")):
            started = time.monotonic()
            done = import_into(stack, file, "--mode", mode, "--source", source, within=900)
            received, repeated, rejected = done.counts()
            conditions = {"mode": mode, "rows": ROWS, "repeated": repeated, "rejected": rejected}
            figure("import of a CSV", done.summary["rows_per_s"], "rows/s", **conditions)
            until_quiet(stack, as_history(tickets_of(stack, source)), within=900)
            if received:
                figure("import through all services", received / (time.monotonic() - started), "rows/s", mode=mode)
