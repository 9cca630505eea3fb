"""What a person wants with a text (domain.md §2.1), by cue words; what its type usually is when it says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from services.classifier.domain.lexicon import Lexicon
from services.contracts.ticket_events import RequestKind

OPENING_CHARACTERS: Final = 16
"""Who opens with what he wants (我要投诉, 请问) means it."""
OPENING_FACTOR: Final = 2.0
NAMING: Final = 3
_NOT_MEANT: Final = re.compile(r"(?:不是|没有|并非|不想|不要|别|曾|已经|多次|再三|一直|之前|上次)(?:来|要|在)?$")


@dataclass(frozen=True, slots=True)
class Cue:
    kind: RequestKind
    weight: float


class Kinds:
    """Reads the kind of a text by the heaviest cues. A cue weighs the same however often it stands."""

    def __init__(self, cues: Mapping[RequestKind, Mapping[float, Iterable[str]]]) -> None:
        self._cues = {
            word: Cue(kind, weight)
            for kind, by_weight in cues.items()
            for weight, words in by_weight.items()
            for word in words
        }
        self._lexicon = Lexicon(self._cues)

    def kind_of(self, text: str, usual: RequestKind | None) -> tuple[RequestKind | None, tuple[str, ...]]:
        """Of a normalised text, and the words that decided. `usual` is the type's; it settles what is level."""
        scores: dict[RequestKind, float] = {}
        words: dict[RequestKind, list[str]] = {}
        for word, ends in self._lexicon.find(text).items():
            cue = self._cues[word]
            at = next((end + 1 - len(word) for end in ends if _is_meant(text, end + 1 - len(word), cue)), None)
            if at is None:
                continue
            weight = cue.weight * (OPENING_FACTOR if at < OPENING_CHARACTERS else 1)
            scores[cue.kind] = scores.get(cue.kind, 0) + weight
            words.setdefault(cue.kind, []).append(word)
        if not scores:
            return usual, ()
        best = max(scores, key=lambda kind: (scores[kind], kind is usual, kind.value))
        return best, tuple(sorted(words[best], key=lambda word: (-self._cues[word].weight, word)))


def _is_meant(text: str, at: int, cue: Cue) -> bool:
    """Only what names a kind outright is also told of the past (之前多次投诉) or denied."""
    return cue.weight < NAMING or not _NOT_MEANT.search(text, max(0, at - 5), at)
