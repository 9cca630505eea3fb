"""`closedloop standard`: takes a standard from one district to another, as one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from services.cli.problems import fail
from services.cli.registering import Token, Url, register_client
from services.cli.running import DEFAULT_RUN_DIR, RunDir, running_stack
from services.cli.whole_file import whole_file

app = typer.Typer(help="Standards, from one district to another.", no_args_is_help=True)


@app.command("export")
def export_standard(
    standard: Annotated[str, typer.Argument(metavar="ID", help="The id of a standard, as in its page's address.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the package (JSON).")] = Path(
        "standard.json"
    ),
    page: Annotated[
        Path | None, typer.Option("--print", metavar="FILE", help="Writes its page, too, as HTML to print.")
    ] = None,
    url: Url = None,
    token: Token = None,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Write what is active in the newest version of a standard into one file.

    Example: closedloop standard export 5b0d9a3e-1c2d-4e3f-8a4b-5c6d7e8f9a0b --out roofs.json --print roofs.html
    """
    with register_client(None if url else running_stack(run_dir), url, token) as projects:
        answer = projects.get(f"/standards/{standard}/package")
        if answer.status_code != 200:
            fail(f"there is no standard {standard!r} with a version that was issued: take an id of GET /standards")
        printed = projects.get(f"/pages/standards/{standard}") if page else None
    with whole_file(out, "--out") as file:
        json.dump(answer.json(), file, ensure_ascii=False, indent=2)
        file.write("\n")
    if page and printed is not None:
        with whole_file(page, "--print") as file:
            file.write(printed.text)
    typer.echo(f"{out}: {answer.json()['title']}, version {answer.json()['number']}")


@app.command("import")
def import_standard(
    file: Annotated[Path, typer.Argument(help="A package that `closedloop standard export` wrote.")],
    lead: Annotated[
        str | None, typer.Option(help="The department here that drafts it; by default the one in the file.")
    ] = None,
    url: Url = None,
    token: Token = None,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Take up another district's standard as a draft, to be consulted on and issued here.

    Example: closedloop standard import roofs.json --lead housing
    """
    try:
        package = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fail(f"{file}: {error}; name a file that `closedloop standard export` wrote")
    if not isinstance(package, dict):
        fail(f"{file}: is no package; name a file that `closedloop standard export` wrote")
    with register_client(None if url else running_stack(run_dir), url, token) as projects:
        answer = projects.post("/standards/packages", json=package | ({"lead": lead} if lead else {}))
    if answer.status_code != 201:
        errors = answer.json().get("errors") or [{"field": "", "message": answer.json().get("detail", answer.text)}]
        fail(f"{file}: nothing was taken. " + "; ".join(f"{one['field']} {one['message']}" for one in errors))
    typer.echo(f"{answer.json()['standard_id']}: {answer.json()['title']}, a draft")
