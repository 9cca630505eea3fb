"""What a person wants with a text (docs/domain.md §2.1): by how such texts are written, by cue words, by its type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.classifier.domain.lexicon import Lexicon
from services.classifier.domain.type_model import Counted, Layer
from services.contracts.ticket_events import RequestKind

KINDS: Final = tuple(sorted(RequestKind))
"""In the order of a layer's columns."""
OPENING_CHARACTERS: Final = 16
"""Who opens with what he wants (我要投诉, 请问) means it."""
OPENING_FACTOR: Final = 2.0
NAMING: Final = 3
MOST_CUES: Final = 6.0
CUE_FACTOR: Final = 0.1
USUAL: Final = 0.1
"""What cues weigh, up to MOST_CUES, and the type's usual kind, beside the layer: the best of few values by 5 folds over
the examples. In long letters polite questions and wishes would outweigh the trouble described, if cues weighed more."""
_NOT_MEANT: Final = re.compile(r"(?:不是|没有|并非|不想|不要|别|曾|已经|多次|再三|一直|之前|上次)(?:来|要|在)?$")


@dataclass(frozen=True, slots=True)
class Cue:
    kind: RequestKind
    weight: float


class Kinds:
    """Reads the kind of a text. `layer`: over KINDS, of texts of each kind. A cue weighs the same however often it
    stands."""

    def __init__(self, cues: Mapping[RequestKind, Mapping[float, Iterable[str]]], layer: Layer) -> None:
        self._cues = {
            word: Cue(kind, weight)
            for kind, by_weight in cues.items()
            for weight, words in by_weight.items()
            for word in words
        }
        self._lexicon = Lexicon(self._cues)
        self._layer = layer

    def kind_of(
        self, text: str, title: str, grams: Counted, usual: RequestKind | None
    ) -> tuple[RequestKind | None, tuple[str, ...]]:
        """Of a normalised text, its title if it has one, and its n-grams; and the cues for it. `usual` is its type's:
        the answer for a text that says nothing. A title that names one kind outright (…的投诉) is believed."""
        titled = [(cue.kind, word) for word, cue, _ in self._found(title) if cue.weight >= NAMING]
        if len({kind for kind, _ in titled}) == 1:
            return titled[0][0], tuple(word for _, word in titled)
        cues = self._found(text)
        written = self._layer.scores(self._layer.seen(grams))
        if not cues and np.array_equal(written, self._layer.bias):
            return usual, ()
        scores = written.copy()
        for place, kind in enumerate(KINDS):
            cued = sum(weight for _, cue, weight in cues if cue.kind is kind)
            scores[place] += CUE_FACTOR * min(cued, MOST_CUES) + USUAL * (kind is usual)
        best = KINDS[int(scores.argmax())]
        telling = [(-cue.weight, word) for word, cue, _ in cues if cue.kind is best]
        return best, tuple(word for _, word in sorted(telling))

    def _found(self, text: str) -> list[tuple[str, Cue, float]]:
        """Each cue that is meant, and what it weighs where it stands."""
        found = []
        for word, ends in self._lexicon.find(text).items():
            cue = self._cues[word]
            at = next((end + 1 - len(word) for end in ends if _is_meant(text, end + 1 - len(word), cue)), None)
            if at is not None:
                found.append((word, cue, cue.weight * (OPENING_FACTOR if at < OPENING_CHARACTERS else 1)))
        return found


def _is_meant(text: str, at: int, cue: Cue) -> bool:
    """Only what names a kind outright also counts when it is of the past (之前多次投诉) or denied."""
    return cue.weight < NAMING or not _NOT_MEANT.search(text, max(0, at - 5), at)
