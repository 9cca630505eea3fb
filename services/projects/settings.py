"""The settings of projects, from its environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from services.chassis.settings import CalendarFile, HexKey, Port, Settings


class ProjectsSettings(Settings):
    http_port: Port = 8103
    fingerprint_key: HexKey
    rules_file: Path | None = Field(
        None, description="give the district's own rules file, or leave it out: those that come with the service"
    )
    calendar_file: CalendarFile = None
    intake_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="give the URL at which people reach intake's pages, or leave it out: tickets' texts have no link",
    )
