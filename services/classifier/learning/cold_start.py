"""The shipped model, built from nothing but the word lists and the examples of this project.

`python -m services.classifier.learning.cold_start` rebuilds it; a test holds it to its sources.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from services.classifier.domain.grams import grams_of
from services.classifier.domain.type_model import OTHER, TypeModel
from services.classifier.domain.type_words import TypeWords
from services.classifier.files.labelled_files import EXAMPLES, Labelled, examples
from services.classifier.files.model_files import SHIPPED, Vocabulary, save
from services.classifier.files.word_list import WORDS, word_list
from services.classifier.learning.fitting import fit_layer
from services.contracts.taxonomy import taxonomy

FACTORS: Final = (0.25, 4.0)
"""The weights of words and n-grams, set on the examples and on texts written like real ones (docs/classifier.md)."""
OTHER_OFFSET: Final = -1.5
TRUST: Final = (0.8, 0.45, 0.0, 0.0, 0.0)
"""Calibration: an intercept and the factor of log odds. The others are learnt from a district's own tickets."""


def cold_start(rows: Sequence[Labelled], vocabulary: Vocabulary, version: str) -> TypeModel:
    labels = tuple(sorted([*taxonomy().types, OTHER]))
    layer = fit_layer([grams_of(row.text) for row in rows], [row.label for row in rows], labels, ours=True)
    offset = np.zeros(len(labels), np.float32)
    offset[labels.index(OTHER)] = OTHER_OFFSET
    words = TypeWords(labels, vocabulary.words, vocabulary.weak)
    return TypeModel(version, labels, words, (layer,), FACTORS, offset, TRUST)


def sources_sha256() -> str:
    """Of everything the shipped model is built from."""
    digest = hashlib.sha256(repr((FACTORS, OTHER_OFFSET, TRUST, taxonomy().types)).encode())
    for file in (WORDS, *sorted(EXAMPLES.glob("*.csv"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def make(folder: Path = SHIPPED) -> None:
    rows, vocabulary, digest = examples(), word_list(), sources_sha256()
    version = f"cold-{digest[:8]}"
    card: dict[str, Any] = {
        "version": version,
        "made": date.today().isoformat(),
        "learnt_from": "the taxonomy, services/classifier/data/words.yaml and services/classifier/data/examples",
        "examples": len(rows),
        "words": sum(len(words) for words in vocabulary.words.values()),
        "sources_sha256": digest,
        "figures": "docs/classifier.md",
    }
    model = cold_start(rows, vocabulary, version)
    if folder.exists():
        shutil.rmtree(folder)
    save(model, vocabulary, card, folder)
    print(f"{version}: {len(rows)} examples, {len(model.layers[0].keys)} n-grams", file=sys.stderr)


if __name__ == "__main__":
    make()
