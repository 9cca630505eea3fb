"""What intake is told by its environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from services.chassis.settings import HexKey, Port, Profile, Settings


class IntakeSettings(Settings):
    http_port: Port = 8101
    caller_key: HexKey
    vault_key: HexKey
    city_url: str | None = Field(
        None, pattern=r"^https?://[^\s?#]+$", description="give the URL of the city's hotline, or leave it out: its "
        "messages wait"
    )
    city_token: SecretStr | None = Field(None, description="give the token by which the city's hotline knows us")

    attachments_dir: Path | None = Field(
        None, description="give the folder that keeps attachments, shared by all processes of intake"
    )
    attachment_scanner: str | None = Field(
        None, description="give a command that exits with 0 for a file, its last word, that may be kept"
    )

    @field_validator("city_url")
    @classmethod
    def _city_is_told_safely(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url and url.startswith("http://") and info.data.get("profile") is not Profile.DEMO:
            raise ValueError("is not https: whoever sits on the way could read the answers and the token")
        return url
