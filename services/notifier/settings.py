"""Settings of notifier."""

from __future__ import annotations

from services.chassis.settings import Port, Settings


class NotifierSettings(Settings):
    http_port: Port = 8104
