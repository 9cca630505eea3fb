"""services/classifier/domain/kind.py: what a person wants (domain.md §2.1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.classifier.adapters.data import DATA, load_kinds
from services.classifier.domain.lexicon import normalise
from services.contracts.data_files import InvalidData
from services.contracts.ticket_events import RequestKind

KINDS = load_kinds(DATA / "kinds.yaml")


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
    assert KINDS.kind_of(normalise(text), RequestKind.HELP)[0] is kind


def test_a_text_that_says_nothing_is_what_its_type_usually_is() -> None:
    assert KINDS.kind_of("树", RequestKind.REPORT) == (RequestKind.REPORT, ())
    assert KINDS.kind_of("树", None) == (None, ())


def test_a_kind_that_is_told_of_the_past_or_denied_does_not_count() -> None:
    assert KINDS.kind_of(normalise("我不是投诉，请问几点关门"), None)[0] is RequestKind.ENQUIRY
    assert KINDS.kind_of(normalise("之前多次投诉，求助求助"), None)[0] is RequestKind.HELP


def test_the_words_that_decided_are_told_heaviest_first() -> None:
    assert KINDS.kind_of(normalise("建议增设座椅"), None)[1][0] == "建议"


@pytest.mark.parametrize("content", ["enquiry: [一]", "enquiry: {x: [一]}", "help: {1: [一]}", "enquiry: ["])
def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "kinds.yaml"
    file.write_text(content)
    with pytest.raises(InvalidData, match=r"kinds\.yaml"):
        load_kinds(file)
