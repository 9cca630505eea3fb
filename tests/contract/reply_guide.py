"""The tables of docs/replies.md, made from the registry: `python -m tests.contract.reply_guide` prints them."""

from __future__ import annotations

from collections.abc import Iterator

from services.contracts.department_acts import department_acts, over_http_alone
from services.contracts.registry import TICKET_REPLY_EVENTS
from services.contracts.reply_events import DepartmentReply, NoticesReadReplied, ReplyEvent

COMMON = DepartmentReply.model_fields.keys() | ReplyEvent.model_fields.keys()


def rows() -> Iterator[str]:
    """Every row that the document must have, in its order."""
    for event in (*TICKET_REPLY_EVENTS, NoticesReadReplied):
        own = {name: field for name, field in event.model_fields.items() if name not in COMMON}
        fields = ", ".join(f"`{name}`" + ("" if field.is_required() else " (optional)") for name, field in own.items())
        first = (event.__doc__ or "").strip().split("\n")[0]
        yield f"| `{event.type}` | {first} | {fields or '–'} |"
    for act in department_acts().values():
        about = ", ".join(f"`{name}`" for name in act.about) or "–"
        yield f"| `{act.act}` | {act.zh} · {act.en} | {about} | `POST {act.path}` |"
    for alone in over_http_alone().values():
        yield f"| `POST {alone.path}` | {alone.why} |"


if __name__ == "__main__":
    print("\n".join(rows()))
