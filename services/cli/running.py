"""The stack that `closedloop up` runs, for other commands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from services.cli.problems import fail

if TYPE_CHECKING:
    import httpx

    from services.contracts.fingerprint import TermKey

RunDir = Annotated[Path, typer.Option("--run-dir", help="The folder of the stack.")]
DEFAULT_RUN_DIR = Path("var/run")
PATIENCE_S: Final = 5.0
FINGERPRINT_KEY: Final = "CLOSEDLOOP_FINGERPRINT_KEY"


def running_stack(run_dir: Path) -> dict[str, Any]:
    """Ends the command when nothing runs in `run_dir`."""
    from services.localstack.run_directory import read_state

    state = read_state(run_dir)
    if state is None:
        fail(f"no stack runs in {run_dir}: start one with `closedloop up`, or name its folder with --run-dir")
    return state


def service_of(state: dict[str, Any], name: str) -> dict[str, Any]:
    """The first instance of a service."""
    return next(service for service in state["services"] if service["name"] == name)


def client(state: dict[str, Any], *roles: str) -> httpx.Client:
    """Asks the stack's services as somebody of these roles, and waits a little for one that is busy."""
    import httpx

    from services.chassis.web.patience import PatientTransport

    transport = PatientTransport(httpx.HTTPTransport(), PATIENCE_S)
    return httpx.Client(headers=bearer(state, *roles), timeout=60, transport=transport)


def bearer(state: dict[str, Any], *roles: str) -> dict[str, str]:
    """The authorisation header, issued by the demo's own issuer."""
    from services.chassis.web.demo_issuer import DemoIssuer

    token = DemoIssuer(Path(state["issuer"])).mint("closedloop", roles, hours=1)
    return {"Authorization": f"Bearer {token}"}


def term_key(run_dir: Path) -> TermKey:
    """The key of fingerprints, from the environment or of the stack in `run_dir`. Ends the command without one."""
    from services.contracts.fingerprint import TermKey

    file = run_dir / "fingerprint.key"
    key = os.environ.get(FINGERPRINT_KEY) or (file.read_text() if file.exists() else "")
    try:
        return TermKey(bytes.fromhex(key)) if key else fail(f"{FINGERPRINT_KEY} is missing: give the services' key")
    except ValueError:
        fail(f"{FINGERPRINT_KEY} is not hexadecimal: give the services' key")
