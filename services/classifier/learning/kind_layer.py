"""Fitting the layer that recognises the kind of a request, from this project's own examples.

`python -m services.classifier.learning.kind_layer` rebuilds the shipped layer; a test holds it to its examples.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from services.classifier.domain.grams import grams_of
from services.classifier.domain.kind import KINDS
from services.classifier.files.kind_model import SHIPPED
from services.classifier.files.model_files import arrays_of
from services.classifier.learning.fitting import fit_layer

EXAMPLES: Final = Path(__file__).parents[1] / "data" / "kind_examples.csv"
MOST_OF_A_KIND: Final = 300


def make(file: Path = SHIPPED) -> None:
    rows = [*_rows(EXAMPLES), *_some_of_each_kind()]
    layer = fit_layer([grams_of(row["text"]) for row in rows], [row["kind"] for row in rows], KINDS)
    np.savez_compressed(file, **arrays_of(layer), examples_sha256=np.array(examples_sha256()))


def examples_sha256() -> str:
    """Of everything the layer is made from."""
    digest = hashlib.sha256(str(MOST_OF_A_KIND).encode())
    for file in (EXAMPLES, *_type_examples()):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _some_of_each_kind() -> Iterator[dict[str, str]]:
    """From the examples of the types, evenly over the types: with all of them everything would be a complaint."""
    by_kind: dict[str, list[dict[str, str]]] = defaultdict(list)
    for file in _type_examples():
        for row in _rows(file):
            by_kind[row["kind"]].append(row)
    for kind in KINDS:
        rows = by_kind[kind]
        wanted = min(len(rows), MOST_OF_A_KIND)
        yield from (rows[number * len(rows) // wanted] for number in range(wanted))


def _type_examples() -> list[Path]:
    return sorted((EXAMPLES.parent / "examples").glob("*.csv"))


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    make()
