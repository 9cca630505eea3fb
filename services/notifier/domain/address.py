"""Whether an address can be one of its channel. Addresses are personal data: no message repeats them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from services.notifier.domain.officer import OfficerChannel


class Form(NamedTuple):
    pattern: re.Pattern[str]
    remedy: str


_KEY = re.compile(r"[A-Za-z0-9_-]{8,128}", re.ASCII)
FORMS: Final[Mapping[OfficerChannel, Form]] = {
    OfficerChannel.EMAIL: Form(
        re.compile(r"[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}", re.ASCII),
        "is no mailbox; write it as in duty@example.gov.cn",
    ),
    OfficerChannel.SMS: Form(
        re.compile(r"1[3-9][0-9]{9}", re.ASCII), "is no mobile number; give its eleven digits, without +86 or spaces"
    ),
    OfficerChannel.WECOM: Form(_KEY, "is no key of a robot; give the part of its address after key="),
    OfficerChannel.DINGTALK: Form(_KEY, "is no key of a robot; give the part of its address after access_token="),
    OfficerChannel.FEISHU: Form(_KEY, "is no key of a robot; give the last part of its address"),
}


def fault_of(channel: OfficerChannel, address: str) -> str | None:
    """What is wrong with an address, with the remedy; None for one that can be right."""
    form = FORMS[channel]
    return None if form.pattern.fullmatch(address) else form.remedy
