"""What the settings of a production service say about Kafka; nothing is reached by them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

AUTHORITY: Final = Path(__file__).parents[1] / "data" / "kafka-ca.pem"
"""Its key was thrown away."""
CLOSED: Final = {"kafka_user": "intake", "kafka_password": "a-service's-password", "kafka_ca": str(AUTHORITY)}
