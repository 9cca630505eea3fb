"""Guesses the type from a caller's first words, to look up what is known before a ticket is filed."""

from __future__ import annotations

from services.contracts.taxonomy import Taxonomy
from services.contracts.writing import plain

MOST_TYPES = 3


def types_in(text: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    """The types whose key words the text holds, the one with the most of them first; none if there are none.

    For display only, never for dispatch: types may share a word, and the operator sees which was meant.
    """
    said = plain(text)
    weights = {
        code: sum(len(word) for word in problem.keywords if plain(word) in said)
        for code, problem in taxonomy.types.items()
    }
    found = sorted((code for code, weight in weights.items() if weight), key=lambda code: -weights[code])
    return tuple(found[:MOST_TYPES])
