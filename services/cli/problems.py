"""How a command fails."""

from __future__ import annotations

from typing import NoReturn

import typer


def fail(message: str, code: int = 1) -> NoReturn:
    """Ends the command: `message` says what is wrong and what to do next."""
    typer.secho(message, err=True, fg=typer.colors.RED)
    raise typer.Exit(code)
