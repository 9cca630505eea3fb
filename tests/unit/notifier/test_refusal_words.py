"""Each code of a refusal is said to people; a code without a row of its own by the row for others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.contracts.data_files import InvalidData
from services.notifier.files.refusal_words import FILE, load_refusal_words, said

GUIDE = Path(__file__).parents[3] / "docs" / "replies.md"


def test_every_code_of_the_guide_has_its_words() -> None:
    listed = GUIDE.read_text(encoding="utf-8").partition("| `code` | when |")[2]
    first_cells = [line.split("|")[1] for line in listed.splitlines() if line.startswith("| `")]
    codes = set(re.findall(r"`([a-z-]+)`", " ".join(first_cells)))
    assert len(codes) > 10
    assert codes <= load_refusal_words().keys()


def test_a_code_without_a_row_is_said_by_the_row_for_others() -> None:
    words = load_refusal_words()
    assert said(words, "who-knows") == said(words, "other")
    assert said(words, "conflict") != said(words, "other")


def test_a_file_without_the_row_for_others_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "refusals.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace("code: other", "code: rest"), encoding="utf-8")
    with pytest.raises(InvalidData, match="no row has the code other"):
        load_refusal_words(file)
