from __future__ import annotations

from pathlib import Path

import jwt
import pytest
import typer
from typer.testing import CliRunner

from services.chassis.web.demo_issuer import DemoIssuer
from services.cli.commands.token import token


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.command()(token)
    return app


def test_it_prints_a_token_and_nothing_else(app: typer.Typer, tmp_path: Path) -> None:
    DemoIssuer.ensure(tmp_path)
    arguments = ["--role", "hub", "--role", "department:housing", "--subject", "wang", "--hours", "2"]
    done = CliRunner().invoke(app, [*arguments, "--dir", str(tmp_path)])
    assert done.exit_code == 0
    claims = jwt.decode(done.stdout.strip(), options={"verify_signature": False})
    assert (claims["sub"], claims["roles"]) == ("wang", ["hub", "department:housing"])
    assert claims["exp"] - claims["iat"] == 7200


def test_its_issuer_is_looked_for_below_the_current_directory(
    app: typer.Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    DemoIssuer.ensure(Path("var/issuer"))
    assert CliRunner().invoke(app, ["--role", "hub"]).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--role", "hub"], "closedloop up"),
        (["--role", "chief"], "department:CODE"),
        (["--role", "department"], "department:CODE"),
        (["--role", "hub", "--hours", "0"], "hours"),
        ([], "role"),
    ],
)
def test_what_is_wrong_is_said_with_the_remedy(
    app: typer.Typer, tmp_path: Path, arguments: list[str], message: str
) -> None:
    done = CliRunner(env={"COLUMNS": "400"}).invoke(app, [*arguments, "--dir", str(tmp_path)])
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""
