"""What a play needs: a fresh stack on the demo's clock, with stand-ins for all that lies outside the district."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo import city as city_stand_in
from demo import sms_gateway
from demo.city import City
from demo.clockwork import BEGIN, midnight
from demo.duty.endpoint import Endpoint, Subscriber, serving
from demo.duty.late_joiner import LateJoiner, join
from demo.duty.officers import Officers
from demo.interfaces import Interfaces
from demo.mailbox import Mailbox
from demo.messages import Messages
from demo.play import Play, Script
from demo.replies import Replies
from demo.sms_gateway import SmsGatewayStandIn
from demo.traces import Traces
from services.chassis.clock import VirtualClock
from services.localstack.stack import Stack

PUBLIC_URL = "http://hotline.invalid"
"""Where callers reach intake, as the links in their messages say; nobody outside the demo can follow them."""


@dataclass(frozen=True, slots=True)
class Stage:
    stack: Stack
    clock: VirtualClock
    interfaces: Interfaces
    mailbox: Mailbox
    replies: Replies
    messages: Messages
    city: City
    subscriber: Subscriber
    officers: Officers

    def play(self, script: Script) -> Play:
        return Play(
            script,
            self.interfaces,
            self.mailbox,
            self.replies,
            self.city,
            self.clock,
            self.messages,
            Traces(self.stack.database_urls),
            self.subscriber,
            self.officers,
        )

    def late_joiner(self, play: Play) -> LateJoiner:
        """A department that reads its topics for the first time when the play is over."""
        return join(self.stack.brokers, self.stack.database_urls["intake"], play.published)


@contextmanager
def staged(folder: Path, seed: int) -> Iterator[Stage]:
    """Starts everything in `folder`, at the beginning of the demo's time, and stops it. Raises StartFailed."""
    clock = VirtualClock(folder / "clock")
    clock.set(midnight(BEGIN))
    # One partition: what happens at one moment of the clock is read in the order in which it was done, in every play.
    stack = Stack(folder, partitions=1, passing=True)
    # Which texts are alike enough to be one matter depends a little on the secret behind their fingerprints.
    fingerprint_key = hashlib.sha256(f"demo/{seed}".encode()).hexdigest()
    for settings in stack.environment.values():
        settings["CLOCK_FILE"] = str((folder / "clock").resolve())
        settings["FINGERPRINT_KEY"] = fingerprint_key
    # The demo's district is its own: it reads by no register and no model that was made in the folder it is started in.
    stack.environment["classifier"] |= {
        name: str((folder / name.lower()).resolve()) for name in ("MODELS", "REGISTERS")
    }
    city, gateway, officers_gateway, endpoint = City(), SmsGatewayStandIn(), SmsGatewayStandIn(), Endpoint()
    with ExitStack() as exits:
        stack.environment["intake"] |= {
            "CITY_URL": exits.enter_context(city_stand_in.serving(city)),
            "CITY_TOKEN": city_stand_in.TOKEN,
            "SMS_URL": exits.enter_context(sms_gateway.serving(gateway)),
            "SMS_TOKEN": sms_gateway.TOKEN,
            "PUBLIC_URL": PUBLIC_URL,
        }
        stack.environment["notifier"] |= {
            "SMS_URL": exits.enter_context(sms_gateway.serving(officers_gateway)),
            "SMS_TOKEN": sms_gateway.TOKEN,
        }
        url = exits.enter_context(serving(endpoint))
        exits.enter_context(stack)
        interfaces = exits.enter_context(Interfaces(stack))
        yield Stage(
            stack,
            clock,
            interfaces,
            exits.enter_context(Mailbox(stack.brokers)),
            exits.enter_context(Replies(stack.brokers, clock)),
            exits.enter_context(closing(Messages(stack.database_urls["intake"], gateway, clock.now))),
            city,
            Subscriber(interfaces, endpoint, url),
            Officers(interfaces, officers_gateway, stack.database_urls["notifier"], clock.set),
        )
