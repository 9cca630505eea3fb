"""The Dockerfile: pinned, locked, unprivileged, and with all the code needs."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

from services.contracts.topics import FILE
from tests.unit.deploy.files import ROOT

LINES = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
INSTRUCTIONS = [line.split(maxsplit=1) for line in LINES if line and not line.startswith("#")]


def _all(instruction: str) -> list[str]:
    return [rest for name, rest in INSTRUCTIONS if name == instruction]


def _copied() -> list[str]:
    return [source for rest in _all("COPY") for source in rest.split()[:-1]]


def test_the_base_is_pinned_and_of_the_python_we_are_tested_on() -> None:
    (base,) = _all("FROM")
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", base)


def test_everything_is_installed_from_the_lock_with_its_hash() -> None:
    installs = [part.strip() for rest in _all("RUN") for part in rest.split("&&") if "pip install" in part]
    assert installs == [
        "pip install --require-hashes -r requirements.lock",
        "pip install --no-deps --no-build-isolation --editable .",
    ]


def test_it_runs_as_a_plain_user_and_the_command_picks_the_service() -> None:
    assert _all("USER") == ["10001:10001"]
    assert _all("ENTRYPOINT") == ['["closedloop"]']
    order = [name for name, _ in INSTRUCTIONS]
    assert order.index("USER") > max(index for index, name in enumerate(order) if name == "RUN")


def test_what_is_copied_is_there_and_passes_the_ignore_file() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    for source in _copied():
        assert (ROOT / source).exists()
        assert f"!{source}" in rules


def test_the_data_that_the_code_reads_comes_along() -> None:
    data = [FILE, *(ROOT / "services").rglob("*.yaml"), *(ROOT / "services").rglob("*.csv")]
    assert all(any(Path(source) in (file.relative_to(ROOT)).parents for source in _copied()) for file in data)


def test_neither_secrets_nor_tests_can_get_into_the_image() -> None:
    rules = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for unwanted in (".env", "tests", "var", ".git", "deploy/postgres"):
        assert not any(fnmatch(unwanted, rule) for rule in rules)
