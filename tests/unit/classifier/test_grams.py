"""services/classifier/domain/grams.py: the same n-grams for what reads the same, and for any string at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.grams import HEADING_WEIGHT, LONGEST_READ, gram_of, grams_of, key_of


def grams(text: str) -> dict[str, float]:
    found = grams_of(text)
    return {gram_of(int(key)): float(count) for key, count in zip(found.keys, found.counts, strict=True)}


def test_no_gram_reaches_over_a_sign_and_figures_are_all_one() -> None:
    assert set(grams("漏水，3号楼")) == {"漏", "水", "漏水", "0", "号", "楼", "0号", "号楼", "0号楼"}
    assert grams("12号") == grams("7号")


def test_width_and_case_make_no_difference() -> None:
    assert grams("ＫＴＶ噪音") == grams("ktv噪音")


def test_a_heading_counts_more_than_the_body() -> None:
    assert grams("漏水\n停电")["漏水"] == HEADING_WEIGHT * grams("漏水\n停电")["停电"]


@pytest.mark.parametrize("text", ["", " ", "\x00", "🏚️💧", "\ud800", "漏\udfff水", "漏水" * 500_000, "\n\n"])
def test_no_text_is_too_hard(text: str) -> None:
    assert len(grams_of(text).keys) <= 4 * LONGEST_READ


@given(st.text(st.characters(categories=["Lo", "Ll", "Lu"], max_codepoint=0xFFFF), min_size=1, max_size=4))
def test_a_key_gives_its_gram_back(gram: str) -> None:
    key = key_of(gram)
    assert key_of(gram_of(key)) == key


@given(st.text())
def test_keys_ascend_and_the_same_text_has_the_same_grams(text: str) -> None:
    found = grams_of(text)
    assert (np.diff(found.keys.astype(object)) > 0).all()
    assert grams(text) == grams(text)
