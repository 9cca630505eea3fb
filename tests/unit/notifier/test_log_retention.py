"""How long the log keeps what was sent: each message has one class."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from services.contracts.data_files import InvalidData
from services.notifier.domain.delivery import SUBJECT_FIELDS
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.files.log_retention import FILE, load_log_retention, load_officer_log_retention
from services.notifier.wiring import text_retention


def test_every_message_is_kept_longer_than_it_can_be_sent_again() -> None:
    kept = load_log_retention()
    assert kept.keys() == {message.type for message in SUBJECT_FIELDS}
    assert min(kept.values()) > text_retention() + RetryPolicy().give_up_after + timedelta(days=30)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("department.supervision_told.v1, ", "", "no class names department.supervision_told.v1"),
        ("department.supervision_told.v1", "department.pigeon.v1", "'department.pigeon.v1' is none of"),
        ("department.supervision_told.v1", "department.case_told.v1", "has a class already"),
        ("days: 180", "days: 30", "days"),
        ("days: 180", "years: 1", "classes row 5"),
    ],
)
def test_a_faulty_file_is_refused_with_the_row_and_the_remedy(old: str, new: str, fault: str, tmp_path: Path) -> None:
    changed = tmp_path / "log_retention.yaml"
    content = FILE.read_text(encoding="utf-8")
    assert old in content
    changed.write_text(content.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidData, match=fault):
        load_log_retention(changed)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[topic]", "[]", "no class names topic; add each to subjects of one"),
        ("[topic]", "[topic, pigeon]", "'pigeon' is none of"),
        ("[topic]", "[topic, case]", "subjects: case has a class already"),
    ],
    ids=["forgotten", "unknown", "twice"],
)
def test_what_officers_are_notified_of_has_one_class_each(old: str, new: str, fault: str, tmp_path: Path) -> None:
    assert min(load_officer_log_retention().values()) >= timedelta(days=180)
    changed = tmp_path / "log_retention.yaml"
    changed.write_text(FILE.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidData, match=fault):
        load_officer_log_retention(changed)
