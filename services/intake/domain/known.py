"""What a caller's first words say of the matter, so that what is known of it can be told at once."""

from __future__ import annotations

from services.contracts.taxonomy import Taxonomy

MOST_TYPES = 3


def types_in(text: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    """The types whose key words the text holds, the one with the most of them first; none if there are none.

    For showing, never for dispatching: two types may share a word, and the operator sees which was meant.
    """
    weights = {
        code: sum(len(word) for word in problem.keywords if word in text) for code, problem in taxonomy.types.items()
    }
    found = sorted((code for code, weight in weights.items() if weight), key=lambda code: -weights[code])
    return tuple(found[:MOST_TYPES])
