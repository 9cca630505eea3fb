"""`closedloop train`: the district's own labelled tickets, learnt on top of what ships."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.problems import fail

if TYPE_CHECKING:
    from services.classifier.adapters.model_store import ModelStore
    from services.classifier.app.training import Labelled

DEFAULT_MODELS = Path("var/models")
Models = Annotated[
    Path, typer.Option("--models", envvar="CLOSEDLOOP_MODELS", show_envvar=True, help="The folder of the models.")
]
FOLDS = 5


def train(
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", metavar="FILE", help="CSV with title and detail, or text, and code. May be repeated."),
    ] = None,
    from_overrulings: Annotated[
        str | None,
        typer.Option(
            "--from-overrulings",
            metavar="HOST:PORT",
            help="Learn, too, from what people decided against the model: read from the topics of this broker.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Put it to use even if it is not better.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Go back to the model that was in use before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    models: Models = DEFAULT_MODELS,
) -> None:
    """Fit a model to labelled tickets and put it to use if it beats the one in use on tickets it has not seen.

    Running classifiers change over within seconds, without a restart. Tickets that were read stay as they are;
    `closedloop reclassify` reads them again.

    Example: closedloop train --data tickets-2025.csv
    """
    from services.classifier.adapters.model_files import BadModel
    from services.classifier.adapters.model_store import ModelStore

    store = ModelStore(models)
    if rollback:
        try:
            name = store.roll_back()
        except BadModel as error:
            fail(str(error))
        typer.echo(json.dumps({"active": name}) if as_json else f"{name} is in use again")
        return
    if not data and from_overrulings is None:
        fail("nothing to learn from: give --data FILE or --from-overrulings HOST:PORT")
    report = _train(store, *_rows(data or [], from_overrulings), force)
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
        return
    for name in ("current", "candidate"):
        typer.echo(f"{name:10} {json.dumps(report[name])}")
    put = f"{report['version']} is in use" if report["activated"] else "not better, not in use (--force overrides)"
    typer.echo(f"{report['rows']} texts: {put}; {report['folder']}")


def _rows(files: list[Path], broker: str | None) -> tuple[list[Labelled], list[str]]:
    """What to learn from, and where it is from."""
    from services.classifier.adapters.labelled_files import labelled
    from services.classifier.adapters.overrulings import Unreachable, overruled
    from services.classifier.app.training import FEWEST_TEXTS
    from services.classifier.domain.type_model import OTHER
    from services.contracts.data_files import InvalidData
    from services.contracts.taxonomy import taxonomy

    known, sources = [*taxonomy().types, OTHER], [file.name for file in files]
    try:
        rows = [row for file in files for row in labelled(file, known)]
        if broker is not None:
            decided = overruled(broker)
            rows += decided
            sources.append(f"what people decided: {len(decided)} tickets")
    except (InvalidData, Unreachable) as error:
        fail(str(error))
    if len(rows) < FEWEST_TEXTS or len({row.label for row in rows}) < 2:
        fail(f"{len(rows)} texts are too few to learn from: bring {FEWEST_TEXTS} or more, of at least two types")
    return rows, sources


def _train(store: ModelStore, rows: list[Labelled], sources: list[str], force: bool) -> dict[str, object]:
    from services.chassis.clock import SystemClock
    from services.classifier.adapters.model_files import BadModel, load, save
    from services.classifier.adapters.model_store import COLD_START
    from services.classifier.app.folds import TooAlike
    from services.classifier.app.training import contest, train
    from services.cli.stepping import steps

    try:
        shipped, current = load(store.path(COLD_START)), store.active()
    except BadModel as error:
        fail(str(error))
    now = SystemClock().now()
    version = f"district-{now:%Y%m%dT%H%M%S}"
    try:
        with steps("training", FOLDS * 5 + 5) as advance:
            result = contest(shipped.model, current.model, rows, FOLDS, advance)
            model = train(shipped.model, rows, version, advance)
    except TooAlike as error:
        fail(str(error))
    figures = {"current": asdict(result.current), "candidate": asdict(result.candidate)}
    card = {
        "version": version,
        "made": now.isoformat(),
        "learnt_from": sources,
        "texts": len(rows),
        "on_top_of": shipped.model.version,
        "compared_with": current.model.version,
        "held_out": f"{FOLDS} folds, near-duplicates on one side",
        "figures": figures,
    }
    try:
        save(model, shipped.vocabulary, card, store.folder / version)
        activated = result.won or force
        if activated:
            store.activate(version)
    except OSError as error:
        fail(f"{store.folder} cannot be written ({error.strerror}): name another folder with --models")
    return {
        "version": version,
        "activated": activated,
        "rows": len(rows),
        "folder": str(store.folder / version),
        **figures,
    }
