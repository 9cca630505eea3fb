"""What kind of property an estate is: who pays its repair depends on it (docs/domain.md §4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from services.contracts.data_files import DATA, DataRow, read_rows
from services.contracts.writing import plain


class PropertyKind(DataRow):
    """`words`: how files say it."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,12}(-[a-z]{1,12})?$")]
    name_cn: str
    name_en: str
    words: tuple[str, ...]


@cache
def property_kinds() -> Mapping[str, PropertyKind]:
    """All kinds by code."""
    return read_rows(DATA / "property_kinds.yaml", "property_kinds", PropertyKind, "code")


def kind_written(words: str) -> str | None:
    """The code of a kind as a file says it; None for words that mean none."""
    said = plain(words).strip().casefold()
    return next((code for code, kind in property_kinds().items() if said in kind.words), None)


def _known(code: str) -> str:
    if code not in property_kinds():
        raise ValueError(f"is none of {', '.join(property_kinds())}")
    return code


PropertyKindCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,12}(-[a-z]{1,12})?$"), AfterValidator(_known)]
