"""`closedloop train` and `closedloop evaluate` as an operator types them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.classifier.learning import speed
from services.cli.main import app
from tests.unit.classifier.labelled import rows

FIGURES = {
    *("n", "accuracy", "typed_accuracy", "ot_precision", "ot_recall", "macro_f1", "coverage80_accuracy", "top2", "ece"),
    *("texts_per_s", "p99_ms", "rss_mb", "model_load_s"),
}


@pytest.fixture(autouse=True)
def _few_texts_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long reading takes is not looked at here."""
    monkeypatch.setattr(speed, "MEASURED", 50)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "tickets.csv"
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerow(["title", "detail", "code"])
        for row in rows({"MJ05": "滚地龙", "SC01": "摊头摆出来", "OT": "学校补课"}):
            writer.writerow(["", row.text, row.label])
    return file


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == code, result.output
    return str(result.output)


def last(output: str) -> dict[str, object]:
    found = json.loads(output.strip().splitlines()[-1])
    assert isinstance(found, dict)
    return found


def test_what_was_learnt_is_put_to_use_and_rolled_back(data: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    report = last(run("train", "--data", data, "--models", models, "--json"))
    assert report["activated"] is True
    version = str(report["version"])
    card = json.loads((models / version / "card.json").read_text())
    assert (card["version"], card["texts"], card["learnt_from"]) == (version, 90, ["tickets.csv"])
    assert last(run("evaluate", "types", "--data", data, "--models", models, "--json"))["model"] == version
    again = last(run("train", "--data", data, "--models", models, "--json"))
    assert again["activated"] is False  # no better than what is in use
    assert "cold-start is in use again" in run("train", "--rollback", "--models", models)
    assert "nothing to go back to" in run("train", "--rollback", "--models", models, code=1)


@pytest.mark.parametrize("how", [[], ["--folds", "3"], ["--train", "DATA"]])
def test_evaluate_types_ends_in_one_line_of_json(data: Path, tmp_path: Path, how: list[str]) -> None:
    asked = [str(data) if one == "DATA" else one for one in how]
    output = run("evaluate", "types", "--data", data, *asked, "--models", tmp_path / "none")
    assert set(last(output)) >= FIGURES
    assert "confusions" in output
    assert "worst errors" in output
    alone = run("evaluate", "types", "--data", data, *asked, "--models", tmp_path / "none", "--json")
    assert len(alone.strip().splitlines()) == 1


def test_evaluate_categories_takes_any_labels(data: Path) -> None:
    assert last(run("evaluate", "categories", "--train", data, "--folds", 3))["macro_f1"] == 1.0
    assert last(run("evaluate", "categories", "--train", data, "--test", data, "--json"))["n"] == 90


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train"], "nothing to learn from"),
        (["train", "--data", "none.csv"], "is not there"),
        (["evaluate", "types", "--data", "none.csv"], "is not there"),
        (["evaluate", "categories", "--train", "none.csv"], "give either --test FILE or --folds K"),
        (["evaluate", "types", "--data", "x.csv", "--train", "y.csv", "--folds", "2"], "not both"),
    ],
)
def test_what_cannot_be_done_is_reported_with_the_remedy(arguments: list[str], message: str) -> None:
    assert message in run(*arguments, code=1)


def test_evaluate_redaction_tells_of_each_kind_and_of_what_it_masks_wrongly(tmp_path: Path) -> None:
    figures = last(run("evaluate", "redaction"))
    recall = figures["recall"]
    assert isinstance(recall, dict)
    assert figures["recall_min"] == min(recall.values()) >= 0.9
    assert float(str(figures["false_share"])) <= 0.005
    planted = tmp_path / "planted.csv"
    planted.write_text("kind,secret,text\ntail,1234,尾号1234\n", encoding="utf-8")
    assert last(run("evaluate", "redaction", "--data", planted, "--json"))["recall"] == {"tail": 1.0}
    assert "is not there" in run("evaluate", "redaction", "--data", "none.csv", code=1)
