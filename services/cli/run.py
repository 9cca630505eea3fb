"""`closedloop run`: one service in this process."""

from __future__ import annotations

import importlib
from enum import StrEnum
from typing import Annotated

import typer

from services.contracts.topics import SERVICES

ServiceName = StrEnum("ServiceName", {name: name for name in SERVICES})  # type: ignore[misc]


def run(service: Annotated[ServiceName, typer.Argument(help="Which one.")]) -> None:
    """Run one service until SIGTERM, told by its environment (see docs/architecture.md).

    Example: CLOSEDLOOP_KAFKA_BOOTSTRAP=broker:9092 … closedloop run intake
    """
    main = importlib.import_module(f"services.{service.value}.main").main
    raise typer.Exit(main())
