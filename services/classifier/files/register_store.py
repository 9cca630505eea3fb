"""The register on disk: one file for each import, and a small one that says which is in use."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2s
from pathlib import Path

from services.classifier.domain.estate import Estate
from services.classifier.domain.places import Register
from services.classifier.domain.register_facts import RegisterFacts
from services.classifier.files.reader_data import DATA, load_register
from services.contracts.data_files import InvalidData, read_section, row_of

SHIPPED = DATA / "register.yaml"
CURRENT = "current"


class RegisterStore:
    """A folder of registers. A crash at any moment leaves the register in use intact."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(
        self, estates: Iterable[Estate], committees: Mapping[str, Iterable[str]], source: str, at: datetime
    ) -> str:
        """Stores a register, puts it to use and returns its version. Earlier ones are kept. Raises OSError."""
        content = {
            "source": source,
            "estates": [estate.model_dump(mode="json", exclude_none=True) for estate in estates],
            "committees": {code: sorted(set(names)) for code, names in committees.items()},
        }
        body = json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "replace")
        version = f"{at:%Y%m%d-%H%M%S}-{blake2s(body, digest_size=3).hexdigest()}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._replace(f"{version}.json", body)
        self._replace(CURRENT, f"{version}\n".encode())
        return version

    def load(self, facts: RegisterFacts | None = None) -> Register:
        """The register in use, with what was published since; the shipped one as long as none was imported.

        Raises InvalidData.
        """
        facts = facts or RegisterFacts()
        current = self._folder / CURRENT
        if not current.exists():
            return load_register(SHIPPED, facts)
        file = self._folder / f"{current.read_text(encoding='utf-8').strip()}.json"
        try:
            content = json.loads(file.read_bytes())
            rows, committees = content["estates"], content["committees"]
            estates = [row_of(file, f"estate {n}", Estate, row) for n, row in enumerate(rows, start=1)]
            return Register(facts.over(estates), read_section(SHIPPED, "sub_districts"), committees)
        except InvalidData:
            raise
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidData(file, "the file", f"cannot be used ({error}); import the register again") from None

    def _replace(self, name: str, body: bytes) -> None:
        beside = self._folder / f".{name}.{os.getpid()}"
        with beside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._folder / name)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
