"""services/classifier/domain/kind.py: what a person wants (docs/domain.md §2.1)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from services.classifier.domain.grams import split_heading
from services.classifier.domain.lexicon import normalise
from services.classifier.domain.type_model import counted
from services.classifier.files.kind_model import made_from
from services.classifier.files.reader_data import DATA, load_kinds
from services.classifier.learning.kind_layer import examples_sha256
from services.contracts.data_files import InvalidData
from services.contracts.ticket_events import EVIDENCE_KINDS, RequestKind
from tests.harness.fixtures import Report
from tests.unit.classifier.readers import shipped_reader

TEXTS = Path(__file__).parents[2] / "data"
KINDS = load_kinds(DATA / "kinds.yaml")


def kind_of(text: str, usual: RequestKind | None) -> tuple[RequestKind | None, tuple[str, ...]]:
    return KINDS.kind_of(normalise(text), normalise(split_heading(text)[0]), counted(text, heading=False), usual)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("咨询一下，换锁芯的补贴有没有", RequestKind.ENQUIRY),
        ("求助，门锁坏了老人出不去", RequestKind.HELP),
        ("投诉物业，保安态度恶劣", RequestKind.COMPLAINT),
        ("举报隔壁涉嫌无证开诊所", RequestKind.REPORT),
        ("建议在路口增设一面镜子", RequestKind.SUGGESTION),
        ("表扬水管抢修的师傅，半夜赶来", RequestKind.PRAISE),
    ],
)
def test_who_says_what_he_wants_is_believed(text: str, kind: RequestKind) -> None:
    assert kind_of(text, RequestKind.HELP)[0] is kind


def test_a_text_that_says_nothing_is_what_its_type_usually_is() -> None:
    assert kind_of("~", RequestKind.REPORT) == (RequestKind.REPORT, ())
    assert kind_of("~", None) == (None, ())


@pytest.mark.parametrize(("file", "reach"), [("kind_texts.csv", 0.85), ("kind_letters.csv", 0.85)])
def test_texts_of_somebody_else_are_read(report: Report, file: str, reach: float) -> None:
    """Written by people who had read neither examples nor lists; what counts as evidence matters most."""
    with (TEXTS / file).open(encoding="utf-8", newline="") as lines:
        rows = [(row["text"], RequestKind(row["kind"])) for row in csv.DictReader(lines)]
    read = [(shipped_reader().read(text, None).kind, kind) for text, kind in rows]
    right = sum(one is kind for one, kind in read) / len(read)
    evidence = sum((one in EVIDENCE_KINDS) == (kind in EVIDENCE_KINDS) for one, kind in read) / len(read)
    report(f"{file}: {right:.3f} right, {evidence:.3f} right as evidence or none")
    assert right >= reach
    assert evidence >= 0.9


def test_the_shipped_layer_is_made_from_the_examples() -> None:
    """Red: make it anew with `python -m services.classifier.learning.kind_layer`."""
    assert made_from() == examples_sha256()


def test_a_kind_that_is_said_of_the_past_or_denied_does_not_count() -> None:
    assert kind_of("我不是投诉，请问几点关门", None)[0] is RequestKind.ENQUIRY
    assert kind_of("之前多次投诉，求助求助", None)[0] is RequestKind.HELP


def test_a_title_that_names_one_kind_is_believed_whatever_the_letter_asks() -> None:
    letter = "请问有没有规定？建议完善政策，希望多设几个点，谢谢。"
    assert kind_of(f"关于小区停车收费的投诉\n{letter}", None) == (RequestKind.COMPLAINT, ("投诉",))
    assert kind_of(f"关于小区停车收费\n{letter}", None)[0] is not RequestKind.COMPLAINT
    assert kind_of(f"关于投诉后的建议\n{letter}", None)[0] is not RequestKind.COMPLAINT


def test_the_words_that_decided_are_listed_heaviest_first() -> None:
    assert kind_of("建议增设座椅", None)[1][0] == "建议"


@pytest.mark.parametrize("content", ["enquiry: [一]", "enquiry: {x: [一]}", "help: {1: [一]}", "enquiry: ["])
def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "kinds.yaml"
    file.write_text(content)
    with pytest.raises(InvalidData, match=r"kinds\.yaml"):
        load_kinds(file)
