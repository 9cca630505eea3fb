"""services/classifier/domain/model.py: the type of a text by weighted words."""

from __future__ import annotations

from services.classifier.domain.model import KeywordModel

MODEL = KeywordModel(
    {"XQ13": ("垃圾", "装修垃圾"), "MJ01": ("渗水", "屋顶漏水"), "MJ02": ("渗水", "外墙"), "XQ01": ("物业",)},
    weak=("物业",),
)


def test_a_text_without_a_known_word_is_no_type_with_no_confidence() -> None:
    opinion = MODEL.judge("学校收费太高")
    assert (opinion.type_code, opinion.confidence, opinion.runner_up, opinion.words) == ("OT", 0.0, None, ())


def test_the_type_whose_words_weigh_most_wins_and_names_them() -> None:
    opinion = MODEL.judge("屋顶漏水，一直渗水")
    assert opinion.type_code == "MJ01"
    assert opinion.words == ("屋顶漏水", "渗水")
    assert opinion.runner_up == "MJ02"


def test_a_word_inside_a_longer_known_word_does_not_count() -> None:
    assert MODEL.judge("装修垃圾").words == ("装修垃圾",)


def test_a_word_two_types_claim_leaves_more_doubt_than_a_word_of_one_type() -> None:
    assert MODEL.judge("渗水").confidence < MODEL.judge("外墙").confidence


def test_a_weak_word_alone_decides_with_little_confidence() -> None:
    assert MODEL.judge("物业").type_code == "XQ01"
    assert MODEL.judge("物业").confidence < 0.5


def test_what_a_message_opens_with_outweighs_what_it_mentions_late() -> None:
    filler = "这件事情反映过很多次了" * 10
    assert MODEL.judge("垃圾" + filler + "外墙").type_code == "XQ13"
    assert MODEL.judge("外墙" + filler + "垃圾").type_code == "MJ02"


def test_more_words_of_one_type_give_more_confidence() -> None:
    assert MODEL.judge("垃圾，装修垃圾").confidence > MODEL.judge("垃圾").confidence
