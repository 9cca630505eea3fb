"""The layer that recognises the kind of a request by how people write, shipped as arrays (learning/kind_layer.py)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from services.classifier.domain.type_model import Layer
from services.classifier.files.model_files import layer_of

SHIPPED: Final = Path(__file__).parents[1] / "data" / "kind_model.npz"


@cache
def kind_layer() -> Layer:
    with np.load(SHIPPED, allow_pickle=False) as arrays:
        return layer_of(arrays)


def made_from() -> str:
    """The checksum of the examples that the shipped layer was made from."""
    with np.load(SHIPPED, allow_pickle=False) as arrays:
        return str(arrays["examples_sha256"])
