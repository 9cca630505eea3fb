"""The housing bureau: takes each repair project step by step to acceptance, and through the paperwork after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from demo.builder import BLOCK, Builder
from demo.committee import Committee
from demo.diary import Diary
from demo.interfaces import Interfaces
from demo.world import Fault, World
from services.contracts.department_events import ProjectNotice
from services.contracts.event import Event

PREPARATION = (
    ("consulted", 0.20, None),
    ("listed", 0.28, None),
    ("approved", 0.40, None),
    ("designed", 0.48, None),
    ("scheme_public", 0.52, None),
    ("scheme_confirmed", 0.74, "逐项征询结果已公布，评议会已开，意见已逐条答复。"),
    ("tendered", 0.85, None),
    ("contracted", 0.94, None),
    ("started", 1.0, "施工告示已张贴，现场设接待点。"),
)
"""The steps before works start: the state, when (as a share of the preparation time), and a note."""

WORKS = (("building", 0.08, None), ("accepted", 1.0, "建设、设计、施工、监理与居民代表共同验收。"))
STOPPED = (0.3, 0.6)
"""Parts of the time of works: when they are stopped, and when they go on."""
WHY_STOPPED = "居民要求停工：征询时没有写明面砖去留。"
AFTERWARDS = (("audited", 45), ("handed_over", 60), ("warranty", 75))
"""Days after the acceptance."""


class Housing:
    """Plays the bureau, which leads all projects, and the builder on site. `faults` maps hot issues to faults."""

    department = "housing"

    def __init__(self, interfaces: Interfaces, world: World, diary: Diary, faults: Mapping[str, Fault]) -> None:
        self._self = interfaces.as_role(f"department:{self.department}")
        self._committee = Committee(self._self)
        self._builder = Builder(self._self, self._committee)
        self._world = world
        self._diary = diary
        self._faults = faults

    def hear(self, message: Event, now: datetime) -> None:
        if isinstance(message, ProjectNotice) and message.state == "need":
            self._take_up(message, now)

    def _take_up(self, project: ProjectNotice, now: datetime) -> None:
        fault = self._faults[project.hot_issues[0]]
        cure = fault.cure
        start = now + timedelta(days=cure.preparation_days)
        for state, part, note in PREPARATION:
            self._plan(now + part * timedelta(days=cure.preparation_days), project.project_id, state, note, fault)
        for state, part, note in WORKS:
            self._plan(start + part * timedelta(days=cure.works_days), project.project_id, state, note, fault)
        if cure.unclear:
            self._plan_stop(start, project.project_id, fault)
        end = start + timedelta(days=cure.works_days)
        for state, days in AFTERWARDS:
            self._plan(end + timedelta(days=days), project.project_id, state, None, fault)

    def _plan(self, at: datetime, project: str, state: str, note: str | None, fault: Fault) -> None:
        def do(moment: datetime) -> None:
            self._work(project, state, fault, moment)
            self._step(project, state, note)
            if state == "started":
                self._world.start_works(fault)
            elif state == "accepted":
                self._world.finish(fault)

        self._diary.plan(at, do)

    def _plan_stop(self, start: datetime, project: str, fault: Fault) -> None:
        """Residents stop the works over what their ballot did not say; a further round says it, and works go on."""
        stopped, resumed = (start + part * timedelta(days=fault.cure.works_days) for part in STOPPED)

        def stop(moment: datetime) -> None:
            review = (resumed + timedelta(days=7)).date().isoformat()
            self._step(project, "suspended", WHY_STOPPED, responsible=self.department, review_on=review)

        def resume(moment: datetime) -> None:
            row = self._builder.rows(fault.cure.elements)[0]
            self._committee.ask_again(project, row, BLOCK.removesuffix("号"), moment)
            self._step(project, "building")

        self._diary.plan(stopped, stop)
        self._diary.plan(resumed, resume)

    def _work(self, project: str, state: str, fault: Fault, now: datetime) -> None:
        """What is done on site and on paper before the project takes a step."""
        match state:
            case "consulted":
                self._committee.ask_to_join(project, now)
            case "scheme_confirmed":
                rows = self._builder.rows(fault.cure.elements)
                self._committee.ask_by_item(project, rows, BLOCK.removesuffix("号"), now, unclear=fault.cure.unclear)
            case "approved" | "handed_over":
                self._builder.file(project, state)
            case "contracted":
                self._builder.agree(project, fault.cure.elements, now)
                self._builder.announce_cut(project, now)
            case "started":
                self._builder.prepare(project, fault.cure.elements, now)
            case "building":
                self._builder.cut_over(project)
            case "accepted":
                self._builder.build(project, 1, now)
                self._builder.mend(project)
                self._builder.accept(project, now)
            case "audited":
                self._builder.audit(project)

    def _step(self, project: str, state: str, note: str | None = None, **other: str) -> None:
        body: dict[str, Any] = {"to": state, **other} | ({"note": note} if note else {})
        self._self.step(
            "projects", f"/projects/{project}", "steps", body, wanted=lambda seen: state in seen["may_become"]
        )
