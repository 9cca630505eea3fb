"""What the evaluation of redaction counts as found, and that redaction finds enough of what it plants itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.contracts.data_files import InvalidData
from services.intake.jobs.evaluate_redaction import KINDS, Planted, figures_of, is_hidden, is_readable, planted_in
from services.intake.jobs.planted_values import planted_values

REACH = dict.fromkeys(("wechat", "qq"), 0.95) | dict.fromkeys(("flat", "name"), 0.90)
USUAL_REACH = 0.97


@pytest.mark.parametrize(
    ("kind", "secret", "text", "readable"),
    [
        ("phone", "13800138000", "打138****8000", False),
        ("phone", "13800138000", "打138 0013 8000", True),
        ("phone", "13800138000", "打一三八零零一三八零零零", True),
        ("phone", "13800138000", "打138****38000", True),
        ("phone", "14652064279", "打146****4279", False),
        ("id", "31010919670315452X", "[证件号]", False),
        ("id", "31010919670315452X", "310109******", True),
        ("plate", "沪BK7291", "[车牌]", False),
        ("plate", "沪BK7291", "沪B·K 7291", True),
        ("email", "li@163.com", "邮箱[账号]", False),
        ("email", "lihong@163.com", "邮箱lihong艾特163点com", True),
        ("wechat", "zs_8899", "vx：ZS_8899", True),
        ("flat", "602", "12号[室号]", False),
        ("flat", "602", "六零二室", True),
        ("name", "王小明", "王某", False),
        ("name", "王小明", "王 小\u200b明", True),
        ("tail", "1234", "尾号 1 2 3 4", True),
    ],
)
def test_a_secret_is_found_when_it_can_no_longer_be_read(kind: str, secret: str, text: str, readable: bool) -> None:
    assert is_readable(kind, secret, text) is readable


def test_the_name_of_the_caller_is_the_secret_where_no_field_is_given() -> None:
    assert is_hidden(Planted("name", "王小明", "我叫王小明"))
    assert not is_hidden(Planted("name", "王小明", "王小明住在楼上", "李红"))


@pytest.mark.parametrize("seed", [1, 2])
def test_redaction_finds_what_is_planted_in_any_writing(seed: int) -> None:
    planted = list(planted_values(seed, variants=80))
    assert planted == list(planted_values(seed, variants=80))
    figures = figures_of(planted, ["楼道灯坏了，请来修", "凉城路1201弄12号3楼，2026年7月1日起停水24小时"])
    assert set(figures.recall) == set(KINDS)
    assert {kind: share for kind, share in figures.recall.items() if share < REACH.get(kind, USUAL_REACH)} == {}
    assert (figures.false_share, figures.harmless) == (0.0, 2)


def test_a_file_brings_its_own_secrets(tmp_path: Path) -> None:
    file = tmp_path / "planted.csv"
    file.write_text(
        "kind,secret,text,name\nname,王小明,我叫王小明,王小明先生\nqq,384756192,QQ384756192,\n", encoding="utf-8-sig"
    )
    assert figures_of(planted_in(file), []).recall == {"qq": 1.0, "name": 1.0}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("kind,secret\n", "lacks the column text"),
        ("kind,secret,text\n", "holds no row"),
        ("kind,secret,text\nshoe,1,1\n", "row 1: kind 'shoe' is none of"),
        ("kind,secret,text\nqq,1,\n", "row 1: secret or text is empty"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_remedy(tmp_path: Path, content: str, fault: str) -> None:
    file = tmp_path / "planted.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidData, match=fault):
        planted_in(file)
