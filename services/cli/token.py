"""`closedloop token`: a token of the demo's identity provider."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.chassis.demo_issuer import DemoIssuer
from services.chassis.identity import WITH_CODE, Role, parse_role
from services.chassis.settings import DEMO_ISSUER_DIRECTORY

KNOWN_ROLES = ", ".join(f"{role}:CODE" if role in WITH_CODE else str(role) for role in Role)


def _known(roles: list[str]) -> list[str]:
    for role in roles:
        if parse_role(role) is None:
            raise typer.BadParameter(f"{role!r} is not a role; there are {KNOWN_ROLES}")
    return roles


def token(
    role: Annotated[list[str], typer.Option(help=f"May be repeated: {KNOWN_ROLES}.", callback=_known)],
    subject: Annotated[str, typer.Option(help="Who the token speaks for.")] = "demo",
    hours: Annotated[float, typer.Option(help="How long it is good for.", min=0.01, max=744)] = 8,
    directory: Annotated[
        Path, typer.Option("--dir", help="Where the demo's issuer keeps its key.")
    ] = DEMO_ISSUER_DIRECTORY,
) -> None:
    """Print a bearer token for the demo."""
    try:
        issuer = DemoIssuer(directory)
    except FileNotFoundError:
        raise typer.BadParameter(
            f"there is no demo issuer in {directory}: `closedloop up` makes one; elsewhere, ask your identity provider",
            param_hint="--dir",
        ) from None
    typer.echo(issuer.mint(subject, role, hours))
