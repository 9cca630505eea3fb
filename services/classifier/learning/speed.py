"""Measures a reader in this process: texts a second, the 99th percentile, memory."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import psutil

from services.classifier.domain.reading import Reader

CHARACTERS: Final = 250
MEASURED: Final = 2_000


@dataclass(frozen=True, slots=True)
class Speed:
    """Over texts of CHARACTERS characters, one after another: texts a second, 99th percentile in ms; RSS in MB."""

    texts_per_s: float
    p99_ms: float
    rss_mb: float


def speed_of(reader: Reader, texts: Sequence[str]) -> Speed:
    """`texts` are cut or repeated to the length that is measured."""
    cut = [(text * (CHARACTERS // max(len(text), 1) + 1))[:CHARACTERS] for text in texts] or ["。" * CHARACTERS]
    gc.freeze()  # as the service does with what it has loaded
    taken = []
    for number in range(MEASURED):
        began = time.perf_counter()
        reader.read(cut[number % len(cut)], None)
        taken.append(time.perf_counter() - began)
    taken.sort()
    return Speed(
        round(MEASURED / sum(taken), 1),
        round(1000 * taken[int(0.99 * MEASURED)], 3),
        round(psutil.Process().memory_info().rss / 1e6, 1),
    )
