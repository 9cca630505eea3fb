"""A wrong step of a repair project is taken back in the open: which one, and which are undone otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.projects.domain.works.repair_project import ProjectEntry, ProjectState


class NotReversible(ValueError):
    """The last step is undone by another step, or by none; the text says how."""


UNDONE_OTHERWISE: Mapping[ProjectState, str] = {
    ProjectState.NEED: "the project was opened by it; cancel the project",
    ProjectState.SUSPENDED: "resume the project",
    ProjectState.CANCELLED: "its hot issues need a new decision; decide them for a project once more",
}
"""Steps that no reversal takes back, and what to do instead."""


def last_standing(history: Sequence[ProjectEntry]) -> ProjectEntry:
    """The last step that was not reversed: the one that a reversal takes back. Raises NotReversible."""
    standing: list[ProjectEntry] = []
    for entry in history:
        if entry.reverses:
            standing.pop()
        elif entry.from_state is not entry.state:
            standing.append(entry)
    last = standing[-1]
    if last.from_state is ProjectState.SUSPENDED and last.state is not ProjectState.CANCELLED:
        raise NotReversible("suspend the project again")
    if otherwise := UNDONE_OTHERWISE.get(last.state):
        raise NotReversible(otherwise)
    return last
