"""Importing a file into a stack by the operator's command, and what its rows became."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.localstack.postgres import connect
from services.localstack.stack import Stack
from tests.harness.load import Acked, History

_RECEIPTS = "SELECT idempotency_key, ticket_id::text FROM receipts WHERE client = %s"


@dataclass(frozen=True, slots=True)
class Imported:
    """How the command ended; `summary` is empty when it printed none."""

    code: int
    summary: dict[str, Any]
    errors: str

    def counts(self) -> tuple[int, int, int]:
        """Received, repeated, rejected."""
        return self.summary["received"], self.summary["repeated"], self.summary["rejected"]


def import_command(file: Path, *options: str) -> list[str]:
    rejects = file.with_suffix(".rejected.csv")
    return [
        sys.executable,
        "-m",
        "services.cli.main",
        "import",
        str(file),
        "--json",
        "--rejects",
        str(rejects),
        *options,
    ]


def import_into(stack: Stack, file: Path, *options: str, within: float = 300) -> Imported:
    command = import_command(file, *options, "--run-dir", str(stack.run_dir))
    done = subprocess.run(command, capture_output=True, text=True, timeout=within, check=False)
    return Imported(done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr)


def tickets_of(stack: Stack, source: str) -> dict[str, str]:
    """The ticket of each source id that intake knows of a source."""
    with connect(stack.database_urls["intake"]) as connection:
        return {str(key): str(ticket) for key, ticket in connection.execute(_RECEIPTS, [f"import:{source}"])}


def as_history(tickets: dict[str, str]) -> History:
    """For `evidence`: what the command was given is taken."""
    return History(acked=[Acked(key, ticket, 0.0, 0.0, 1) for key, ticket in tickets.items()])
