"""`closedloop dossier`: everything about one repair project, as one HTML file to print or to file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, client, running_stack, service_of
from services.cli.whole_file import whole_file


def dossier(
    project: Annotated[
        str, typer.Argument(metavar="PROJECT", help="The number of a project, as W26-00042-7, or its id.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write it; by default PROJECT.html here.")
    ] = None,
    english: Annotated[bool, typer.Option("--english", help="In English instead of Chinese.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Write the dossier of a project: from the first call to the warranty, on one sheet without anything from outside.

    Example: closedloop dossier W26-00042-7 --out dossier.html
    """
    state = running_stack(run_dir)
    base = service_of(state, "projects")["url"]
    with client(state, "hub") as hub:
        found = hub.get(f"{base}/search", params={"q": project})
        ids = [one["project_id"] for one in found.json().get("projects", [])] if found.status_code == 200 else []
        if len(ids) > 1:
            fail(f"{project!r} fits {len(ids)} projects: give the whole number")
        answer = hub.get(
            f"{base}/pages/projects/{ids[0] if ids else project}/dossier", params={"lang": "en" if english else "zh"}
        )
    if answer.status_code != 200:
        fail(f"there is no project {project!r}: give its number as it stands on its page, W26-00042-7")
    target = out or Path(f"{project}.html")
    with whole_file(target, "--out") as page:
        page.write(answer.text)
    written = {"project": project, "file": str(target), "bytes": len(answer.content)}
    typer.echo(json.dumps(written, ensure_ascii=False) if as_json else f"{target}: {len(answer.content):,} bytes")
