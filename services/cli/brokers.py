"""The brokers that a command reads or writes itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.chassis.settings import KafkaSettings


def brokers_of(state: dict[str, Any]) -> KafkaSettings:
    """Those of the stack whose state this is."""
    from services.chassis.settings import KafkaSettings, Profile

    return KafkaSettings(profile=Profile.DEMO, **state["kafka"]["settings"])


def brokers_at(bootstrap: str, flavour: str = "apache") -> KafkaSettings:
    """Those at an address. KAFKA_SECURITY, _USER, _PASSWORD and _CA say how to come in, as for a service.

    Without CLOSEDLOOP_PROFILE a command takes an open broker, which has nothing to lose. Ends the command, naming each
    wrong variable.
    """
    from services.chassis.settings import PREFIX, KafkaSettings, Profile, load

    given = {} if os.environ.get(f"{PREFIX}PROFILE") else {"profile": Profile.DEMO}
    return load(KafkaSettings, kafka_bootstrap=bootstrap, kafka_flavour=flavour, **given)


def closed_brokers_at(bootstrap: str) -> KafkaSettings:
    """The same where users and rights are given: an open broker asks for neither."""
    from services.chassis.settings import KafkaSettings, Profile, load

    return load(KafkaSettings, kafka_bootstrap=bootstrap, kafka_flavour="apache", profile=Profile.PRODUCTION)
