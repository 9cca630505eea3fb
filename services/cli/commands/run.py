"""`closedloop run`: one service in this process."""

from __future__ import annotations

import gc
import importlib
from enum import StrEnum
from typing import Annotated

import typer

from services.contracts.services import SERVICES

ServiceName = StrEnum("ServiceName", {name: name for name in SERVICES})  # type: ignore[misc]


def run(service: Annotated[ServiceName, typer.Argument(help="Which service.")]) -> None:
    """Run one service until SIGTERM, configured by its environment (see docs/architecture.md).

    Example: CLOSEDLOOP_KAFKA_BOOTSTRAP=broker:9092 … closedloop run intake
    """
    gc.disable()  # it would go again and again over what the imports make, all of which stays
    main = importlib.import_module(f"services.{service.value}.main").main
    gc.freeze()
    gc.enable()
    raise typer.Exit(main())
