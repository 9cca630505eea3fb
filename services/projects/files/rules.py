"""The rules file, which may change while the service runs. An error names the line, the field and the remedy.

One YAML document is one edition; editions are separated by `---`.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import structlog
import yaml
from pydantic import ValidationError

from services.contracts.data_files import InvalidData
from services.contracts.departments import departments
from services.projects.domain.rules import HUB, LEAD, PROJECT_LEAD, RuleBook, Rules
from services.projects.files.yaml_lines import documents, line_of

log = structlog.get_logger(__name__)

FILE = Path(__file__).parents[1] / "data" / "rules.yaml"

_MAY_BE_LEFT_OUT = (
    ("effective_from",),
    ("estate_year",),
    ("type_problem",),
    ("severity",),
    ("decision", "made_by"),
    ("detection", "early_warning", "quiet_days"),
)
"""Fields that a district's own file may leave out: it then has the values that come with the service."""
_REMEDIES = {"missing": "add it", "extra_forbidden": "remove it, or correct its name"}


class RulesInForce:
    """The rules of a file. When the file changes it is read again; if it is wrong then, the old rules stay in force.

    An edition in force cannot change: what was found by it refers to it. A new one is added below it.
    """

    def __init__(self, file: Path) -> None:
        """Raises InvalidData."""
        self._file = file
        self._seen = _stamp(file)
        self._book = load_rules(file)
        self._lock = threading.Lock()

    def book(self) -> RuleBook:
        stamp = _stamp(self._file)
        if stamp != self._seen:
            with self._lock:
                self._read_again(stamp)
        return self._book

    def _read_again(self, stamp: tuple[int, int]) -> None:
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            found = load_rules(self._file)
            _refuse_rewriting(self._file, self._book, found)
        except InvalidData as error:
            log.error("rules refused, the old ones stay in force", why=str(error), version=self._book.newest.version)
            return
        self._book = found
        log.info("rules taken over", version=found.newest.version, effective_from=str(found.newest.effective_from))


def load_rules(file: Path) -> RuleBook:
    """Raises InvalidData for the first fault; nothing of such a file is used."""
    found = documents(file)
    editions = [_edition(file, tree, values) for tree, values in found]
    try:
        return RuleBook(tuple(editions))
    except ValueError as error:
        raise InvalidData(file, f"line {line_of(found[-1][0])}", f"{error}; correct it") from None


def _edition(file: Path, tree: yaml.Node | None, values: object) -> Rules:
    if file != FILE:
        shipped = documents(FILE)[0][1]
        for path in _MAY_BE_LEFT_OUT:
            _fill_in(values, shipped, path)
    try:
        found = Rules.model_validate(values)
    except ValidationError as error:
        fault = error.errors()[0]
        remedy = _REMEDIES.get(fault["type"], "correct it")
        field = ".".join(map(str, fault["loc"])) or "the file"
        raise InvalidData(file, f"line {line_of(tree, fault['loc'])}", f"{field}: {fault['msg']}; {remedy}") from None
    if found.project.lead not in departments():
        line = line_of(tree, ("project", "lead"))
        raise InvalidData(file, f"line {line}", f"project.lead: {found.project.lead!r} is no department; correct it")
    for kind, units in found.decision.made_by.items():
        if unknown := sorted(units - {HUB, LEAD, PROJECT_LEAD} - departments().keys()):
            line = line_of(tree, ("decision", "made_by", kind))
            raise InvalidData(file, f"line {line}", f"decision.made_by: {unknown[0]!r} is no department; correct it")
    return found


def _fill_in(values: Any, shipped: Any, path: tuple[str, ...]) -> None:
    for name in path[:-1]:
        values, shipped = values.get(name) if isinstance(values, dict) else None, shipped[name]
    if isinstance(values, dict):
        values.setdefault(path[-1], shipped[path[-1]])


def _refuse_rewriting(file: Path, before: RuleBook, now: RuleBook) -> None:
    by_version = {one.version: one for one in now.editions}
    for one in before.editions:
        if by_version.get(one.version) != one:
            why = f"version {one.version} is in force and cannot change or go; leave it, and add another below it"
            raise InvalidData(file, "the file", why)


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
