"""docs/replies.md lists what a department can reply, and nothing else."""

from __future__ import annotations

from pathlib import Path

from tests.contract.reply_guide import rows

GUIDE = Path(__file__).parents[2] / "docs" / "replies.md"


def test_the_guide_has_every_reply_and_every_act_in_the_order_of_their_tables() -> None:
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("| `reply.") or "`POST /" in line] == list(rows())
