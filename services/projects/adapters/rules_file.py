"""Reading `data/rules.yaml`: an error names the line, the field and the remedy."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from services.contracts.data_files import InvalidData
from services.contracts.departments import departments
from services.projects.domain.rules import Rules

FILE = Path(__file__).parents[1] / "data" / "rules.yaml"

_REMEDIES = {"missing": "add it", "extra_forbidden": "remove it, or correct its name"}


@cache
def rules() -> Rules:
    return load_rules(FILE)


def load_rules(file: Path) -> Rules:
    """Raises InvalidData for the first fault; nothing of such a file is used."""
    content = file.read_text(encoding="utf-8")
    try:
        tree = yaml.compose(content, Loader=yaml.SafeLoader)
        found = Rules.model_validate(yaml.safe_load(content))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidData(file, f"line {line}", f"is not YAML: {error.problem}; correct it") from None
    except ValidationError as error:
        fault = error.errors()[0]
        remedy = _REMEDIES.get(fault["type"], "correct it")
        field = ".".join(map(str, fault["loc"])) or "the file"
        raise InvalidData(file, f"line {_line(tree, fault['loc'])}", f"{field}: {fault['msg']}; {remedy}") from None
    if found.project.lead not in departments():
        line = _line(tree, ("project", "lead"))
        raise InvalidData(file, f"line {line}", f"project.lead: {found.project.lead!r} is no department; correct it")
    return found


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
