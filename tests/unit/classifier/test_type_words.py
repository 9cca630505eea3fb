"""services/classifier/domain/type_words.py: words and pairs as evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.lexicon import normalise
from services.classifier.domain.type_words import BROAD_WEIGHT, PAIR_WEIGHT, TypeWords

LABELS = ("MJ01", "MJ02", "MJ17", "OT")
WORDS = TypeWords(
    LABELS,
    {"MJ01": ["漏水", "屋顶漏水", "屋顶…渗"], "MJ02": ["渗水", "外墙"], "MJ17": ["修完/刚修…漏/裂!"], "OT": ["渗水"]},
    weak=["外墙"],
)


def weights(text: str) -> dict[str, float]:
    return {one.word: one.weight for one in WORDS.find(normalise(text))}


def test_a_word_inside_a_longer_known_word_does_not_count() -> None:
    assert weights("屋顶漏水") == {"屋顶漏水": 4.0}


def test_a_word_two_labels_claim_is_shared_among_them() -> None:
    (found,) = WORDS.find("渗水")
    assert (found.weight, [LABELS[place] for place in found.labels]) == (1.0, ["MJ02", "OT"])


def test_a_weak_word_says_little() -> None:
    assert weights("外墙")["外墙"] < weights("漏水")["漏水"]


def test_a_word_that_is_repeated_counts_little_more_and_never_thrice() -> None:
    assert weights("漏水")["漏水"] < weights("漏水，漏水")["漏水"] == weights("漏水，漏水，漏水")["漏水"]


@pytest.mark.parametrize("text", ["屋顶上一直渗", "屋顶渗"])
def test_a_pair_is_found_in_its_order(text: str) -> None:
    assert weights(text) == {"屋顶…渗": PAIR_WEIGHT}


@pytest.mark.parametrize("text", ["渗屋顶", "屋顶好。渗", "屋顶" + "啊" * 13 + "渗"])
def test_a_pair_is_not_found_backwards_over_a_sentence_or_far_apart(text: str) -> None:
    assert weights(text) == {}


def test_a_pair_with_alternatives_names_the_words_that_stand_there() -> None:
    assert weights("刚修好又裂") == {"刚修…裂": 2 * BROAD_WEIGHT}


@given(st.text(st.sampled_from("屋顶漏水渗外墙修完刚裂。a ") | st.characters()))
def test_any_text_gives_weights_that_add_up(text: str) -> None:
    found = WORDS.find(normalise(text))
    assert WORDS.scores(found).sum() == pytest.approx(sum(one.weight * len(one.labels) for one in found), rel=1e-5)
