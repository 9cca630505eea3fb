"""The classifier's settings."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from services.chassis.settings import HexKey, Settings


class ClassifierSettings(Settings):
    fingerprint_key: HexKey
    models: Path = Field(Path("var/models"), description="give the folder that `closedloop train` writes models to")
    registers: Path = Field(
        Path("var/registers"), description="give the folder that `closedloop register import` writes registers to"
    )
