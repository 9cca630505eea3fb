"""`closedloop token`: a token of the demo's identity provider."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def _known(roles: list[str]) -> list[str]:
    from services.chassis.web.identity import WITH_CODE, Role, parse_role
    from services.contracts.departments import departments
    from services.contracts.districts import sub_districts

    codes = {Role.DEPARTMENT: departments(), Role.SUBDISTRICT: sub_districts()}
    for role in roles:
        parsed = parse_role(role)
        if parsed and parsed[0] in codes and parsed[1] not in codes[parsed[0]]:
            raise typer.BadParameter(f"{role!r}: there is no such {parsed[0]}; there are {', '.join(codes[parsed[0]])}")
        if parsed is None:
            known = ", ".join(f"{role}:CODE" if role in WITH_CODE else str(role) for role in Role)
            raise typer.BadParameter(f"{role!r} is not a role; there are {known}")
    return roles


def token(
    role: Annotated[
        list[str],
        typer.Option(
            help="Such as hub or department:housing; a wrong one lists all. May be repeated.", callback=_known
        ),
    ],
    subject: Annotated[str, typer.Option(help="The person the token stands for.")] = "demo",
    hours: Annotated[float, typer.Option(help="How long it is valid.", min=0.01, max=744)] = 8,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="The folder of the demo issuer's key, if not var/issuer.")
    ] = None,
) -> None:
    """Print a bearer token for the demo.

    Example: closedloop token --role hub --hours 2
    """
    from services.chassis.settings import DEMO_ISSUER_DIRECTORY
    from services.chassis.web.demo_issuer import DemoIssuer

    folder = directory or DEMO_ISSUER_DIRECTORY
    try:
        issuer = DemoIssuer(folder)
    except FileNotFoundError:
        raise typer.BadParameter(
            f"there is no demo issuer in {folder}: `closedloop up` makes one; elsewhere, ask your identity provider",
            param_hint="--dir",
        ) from None
    typer.echo(issuer.mint(subject, role, hours))
