"""YAML whose faults can be named by line."""

from __future__ import annotations

from pathlib import Path

import yaml

from services.contracts.data_files import InvalidData


class _Loader(yaml.CSafeLoader):
    """Leaves dates as text, so that a wrong one is reported like any other fault."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the library's own shape
        first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def documents(file: Path) -> list[tuple[yaml.Node | None, object]]:
    """Each document as (tree, value), of an empty file a single one. Raises InvalidData, also for a repeated key."""
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
        _refuse_repeated_keys(file, tree)
    return list(zip(trees, values, strict=True))


def line_of(node: yaml.Node | None, loc: tuple[int | str, ...] = ()) -> int:
    """The line of the deepest part of `loc` that is in the file."""
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


def _refuse_repeated_keys(file: Path, node: yaml.Node | None) -> None:
    """YAML silently takes the last of two equal keys; whoever wrote the first would believe it counts."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise InvalidData(file, f"line {line}", f"{key.value} stands twice; remove one")
            seen.add(key.value)
            _refuse_repeated_keys(file, value)
