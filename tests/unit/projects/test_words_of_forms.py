"""Whatever a form of cases, standards and supervision may get wrong is named in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getmembers, isclass
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

import services
from services.chassis.pages.speech import Language, Speech, read_words
from services.projects.http import case_bodies, standard_bodies, supervision_bodies

PAGES = [Path(services.__file__).parent / service / "pages" / "words.yaml" for service in ("chassis", "projects")]
WORDS = read_words(PAGES)
FORMS = ((case_bodies, "standard"), (standard_bodies, "standard"), (supervision_bodies, "supervision"))


def fields_of(module: ModuleType) -> Iterator[str]:
    """Of all bodies that are made there."""
    for _, body in getmembers(module, isclass):
        if issubclass(body, BaseModel) and body.__module__ == module.__name__:
            yield from body.model_fields


@pytest.mark.parametrize(("module", "of"), FORMS, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_each_field_has_its_name_and_what_to_do(module: ModuleType, of: str) -> None:
    say = Speech(Language.ZH, WORDS)
    lacking = {
        f"{what}.{name}"
        for name in fields_of(module)
        for what in ("field", "fault")
        if not (say.if_known(f"{of}.{what}.{name}") or say.if_known(f"{what}.{name}"))
    }
    assert lacking == set()
