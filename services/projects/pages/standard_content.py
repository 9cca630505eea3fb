"""The content of a draft as its form sends it: clauses and their changes, menu, papers, meetings, forms."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from fastapi import UploadFile

from services.chassis.pages.speech import Speech
from services.contracts.elements import elements
from services.projects.domain.consultation.meetings import MeetingKind
from services.projects.domain.menu import ConsentScope, Unit, free_code
from services.projects.domain.standards.clauses import Clause, ClauseStatus
from services.projects.domain.standards.standard import EditionContent, Standard
from services.projects.domain.works.gated_works import Gated
from services.projects.domain.works.gates import GATES, Gate
from services.projects.domain.works.papers import PaperKind
from services.projects.pages.forms import Entered, hash_of

PAPER_STEPS = [step for step in Gated if Gate.PAPERS_THERE in GATES.get(step, ())]
MEETING_STEPS = [step for step in Gated if Gate.MEETINGS_HELD in GATES.get(step, ())]
ROW = ("element", "unit", "consent", "name_cn", "name_en", "standard_cn", "standard_en", "removes_cn", "removes_en")
CAPACITY = ("unit_cn", "unit_en")
_SAID = ("code", *(name for name in ROW if name.endswith(("_cn", "_en"))), *(f"capacity_{one}" for one in CAPACITY))
_LINE = re.compile(r"(?P<id>[A-Z]?\d{1,3}(\.\d{1,3}){0,3})(?:[、.．:：\s]+(?P<text>.*)|)", re.ASCII)
_MOST = 100
"""Rows of a menu or forms that are looked for, as many as a body holds."""

Values = dict[str, Any]


def offered(say: Speech) -> Mapping[str, Any]:
    """What the form of a draft offers, each value with its name."""
    return {
        "elements": [(code, say.element(code)) for code in elements()],
        "units": [(one, say(f"unit.{one}")) for one in Unit],
        "scopes": [(one, say(f"consent.{one}")) for one in ConsentScope],
        "statuses": [(one, say(f"clause.{one}")) for one in ClauseStatus],
        "paper_kinds": PaperKind,
        "meeting_kinds": MeetingKind,
        "paper_steps": PAPER_STEPS,
        "meeting_steps": MEETING_STEPS,
    }


def before_draft(standard: Standard) -> EditionContent | None:
    """What the version before the draft says."""
    draft = standard.draft()
    edition = standard.edition(draft.number - 1) if draft else None
    return edition.content if edition else None


def first_content(fields: Entered) -> Values:
    """Text, clauses and elements of the form that opens a standard."""
    clauses = [{"id": code, "text": said} for code, said in _lines(fields)]
    said = {"text": fields.get("text"), "clauses": clauses or None, "elements": fields.getlist("elements")}
    return {name: value for name, value in said.items() if value is not None}


def whole_content(
    fields: Entered, before: EditionContent | None, file: UploadFile | None, taken: Collection[str]
) -> Values:
    """All of the form that changes a draft. `before`: the version before, whose clauses stay or end; `file`: of a form
    that is added, of which the hash is kept; `taken`: the codes of all menus, of which a row without one gets none."""
    return first_content(fields) | {
        "clauses": _clauses(fields, before.clauses if before else ()) or None,
        "menu": _coded(list(_menu(fields)), taken),
        "papers": _by_step(fields.getlist("papers")),
        "meetings": _by_step(fields.getlist("meetings")),
        "templates": list(_forms(fields, file)),
    }


def _lines(fields: Entered) -> Iterator[tuple[str, str]]:
    """A clause a line, its id first. A line without an id has a blank one, which the body refuses."""
    for line in filter(None, map(str.strip, fields.get("clauses", "").splitlines())):
        found = _LINE.fullmatch(line)
        yield (found["id"], found["text"]) if found else ("", line)


def _clauses(fields: Entered, before: tuple[Clause, ...]) -> list[Values]:
    """Those of the version before in their order, and the new ones. What ends keeps the text that it had."""
    kept = {clause.id: _ended(fields, clause) for clause in before}
    active = [{"id": code, "text": said} for code, said in _lines(fields) if kept.get(code) is None]
    ended = [one for one in kept.values() if one]
    order = {code: place for place, code in enumerate(kept)}
    return sorted([*active, *ended], key=lambda one: order.get(one["id"], len(order)))


def _ended(fields: Entered, clause: Clause) -> Values | None:
    """None: it is active still."""
    if clause.status is not ClauseStatus.ACTIVE:
        status, successor = clause.status.value, clause.successor
    else:
        status, successor = fields.get(f"status_{clause.id}", ClauseStatus.ACTIVE), fields.get(f"successor_{clause.id}")
    if status == ClauseStatus.ACTIVE:
        return None
    said = {"id": clause.id, "text": clause.text, "status": status}
    return said | ({"successor": successor} if successor else {})


def _menu(fields: Entered) -> Iterator[Values]:
    """A row of which nothing is written is none. The Chinese stands in for what is not said in English."""
    for n in range(_MOST):
        if not any(fields.get(f"menu_{n}_{name}") for name in _SAID):
            continue
        row = _in_both({name: fields.get(f"menu_{n}_{name}") for name in ("code", *ROW)})
        capacity = _in_both({name: fields.get(f"menu_{n}_capacity_{name}") for name in CAPACITY})
        withdrawn = fields.get(f"menu_{n}_withdrawn") == "yes"
        known: Values = {name: said for name, said in row.items() if said is not None}
        yield known | {"withdrawn": withdrawn} | ({"capacity": _known(capacity)} if any(capacity.values()) else {})


def _in_both(row: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: said or row.get(f"{name.removesuffix('_en')}_cn") for name, said in row.items()}


def _coded(rows: list[Values], taken: Collection[str]) -> list[Values]:
    """A row without a code gets the first free one of its element, in the order of the form."""
    codes = {*taken, *(row["code"] for row in rows if "code" in row)}
    for row in rows:
        if "code" not in row and row.get("element") in elements() and (code := free_code(row["element"], codes)):
            row["code"] = code
            codes.add(code)
    return rows


def _forms(fields: Entered, file: UploadFile | None) -> Iterator[Values]:
    """A form whose title was cleared is dropped."""
    for n in range(_MOST):
        title, sha256 = fields.get(f"form_{n}_title"), fields.get(f"form_{n}_sha256")
        if title and sha256:
            yield {"title": title, "sha256": sha256}
    added = fields.get("form_title")
    if added or (file and file.filename):
        yield _known({"title": added, "sha256": hash_of(file)})


def _by_step(chosen: list[str]) -> dict[str, list[str]]:
    """Of boxes whose values are a step and a kind."""
    found: dict[str, list[str]] = {}
    for box in chosen:
        step, _, kind = box.partition(" ")
        found.setdefault(step, []).append(kind)
    return found


def _known(values: Mapping[str, Any]) -> Values:
    return {name: said for name, said in values.items() if said is not None}
