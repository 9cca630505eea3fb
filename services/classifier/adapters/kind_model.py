"""The layer that knows the kinds by how people write, made from this project's examples and shipped as arrays.

`python -m services.classifier.adapters.kind_model` makes it anew; a test holds it to its examples.
"""

from __future__ import annotations

import csv
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from services.classifier.adapters.model_files import arrays_of, layer_of
from services.classifier.domain.grams import grams_of
from services.classifier.domain.kind import KINDS
from services.classifier.domain.type_model import Layer

EXAMPLES: Final = Path(__file__).parents[1] / "data" / "kind_examples.csv"
SHIPPED: Final = Path(__file__).parents[1] / "data" / "kind_model.npz"


def make(file: Path = SHIPPED) -> None:
    # A running classifier does without the libraries that fit.
    from services.classifier.app.fitting import fit_layer

    with EXAMPLES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    layer = fit_layer([grams_of(row["text"]) for row in rows], [row["kind"] for row in rows], KINDS)
    np.savez_compressed(file, **arrays_of(layer), examples_sha256=np.array(examples_sha256()))


@cache
def kind_layer() -> Layer:
    with np.load(SHIPPED, allow_pickle=False) as arrays:
        return layer_of(arrays)


def made_from() -> str:
    """The checksum of the examples that the shipped layer was made from."""
    with np.load(SHIPPED, allow_pickle=False) as arrays:
        return str(arrays["examples_sha256"])


def examples_sha256() -> str:
    return hashlib.sha256(EXAMPLES.read_bytes()).hexdigest()


if __name__ == "__main__":
    make()
