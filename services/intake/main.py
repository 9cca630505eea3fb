"""Wiring of intake."""

from __future__ import annotations

from uuid import uuid4

from services.chassis.service import Service, run
from services.chassis.settings import HexKey, Port, Settings, load
from services.chassis.subscription import Subscription
from services.contracts.classification_events import TicketClassified
from services.contracts.taxonomy import taxonomy
from services.intake.adapters.batch import BODY_LIMIT, batch_routes
from services.intake.adapters.receipts import SqlReceipts
from services.intake.adapters.routes import ticket_routes
from services.intake.adapters.tickets import SqlTickets
from services.intake.adapters.vault import SealedVault
from services.intake.app.dispatch import DispatchOnClassification
from services.intake.app.receive import ReceiveTicket


class IntakeSettings(Settings):
    http_port: Port = 8101
    caller_key: HexKey
    vault_key: HexKey


def main() -> int:
    settings = load(IntakeSettings)
    tickets = SqlTickets()
    receive = ReceiveTicket(
        tickets,
        SealedVault(bytes.fromhex(settings.vault_key.get_secret_value())),
        SqlReceipts(),
        bytes.fromhex(settings.caller_key.get_secret_value()),
        lambda: str(uuid4()),
    )
    classified = DispatchOnClassification(tickets, taxonomy())
    return run(
        Service(
            name="intake",
            settings=settings,
            routes=lambda workshop: [batch_routes(workshop, receive), ticket_routes(workshop, receive)],
            body_limits={"/tickets/batch": BODY_LIMIT},
            subscriptions=[Subscription("intake", ("classifications",), {TicketClassified: classified})],
        )
    )
