"""Type models on disk: one folder per version with arrays, the other parameters, and a card for people.

`model.npz` (no pickle) and `model.json` are the model; `card.json` says what it learnt from, when, and how good it is.
A folder is written under another name and then renamed, so that a reader never sees half of it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from services.classifier.domain.type_model import Layer, TypeModel
from services.classifier.domain.type_words import TypeWords

FORMAT: Final = 1
ARRAYS, FACTS, CARD = "model.npz", "model.json", "card.json"
SHIPPED: Final = Path(__file__).parents[1] / "data" / "cold_start"


class BadModel(ValueError):
    """A model that cannot be used; the message names the file and the remedy."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words a model was built with. They are stored with it: later word lists do not change what it means."""

    words: Mapping[str, Sequence[str]]
    weak: Sequence[str]


@dataclass(frozen=True, slots=True)
class StoredModel:
    model: TypeModel
    vocabulary: Vocabulary
    card: Mapping[str, Any]


def save(model: TypeModel, vocabulary: Vocabulary, card: Mapping[str, Any], folder: Path) -> None:
    """Writes the folder, which must not exist yet. Raises OSError."""
    arrays: dict[str, Any] = {}
    for number, layer in enumerate(model.layers):
        arrays |= arrays_of(layer, number)
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    facts = {
        "format": FORMAT,
        "version": model.version,
        "labels": model.labels,
        "factors": model.factors,
        "trust": model.trust,
        "offset": [float(number) for number in model.offset],
        "layers": [{"ours": layer.ours, "heading": layer.heading} for layer in model.layers],
        "arrays_sha256": hashlib.sha256(packed.getvalue()).hexdigest(),
        "words": {label: list(words) for label, words in vocabulary.words.items()},
        "weak": list(vocabulary.weak),
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".draft-"))
    try:
        (draft / ARRAYS).write_bytes(packed.getvalue())
        (draft / FACTS).write_text(json.dumps(facts, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        (draft / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        draft.chmod(0o755)
        os.rename(draft, folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def arrays_of(layer: Layer, number: int = 0) -> dict[str, Any]:
    """The layer as named arrays, as a file holds them."""
    return {
        f"keys_{number}": layer.keys,
        f"idf_{number}": layer.idf,
        f"weights_{number}": layer.weights.astype(np.float16),
        f"bias_{number}": layer.bias,
    }


def layer_of(arrays: Mapping[str, Any], number: int = 0, *, ours: bool = False, heading: bool = False) -> Layer:
    """Reverses `arrays_of`. Raises KeyError."""
    keys, idf, weights, bias = (arrays[f"{name}_{number}"] for name in ("keys", "idf", "weights", "bias"))
    return Layer(keys, idf, weights.astype(np.float32), bias, ours, heading)


def load(folder: Path) -> StoredModel:
    """Raises BadModel for a folder that is not there, is cut short, or is of another version of the format."""
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        packed = (folder / ARRAYS).read_bytes()
    except FileNotFoundError as missing:
        raise BadModel(f"{missing.filename} is not there: name a folder that `closedloop train` wrote") from None
    except (OSError, ValueError) as error:
        raise BadModel(f"{folder}: cannot be read ({error}): train again, or roll back") from None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        found = facts.get("format") if isinstance(facts, dict) else None
        raise BadModel(f"{folder / FACTS} is of format {found}, this program reads {FORMAT}: train again")
    if hashlib.sha256(packed).hexdigest() != facts.get("arrays_sha256"):
        raise BadModel(f"{folder / ARRAYS} is cut short or not of this model: copy it again, or train again")
    try:
        return _built(facts, packed, card)
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise BadModel(f"{folder}: does not fit together ({type(error).__name__}: {error}): train again") from None


def _built(facts: Mapping[str, Any], packed: bytes, card: Mapping[str, Any]) -> StoredModel:
    labels = tuple(facts["labels"])
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        layers = tuple(
            layer_of(arrays, number, ours=bool(about["ours"]), heading=bool(about["heading"]))
            for number, about in enumerate(facts["layers"])
        )
    for layer in layers:
        if layer.weights.shape != (len(layer.keys), len(labels)) or layer.idf.shape != layer.keys.shape:
            raise ValueError("arrays of different sizes")
    vocabulary = Vocabulary(facts["words"], facts["weak"])
    model = TypeModel(
        facts["version"],
        labels,
        TypeWords(labels, vocabulary.words, vocabulary.weak),
        layers,
        tuple(facts["factors"]),
        np.array(facts["offset"], np.float32),
        tuple(facts["trust"]),
    )
    if (
        len(model.trust) != 4 + len(layers)
        or len(model.factors) != 1 + len(layers)
        or model.offset.shape != (len(labels),)
    ):
        raise ValueError("factors of another model")
    return StoredModel(model, vocabulary, card)
