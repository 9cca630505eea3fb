"""`closedloop`, the operator's one command. Each command is a file beside this one."""

from __future__ import annotations

import sys

import typer

from services.cli import (
    city,
    demo,
    dlq,
    evaluate,
    evaluate_detection,
    evaluate_places,
    import_file,
    migrate,
    rebuild,
    reclassify,
    register,
    run,
    send,
    status,
    token,
    topics,
    train,
    up,
    whatif,
)

app = typer.Typer(
    help="The Closed Loop 12345: from a stream of hotline tickets to proven cures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a service says what broke it in its log, plainly and without its variables
)
app.command()(demo.demo)
app.command()(up.up)
app.command()(send.send)
app.command("import")(import_file.import_file)
app.command()(status.status)
app.command()(whatif.whatif)
app.command()(rebuild.rebuild)
app.command()(run.run)
app.command()(migrate.migrate)
app.command()(token.token)
app.command()(train.train)
app.command()(reclassify.reclassify)
app.add_typer(topics.app, name="topics")
app.add_typer(dlq.app, name="dlq")
app.add_typer(city.app, name="city")
evaluate.app.command()(evaluate_places.places)
evaluate.app.command("hot-issues")(evaluate_detection.hot_issues)
evaluate.app.command()(evaluate_detection.bursts)
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(register.app, name="register")

if __name__ == "__main__":
    sys.exit(app())
