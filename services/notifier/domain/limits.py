"""How near an officer is to the limits of a channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.notifier.domain.sending_rules import ChannelLimit


def free_from(sent_at: Sequence[datetime], at: datetime, limits: Sequence[ChannelLimit]) -> datetime:
    """`at` itself, or the first moment at which one more message exceeds no limit. `sent_at`: when others left."""
    free = at
    for limit in limits:
        recent = sorted(one for one in sent_at if one > at - limit.span)
        if len(recent) >= limit.most:
            free = max(free, recent[-limit.most] + limit.span)
    return free


def share_used(sent_at: Sequence[datetime], at: datetime, limits: Sequence[ChannelLimit]) -> float:
    """Of the limit that is nearest, 0 to 1 and more: urgent messages are counted, and not stopped."""
    return max((sum(one > at - limit.span for one in sent_at) / limit.most for limit in limits), default=0.0)
