"""Where a ticket is says its address as well as its text: the same words of different addresses are no matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.projects.jobs.evaluate_hot_issues import HotIssueReplay, Message
from tests.harness.term_key import TERM_KEY
from tests.unit.classifier.readers import shipped_reader

SAID = (
    "楼下餐馆油烟直排，熏得开不了窗",
    "楼下饭店油烟直排，熏得不敢开窗",
    "底楼餐馆油烟直排，家里开不了窗",
    "楼下餐馆的油烟直排，熏得开不了窗",
    "楼下餐馆油烟直接排放，熏得没法开窗",
)
FIVE = ("四平路100弄彩虹小区", "广灵四路50弄丽园小区", "东大名路9号滨江公寓", "江湾镇文治路7弄", "凉城路465弄秀苑")


@pytest.mark.parametrize(("addresses", "alarms"), [(FIVE, 0), (FIVE[:1] * 5, 1)])
def test_the_address_keeps_matters_apart_and_holds_one_together(addresses: tuple[str, ...], alarms: int) -> None:
    replay = HotIssueReplay(TERM_KEY)
    for number, (text, address) in enumerate(zip(SAID, addresses, strict=True)):
        read = shipped_reader().read(text, address)
        at = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(days=number)
        replay.take(Message(f"{number}", f"{number}", text, at, "", read.place_words, read.fingerprint))
    assert len(replay.alarms) == alarms
