"""How a command fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    import httpx


def fail(message: str, code: int = 1) -> NoReturn:
    """Ends the command: `message` says what is wrong and what to do next."""
    typer.secho(message, err=True, fg=typer.colors.RED)
    raise typer.Exit(code)


def said(answer: httpx.Response) -> str:
    """What a service says is wrong: the sentence of its problem, or all it answered if that is no problem."""
    try:
        problem = answer.json()
    except ValueError:
        return answer.text
    return str(problem.get("detail", answer.text)) if isinstance(problem, dict) else answer.text
