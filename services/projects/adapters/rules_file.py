"""The rules file: an error names the line, the field and the remedy; a change is taken over while the service runs.

One YAML document is one edition, several stand below each other, divided by `---`.
"""

from __future__ import annotations

import threading
from pathlib import Path

import structlog
import yaml
from pydantic import ValidationError

from services.contracts.data_files import InvalidData
from services.contracts.departments import departments
from services.projects.domain.rules import RuleBook, Rules

log = structlog.get_logger(__name__)

FILE = Path(__file__).parents[1] / "data" / "rules.yaml"

_REMEDIES = {"missing": "add it", "extra_forbidden": "remove it, or correct its name"}


class _Loader(yaml.SafeLoader):
    """Leaves dates as text, so that a wrong one is named like any other fault."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the library's own shape
        first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class InForce:
    """The rules of a file. When it changes they are read anew; if it is wrong now, those before go on.

    An edition that is in force is not changed any more: what it has found stands by it. A new one is added below.
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
            _unchanged(self._file, self._book, found)
        except InvalidData as error:
            log.error("rules refused, those before go on", why=str(error), version=self._book.newest.version)
            return
        self._book = found
        log.info("rules taken over", version=found.newest.version, effective_from=str(found.newest.effective_from))


_in_force: InForce | None = None


def use_rules(file: Path | None) -> RuleBook:
    """The rules are those of `file` from now on; None: those that come with the service. Raises InvalidData."""
    global _in_force
    _in_force = InForce(file or FILE)
    return _in_force.book()


def in_force() -> RuleBook:
    return _in_force.book() if _in_force else use_rules(None)


def rules() -> Rules:
    """The newest edition."""
    return in_force().newest


def load_rules(file: Path) -> RuleBook:
    """Raises InvalidData for the first fault; nothing of such a file is used."""
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidData(file, "the file", f"cannot be read ({error}); give a UTF-8 file") from None
    try:
        trees: list[yaml.Node | None] = [*yaml.compose_all(content, Loader=_Loader)] or [None]
        values = list(yaml.load_all(content, Loader=_Loader)) or [None]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidData(file, f"line {line}", f"is not YAML: {error.problem}; correct it") from None
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidData(file, "line 1", f"is not YAML: {' '.join(str(error).split())}; correct it") from None
    for tree in trees:
        _no_key_twice(file, tree)
    editions = [_edition(file, tree, value) for tree, value in zip(trees, values, strict=True)]
    try:
        return RuleBook(tuple(editions))
    except ValueError as error:
        line = trees[-1].start_mark.line + 1 if trees[-1] else 1
        raise InvalidData(file, f"line {line}", f"{error}; correct it") from None


def _edition(file: Path, tree: yaml.Node | None, values: object) -> Rules:
    try:
        found = Rules.model_validate(values)
    except ValidationError as error:
        fault = error.errors()[0]
        remedy = _REMEDIES.get(fault["type"], "correct it")
        field = ".".join(map(str, fault["loc"])) or "the file"
        raise InvalidData(file, f"line {_line(tree, fault['loc'])}", f"{field}: {fault['msg']}; {remedy}") from None
    if found.project.lead not in departments():
        line = _line(tree, ("project", "lead"))
        raise InvalidData(file, f"line {line}", f"project.lead: {found.project.lead!r} is no department; correct it")
    return found


def _unchanged(file: Path, before: RuleBook, now: RuleBook) -> None:
    by_version = {one.version: one for one in now.editions}
    for one in before.editions:
        if by_version.get(one.version) != one:
            why = f"version {one.version} is in force and cannot change or go; leave it, and add another below it"
            raise InvalidData(file, "the file", why)


def _no_key_twice(file: Path, node: yaml.Node | None) -> None:
    """YAML takes the last of two without a word; whoever wrote the first would believe it counts."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise InvalidData(file, f"line {line}", f"{key.value} stands twice; remove one")
            seen.add(key.value)
            _no_key_twice(file, value)


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _line(node: yaml.Node | None, loc: tuple[int | str, ...]) -> int:
    """The line of the deepest part of `loc` that stands in the file."""
    line = 1 if node is None else node.start_mark.line + 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            entry = next(((key, value) for key, value in node.value if key.value == part), None)
            if entry is None:
                return line
            line, node = entry[0].start_mark.line + 1, entry[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
