"""The reader as it ships."""

from __future__ import annotations

from functools import cache

from services.classifier.adapters.data import reader_with
from services.classifier.adapters.model_files import SHIPPED, load
from services.classifier.domain.reader import ModelReader


@cache
def shipped_reader() -> ModelReader:
    return reader_with(load(SHIPPED).model)
