"""`python -m services.contracts.export` writes what is generated from the contracts: JSON Schemas and AsyncAPI."""

from __future__ import annotations

from pathlib import Path

from services.contracts import asyncapi
from services.contracts.schema_export import schema_files

HERE = Path(__file__).parent
ASYNCAPI = HERE.parents[1] / "docs" / "asyncapi" / "asyncapi.yaml"


def generated() -> dict[Path, str]:
    """The text of each generated file."""
    return {HERE / name: text for name, text in schema_files().items()} | {ASYNCAPI: asyncapi.text()}


def main() -> None:
    for file, text in generated().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        print(file)


if __name__ == "__main__":
    main()
