"""Names of places are found by what they end with, whole, and without what leads up to them."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.lexicon import normalise
from services.classifier.files.reader_data import load_place_words

PLACES = load_place_words()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("投诉听雨新城小区附近的工地", ("听雨新城小区",)),
        ("请问临溪桥小学门口何时装路灯", ("临溪桥小学",)),
        ("关于广济路与同心路交汇处的红绿灯", ("广济路", "同心路")),
        ("虹口区凉城路1201弄的水泵", ("凉城路1201弄",)),
        ("A3区望月广场油烟扰民", ("望月广场",)),
        ("住在和平坊的老人", ("和平坊",)),
        ("曲阳路街道不作为", ()),
        ("城市管理很好，路上没有人，政府网站打不开", ()),
        ("咨询医保卡怎么办理", ()),
    ],
)
def test_names(text: str, names: tuple[str, ...]) -> None:
    assert PLACES.of(normalise(text)) == names


@given(st.text(alphabet="路村小区新城的在投诉望月桥A3b\u0000 ，。\ud800", max_size=200))
def test_any_text_gives_few_short_names_without_blanks(text: str) -> None:
    names = PLACES.of(normalise(text))
    assert len(names) <= 8
    assert all(re.fullmatch(r"\S{2,20}", name) for name in names)


def test_a_text_of_250_characters_takes_well_under_a_millisecond() -> None:
    message = normalise("投诉听雨新城小区附近的工地夜间施工，广济路与同心路交汇处没有红绿灯，" * 10)[:250]
    began = time.process_time()
    for _ in range(200):
        PLACES.of(message)
    assert (time.process_time() - began) / 200 < 0.001
