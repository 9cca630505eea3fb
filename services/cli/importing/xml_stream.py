"""XML of any size in constant memory, with limits for what a workbook may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Protocol
from xml.parsers import expat

from services.cli.importing.table import Unreadable

CHUNK = 1 << 16
LONGEST_TAG = 1 << 20
"""Bytes. The parser holds a tag until it ends."""


class Handler(Protocol):
    """Takes what stands in a document; names come without their prefix."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


def parse(stream: IO[bytes], handler: Handler) -> Iterator[None]:
    """Feeds the handler; yields after each piece, so that the caller can pass on what is complete. Raises Unreadable
    for a document type (it could define texts of any length) and for a tag that does not end, and ExpatError."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = _without_prefix(handler.start)
    parser.EndElementHandler = lambda name: handler.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    fed = 0
    while piece := stream.read(CHUNK):
        parser.Parse(piece, False)
        fed += len(piece)
        if fed - parser.CurrentByteIndex > LONGEST_TAG:
            raise Unreadable(f"holds a tag of more than {LONGEST_TAG:,} bytes, which no workbook has")
        yield
    parser.Parse(b"", True)
    yield


def parse_whole(stream: IO[bytes], handler: Handler) -> None:
    for _ in parse(stream, handler):
        pass


def _without_prefix(start: Callable[[str, Mapping[str, str]], None]) -> Callable[[str, dict[str, str]], None]:
    def handle(name: str, attributes: dict[str, str]) -> None:
        start(name.rpartition(":")[2], attributes)

    return handle


def _refuse_doctype(*_: object) -> None:
    raise Unreadable("holds a document type definition, which no workbook has")
