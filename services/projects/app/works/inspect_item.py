"""Takes inspections of items, late ones and repeated ones too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from services.chassis.commands import Unfit
from services.chassis.database.work import Work
from services.contracts.elements import Choice
from services.contracts.works_events import WorksItemInspected
from services.projects.app.own_ids import Named, must_be_free
from services.projects.app.works.desk import TOPIC, Who, WorksDesk, allowed
from services.projects.app.works.mend_defect import MendDefect
from services.projects.app.works.ports import Done
from services.projects.domain.works.acts import Act
from services.projects.domain.works.inspections import Inspection, Reading, Template, Verdict
from services.projects.domain.works.items import WorksItem

CLOCKS_APART = timedelta(days=1)
"""How far the clock of an inspector's device may be ahead, or behind."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """As the inspector's device wrote it down. `id` is its own; a repeated upload has the same."""

    id: str
    item_id: str
    bases: frozenset[str]
    template: tuple[str, int]
    readings: Mapping[str, Reading]
    accepted: Decimal
    inspected_at: datetime
    photographs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InspectItem:
    desk: WorksDesk
    defects: MendDefect

    def __call__(self, work: Work, project_id: str, seen: Inspected, who: Who) -> Inspection:
        """Stores and publishes it; one that is there already is answered and changes nothing.

        It is taken whatever came meanwhile: two on the same base contradict, and a person inspects on both. One that
        refuses what is accepted with its block opens a defect. Raises Unfit for a reading that the template does not
        have, more than was contracted, or an id of another inspection.
        """
        site = self.desk.open(work, project_id, who, Act.CLEAR)
        item = site.item(seen.item_id, "item_id")
        if item.choice is not Choice.BEFORE_WORKS:
            allowed(site.project, Act.INSPECT)
            if site.project.started_at and seen.inspected_at < site.project.started_at - CLOCKS_APART:
                raise Unfit("inspected_at", "is before the works started; set the clock of the device right")
        if seen.inspected_at > site.done.at + CLOCKS_APART:
            raise Unfit("inspected_at", "is still to come; set the clock of the device right")
        made = self._inspection(seen, item, who.actor)
        there = self.desk.book.inspection(work, seen.id)
        if there is not None:
            if there != (project_id, made):
                raise Unfit("id", "is another inspection's; give each inspection an id of its own")
            return made
        must_be_free(self.desk.named_by, work, seen.id, Named.INSPECTION)
        event = _inspected(project_id, made, site.done)
        self.desk.book.add_inspection(work, event)
        work.publish(TOPIC, event)
        if made.verdict is Verdict.REFUSED and item.dropped is None and item.block in site.works.accepted:
            self.defects.of_inspection(work, site, item, made)
        return made

    def _inspection(self, seen: Inspected, item: WorksItem, actor: str) -> Inspection:
        template = self.desk.rules.template(*seen.template)
        if template is None:
            raise Unfit("template", "is unknown; take the template that GET /projects/{id}/works names for the item")
        if item.element not in {
            element for row in self.desk.rules.templates if row.code == template.code for element in row.elements
        }:
            raise Unfit("template", f"is not the one of {item.element}")
        _fits(template, seen.readings)
        if seen.accepted > item.contracted:
            raise Unfit("accepted", f"is more than the {item.contracted} that were contracted")
        if seen.id in seen.bases:
            raise Unfit("bases", "names the inspection itself; name those that it was made on")
        return Inspection(
            seen.id,
            item.id,
            seen.bases,
            template.verdict(seen.readings),
            seen.accepted,
            actor,
            seen.inspected_at,
            seen.template,
            seen.readings,
            seen.photographs,
        )


def _fits(template: Template, readings: Mapping[str, Reading]) -> None:
    checks = {check.code: check for check in template.checks}
    for code, reading in readings.items():
        if code not in checks:
            raise Unfit(f"readings.{code}", f"is not read; the checks are {', '.join(checks)}")
        try:
            checks[code].fulfilled(reading)
        except TypeError as error:
            raise Unfit(f"readings.{code}", f"is of the other kind: {error}") from None


def _inspected(project_id: str, made: Inspection, done: Done) -> WorksItemInspected:
    code, version = made.template
    return WorksItemInspected(
        version=1,
        project_id=project_id,
        inspection_id=made.id,
        item_id=made.item,
        bases=tuple(sorted(made.bases)),
        template=code,
        template_version=version,
        readings=dict(made.readings),
        verdict=made.verdict,
        accepted=made.accepted,
        photographs=made.photographs,
        inspected_at=made.at,
        **done._asdict(),
    )
