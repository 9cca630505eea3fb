"""`closedloop`, the operator's one command. Each command is a file in `commands/`.

A command imports what it works with when it runs, not when its file is imported: `--help` answers at once.
"""

from __future__ import annotations

import sys

import typer

from services.cli.commands import (
    city,
    consultation,
    demo,
    department,
    dlq,
    dossier,
    evaluate,
    evaluate_detection,
    evaluate_effect,
    evaluate_places,
    evaluate_redaction,
    import_file,
    kafka,
    migrate,
    privacy,
    rebuild,
    reclassify,
    register,
    register_parts,
    run,
    sandbox,
    send,
    standard,
    status,
    subscription,
    tell,
    token,
    topics,
    train,
    up,
    whatif,
)

app = typer.Typer(
    help="The Closed Loop 12345: from a stream of hotline tickets to proven cures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback with variables would show personal data
)
app.command()(demo.demo)
app.command()(up.up)
app.command()(send.send)
app.command()(sandbox.sandbox)
app.command("import")(import_file.import_file)
app.command()(status.status)
app.command()(tell.tell)
app.command()(dossier.dossier)
app.command()(whatif.whatif)
app.command()(rebuild.rebuild)
app.command()(run.run)
app.command()(migrate.migrate)
app.command()(token.token)
app.command()(train.train)
app.command()(reclassify.reclassify)
app.add_typer(topics.app, name="topics")
app.add_typer(kafka.app, name="kafka")
app.add_typer(department.app, name="department")
app.add_typer(dlq.app, name="dlq")
app.add_typer(subscription.app, name="subscription")
app.add_typer(city.app, name="city")
app.add_typer(privacy.app, name="privacy")
app.add_typer(consultation.app, name="consultation")
app.add_typer(standard.app, name="standard")

measured = typer.Typer(help="Measure reading and detection on files with known answers.", no_args_is_help=True)
measured.command()(evaluate.types)
measured.command()(evaluate.categories)
measured.command()(evaluate_places.places)
measured.command()(evaluate_redaction.redaction)
measured.command()(evaluate_effect.effect)
measured.command("hot-issues")(evaluate_detection.hot_issues)
measured.command()(evaluate_detection.bursts)
app.add_typer(measured, name="evaluate")

registers = typer.Typer(help="The district's register of estates and addresses.", no_args_is_help=True)
registers.command("import")(register.import_register)
registers.command("parts")(register_parts.import_parts)
app.add_typer(registers, name="register")

if __name__ == "__main__":
    sys.exit(app())
