"""A fingerprint goes through its written form unchanged, is small, and two texts are as like as their terms are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.fingerprint import (
    MOST_TERMS,
    STRESSES,
    TERMS,
    BadFingerprint,
    TermKey,
    bytes_of,
    scaled,
    similarity,
    weigh,
)
from tests.harness.term_key import TERM_KEY

TERM = st.integers(0, TERMS - 1)
FEW = st.dictionaries(TERM, st.sampled_from(STRESSES), min_size=1, max_size=MOST_TERMS)
WEIGHTS = st.dictionaries(TERM, st.floats(0.01, 10), max_size=20).map(scaled)


@given(FEW)
def test_what_is_written_is_read(terms: dict[int, int]) -> None:
    written = TERM_KEY.encode(terms)
    assert written is not None
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,1024}", written)
    assert TERM_KEY.decode(written) == terms


@settings(max_examples=10)
@given(st.dictionaries(TERM, st.sampled_from(STRESSES), min_size=MOST_TERMS + 1, max_size=MOST_TERMS + 50))
def test_of_too_many_terms_the_most_stressed_stay(terms: dict[int, int]) -> None:
    written = TERM_KEY.encode(terms)
    assert written is not None
    assert len(written) <= 1024
    kept = TERM_KEY.decode(written)
    assert len(kept) == MOST_TERMS
    assert min(kept.values()) >= max(stress for term, stress in terms.items() if term not in kept)


@given(FEW)
def test_under_another_secret_nothing_is_read(terms: dict[int, int]) -> None:
    written = TERM_KEY.encode(terms)
    assert TermKey(b"g" * 32).decode(written) == {}


def test_a_term_tells_nothing_without_the_secret() -> None:
    words = ["屋顶", "漏水", "502", "老王"]
    assert not {TERM_KEY.term_of(word) for word in words} & {TermKey(b"g" * 32).term_of(word) for word in words}


@given(FEW)
def test_whoever_has_no_secret_can_still_tell_what_is_a_fingerprint(terms: dict[int, int]) -> None:
    written = TERM_KEY.encode(terms)
    assert written is not None
    assert bytes_of(written)


def test_no_term_is_no_fingerprint_and_another_form_is_not_compared() -> None:
    assert TERM_KEY.encode({}) is None
    assert TERM_KEY.decode(None) == {}
    assert TERM_KEY.decode("_" * 8) == {}


@pytest.mark.parametrize("written", ["", "A", "AQ===", "AgAA", "没有"])
def test_what_nobody_wrote_is_refused(written: str) -> None:
    with pytest.raises(BadFingerprint):
        TERM_KEY.decode(written)


@given(WEIGHTS, WEIGHTS)
def test_likeness_is_symmetric_and_a_cosine(one: dict[int, float], other: dict[int, float]) -> None:
    assert similarity(one, other) == pytest.approx(similarity(other, one))
    assert -1e-9 <= similarity(one, other) <= 1 + 1e-9
    assert similarity(one, one) == pytest.approx(1 if one else 0)


def test_a_term_of_no_rarity_has_no_weight() -> None:
    assert set(weigh({1: 0, 2: 3}, lambda term: term - 1.0)) == {2}
