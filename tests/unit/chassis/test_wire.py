"""Record headers survive the way through one column."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.messaging.wire import pack_headers, unpack_headers

HEADERS = st.lists(st.tuples(st.text(), st.binary()))


@given(HEADERS)
def test_headers_come_back_as_they_were_with_repeated_names_and_any_bytes(headers: list[tuple[str, bytes]]) -> None:
    assert unpack_headers(pack_headers(headers)) == headers


def test_a_header_without_a_value_comes_back_empty() -> None:
    assert unpack_headers(pack_headers([("a", None), ("b", b"")])) == [("a", b""), ("b", b"")]  # type: ignore[list-item]
