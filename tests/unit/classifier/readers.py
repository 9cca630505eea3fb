"""The reader as it ships."""

from __future__ import annotations

from functools import cache

from services.classifier.domain.read_text import ModelReader
from services.classifier.files.model_files import SHIPPED, load
from services.classifier.files.reader_data import reader_with
from tests.harness.term_key import TERM_KEY


@cache
def shipped_reader() -> ModelReader:
    return reader_with(load(SHIPPED).model, TERM_KEY)
