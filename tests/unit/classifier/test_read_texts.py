"""services/classifier/jobs/read_texts.py: what a replay hears of a text is what the stream would publish."""

from __future__ import annotations

from services.classifier.jobs.read_texts import TraitReader
from tests.harness.term_key import TERM_KEY
from tests.unit.classifier.readers import shipped_reader


def test_traits_are_those_of_the_classification() -> None:
    texts = ["投诉听雨新城旁工地水泵整夜轰鸣", "~", "公园长椅坏了\n请修"]
    for text in texts:
        traits, classified = TraitReader(TERM_KEY).read(text), shipped_reader().read(text, None)
        assert (traits.fingerprint, traits.place_words) == (classified.fingerprint, classified.place_words)
