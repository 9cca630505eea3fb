"""The stack that `closedloop up` runs, as the commands beside it see it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.local.run_directory import DEFAULT, read_state
from services.cli.problems import fail

RunDir = Annotated[Path, typer.Option("--run-dir", help="The folder of the stack.")]
DEFAULT_RUN_DIR = DEFAULT


def running_stack(run_dir: Path) -> dict[str, Any]:
    """Ends the command when nothing runs in `run_dir`."""
    state = read_state(run_dir)
    if state is None:
        fail(f"no stack runs in {run_dir}: start one with `closedloop up`, or name its folder with --run-dir")
    return state


def service_of(state: dict[str, Any], name: str) -> dict[str, Any]:
    """The first instance of a service."""
    return next(service for service in state["services"] if service["name"] == name)


def bearer(state: dict[str, Any], role: str) -> dict[str, str]:
    """The header that lets this command in, by the demo's own issuer."""
    from services.chassis.demo_issuer import DemoIssuer

    token = DemoIssuer(Path(state["issuer"])).mint("closedloop", [role], hours=1)
    return {"Authorization": f"Bearer {token}"}
