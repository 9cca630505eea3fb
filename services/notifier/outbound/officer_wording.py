"""Makes the words of a message to an officer when it is sent; notices that are no longer true are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from services.chassis.channels.message import Language, Message
from services.chassis.database.work import Work
from services.notifier.domain.leaving import Cause
from services.notifier.domain.message_text import text_of
from services.notifier.domain.sending_rules import SendingRules
from services.notifier.store import outgoing_outcomes as outcomes
from services.notifier.store.notice_reading import link_of
from services.notifier.store.outgoing import Claimed, Held, held_in, receiver_of

log = structlog.get_logger(__name__)

Sentence = Callable[[str, Mapping[str, Any], str, int], str]
"""What a template says with these values in a language, at this step of a chain. Raises KeyError for an unknown one."""


@dataclass(frozen=True, slots=True)
class OfficerWording:
    """`site`: the URL under which officers reach `/n/`; None: messages have no link."""

    rules: SendingRules
    sentence: Sentence
    site: str | None = None

    def __call__(self, work: Work, message: Claimed) -> Message | None:
        """None if it was withheld, or goes another way."""
        receiver = receiver_of(work, message)
        if not receiver.active:
            outcomes.withhold(work, message, Cause.LEFT)
            return None
        if receiver.address is None:
            outcomes.next_way(work, message, Cause.NO_WAY)
            return None
        language: Language = "en" if receiver.language == "en" else "zh"
        sentences, withheld = self._sentences(said := held_in(work, message.message_id), language)
        for cause, notices in withheld.items():
            outcomes.withhold_notices(work, [one.notice_id for one in notices], cause)
        if not sentences:
            outcomes.withhold(work, message, next(iter(withheld), Cause.NO_WORDS))
            return None
        frame = self.rules.frames[language]
        text = text_of(sentences, frame, self.rules.lines[message.channel])
        if self.site and any(one.asks for one in said):
            link = f"{self.site.rstrip('/')}/n/{link_of(work, message.message_id)}"
            text = f"{text}\n{frame.link.format(text=link, number=1)}"
        return Message(str(message.message_id), receiver.address, text, language)

    def _sentences(self, notices: Sequence[Held], language: str) -> tuple[list[str], dict[Cause, list[Held]]]:
        sentences: list[str] = []
        withheld: dict[Cause, list[Held]] = {}
        for one in notices:
            if cause := _moot(one):
                withheld.setdefault(cause, []).append(one)
                continue
            try:
                sentences.append(self.sentence(one.template, one.values, language, one.step))
            except Exception:
                log.exception("a notice cannot be put into words", notice=str(one.notice_id), template=one.template)
                withheld.setdefault(Cause.NO_WORDS, []).append(one)
        return sentences, withheld


def _moot(notice: Held) -> Cause | None:
    """Why it is not to be said any more."""
    if notice.guarded:
        return Cause.CONFIDENTIAL
    if notice.overtaken:
        return Cause.READ_EARLIER
    return Cause.READ if notice.read else None
