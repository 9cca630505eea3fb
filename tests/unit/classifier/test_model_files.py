"""services/classifier/files/model_files.py, model_store.py: what was saved is what is loaded, or a clear error."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from services.classifier.files.model_files import ARRAYS, CARD, FACTS, SHIPPED, BadModel, load, save
from services.classifier.files.model_store import COLD_START, POINTER, ModelStore
from services.classifier.learning.cold_start import sources_sha256

TEXTS = ["屋顶漏水", "楼道灯不亮\n晚上看不见", "学校乱收费", "", "🏚️", "改造后又漏，刚修好就裂"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stored, folder = load(SHIPPED), tmp_path_factory.mktemp("saved") / "copy"
    save(stored.model, stored.vocabulary, {"version": "copy"}, folder)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "copy"))


def test_the_shipped_model_is_made_from_what_stands_beside_it() -> None:
    """Red: make it anew with `python -m services.classifier.learning.cold_start`."""
    assert load(SHIPPED).card["sources_sha256"] == sources_sha256()


def test_a_model_that_was_saved_judges_as_before(folder: Path) -> None:
    before, after = load(SHIPPED).model, load(folder).model
    assert [before.judge(text) for text in TEXTS] == [after.judge(text) for text in TEXTS]


@pytest.mark.parametrize("part", [FACTS, ARRAYS, CARD])
@pytest.mark.parametrize("kept", [0, 1, 100])
def test_a_file_cut_short_is_refused_with_its_name(folder: Path, part: str, kept: int) -> None:
    whole = (folder / part).read_bytes()
    (folder / part).write_bytes(whole[: min(kept, len(whole) - 3)])
    with pytest.raises(BadModel, match=r"train again|copy it again"):
        load(folder)


@pytest.mark.parametrize("part", [FACTS, ARRAYS, CARD])
def test_a_file_that_is_missing_is_named(folder: Path, part: str) -> None:
    (folder / part).unlink()
    with pytest.raises(BadModel, match=part):
        load(folder)


def test_a_model_of_another_format_is_refused(folder: Path) -> None:
    facts = json.loads((folder / FACTS).read_text())
    (folder / FACTS).write_text(json.dumps(facts | {"format": 99}))
    with pytest.raises(BadModel, match="is of format 99, this program reads 1: train again"):
        load(folder)


@pytest.mark.parametrize(
    "wrong", [{"labels": ["OT"]}, {"factors": [1.0]}, {"offset": []}, {"layers": []}, {"trust": []}]
)
def test_a_model_whose_parts_do_not_fit_is_refused(folder: Path, wrong: dict[str, object]) -> None:
    facts = json.loads((folder / FACTS).read_text())
    (folder / FACTS).write_text(json.dumps(facts | wrong))
    with pytest.raises(BadModel, match="does not fit together"):
        load(folder)


def test_without_a_pointer_the_shipped_model_is_in_use(tmp_path: Path) -> None:
    assert ModelStore(tmp_path / "none").active().model.version == load(SHIPPED).model.version


def test_a_model_is_put_to_use_and_rolled_back(folder: Path) -> None:
    store = ModelStore(folder.parent)
    store.activate("copy")
    assert (store.pointer().active, store.pointer().before) == ("copy", (COLD_START,))
    assert store.roll_back() == COLD_START
    with pytest.raises(BadModel, match="nothing to go back to"):
        store.roll_back()


def test_a_model_that_does_not_load_is_not_put_to_use(folder: Path) -> None:
    (folder / ARRAYS).write_bytes(b"PK")
    store = ModelStore(folder.parent)
    with pytest.raises(BadModel):
        store.activate("copy")
    assert store.pointer().active == COLD_START


@pytest.mark.parametrize("content", ["", "{", "[]", '{"active": "x"}'])
def test_a_pointer_that_cannot_be_read_is_an_error_and_no_silent_cold_start(tmp_path: Path, content: str) -> None:
    (tmp_path / POINTER).write_text(content)
    with pytest.raises(BadModel, match="remove it to use what ships"):
        ModelStore(tmp_path).active()
