"""Contracts, confirms, changes and drops the items of works."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from services.chassis.commands import Unfit, must_be_at
from services.chassis.database.work import Work
from services.contracts.elements import Choice, Element
from services.contracts.works_events import WorksItemChanged
from services.projects.app.works.desk import TOPIC, Site, Who, WorksDesk
from services.projects.domain.menu import MenuItem
from services.projects.domain.works.acts import NEEDS_CHANGE_ORDER, Act
from services.projects.domain.works.gated_works import Works
from services.projects.domain.works.items import CONFIRMED_BEFORE_GATES, CONFIRMED_BY, WorksItem
from services.projects.domain.works.papers import PaperKind


@dataclass(frozen=True, slots=True)
class Picked:
    """A menu item for a block; `block` None: for the grounds. `unit_cost`: fen. `before`, `after`: its capacity."""

    menu_item: str
    block: str | None
    contracted: Decimal
    unit_cost: int
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """None leaves it as it is. `change_order`: the paper that allows it once works have started."""

    version: int
    contracted: Decimal | None = None
    unit_cost: int | None = None
    dropped: str | None = None
    change_order: str | None = None
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class ContractItems:
    desk: WorksDesk
    elements: Mapping[str, Element]
    new_id: Callable[[], str]

    def contract(
        self, work: Work, project_id: str, picked: Sequence[Picked], change_order: str | None, who: Who
    ) -> list[WorksItem]:
        """Adds items by the menu that these works pick from. Raises Unfit for one that is there, or that it lacks.

        One that was dropped may be listed again: what confirmed it then, or was voted on it, confirms it no more.
        """
        site = self.desk.open(work, project_id, who, Act.CONTRACT)
        _ordered(site, change_order)
        menu = self.desk.standing.menu(work, site.project.opened_at)
        there = {(item.menu_item, item.block) for item in site.works.built()}
        items: list[WorksItem] = []
        for number, one in enumerate(picked):
            row = menu.get(one.menu_item)
            if row is None:
                raise Unfit(f"items.{number}.menu_item", "is not in the menu in force; take a code of GET /menu")
            if (one.menu_item, one.block) in there:
                raise Unfit(f"items.{number}.menu_item", "is contracted for this block already; change that item")
            site.has_block(one.block, f"items.{number}.block")
            if one.block in site.works.accepted:
                raise Unfit(f"items.{number}.block", "is accepted already; nothing is added to what residents accepted")
            _counted(one.before, one.after, row, f"items.{number}.")
            there.add((one.menu_item, one.block))
            items.append(self._item(one, row, site.works))
        self._save(work, site, items)
        return items

    def confirm(self, work: Work, project_id: str, item_ids: Sequence[str], paper_id: str, who: Who) -> list[WorksItem]:
        """Confirms items by a paper of the project. Raises Unfit for a paper of a kind that does not confirm them."""
        site = self.desk.open(work, project_id, who, Act.CONFIRM)
        kind = _kind_of(site, paper_id, "paper_id")
        items = [site.item(item_id, f"items.{number}") for number, item_id in enumerate(item_ids)]
        for number, item in enumerate(items):
            allowed = CONFIRMED_BY[item.choice]
            if not allowed and not self.desk.gated(site.project):
                allowed = CONFIRMED_BEFORE_GATES
            if kind not in allowed:
                by = " or ".join(sorted(allowed)) or "the published result of a consultation: give consultation_id"
                raise Unfit("paper_id", f"is a paper of the kind {kind}; items.{number} is confirmed by {by}")
            voted = site.works.consulted.result_of(item.menu_item, item.block)
            if kind is PaperKind.CONSULTATION_RESULT and voted is not None:
                why = f"says of items.{number} what a published result says already: give its consultation_id"
                raise Unfit("paper_id", why)
            if paper_id in item.spent:
                why = f"confirmed items.{number} before it was dropped: file a new one"
                raise Unfit("paper_id", why)
        return self._confirmed(work, site, items, paper_id)

    def confirm_by_vote(
        self, work: Work, project_id: str, item_ids: Sequence[str], consultation_id: str, who: Who
    ) -> list[WorksItem]:
        """Confirms items by the published result of a consultation in which each of them passed as it is contracted.

        Raises Unfit where it did not, and where a later result says otherwise.
        """
        site = self.desk.open(work, project_id, who, Act.CONFIRM)
        items = [site.item(item_id, f"items.{number}") for number, item_id in enumerate(item_ids)]
        for number, item in enumerate(items):
            found = site.works.consulted.result_of(item.menu_item, item.block)
            if found is None or found.consultation_id != consultation_id:
                why = "is not the last published result on it: name that one, or consult on it"
                raise Unfit("consultation_id", f"items.{number}: {why}")
            if consultation_id in item.spent:
                why = f"was on items.{number} before it was dropped: consult on it again"
                raise Unfit("consultation_id", why)
            if not found.passed:
                raise Unfit("consultation_id", f"items.{number} did not pass in it: drop it, or open a further round")
            if found.menu_version != item.menu_version:
                why = f"was voted on as version {found.menu_version}, and is contracted as {item.menu_version}"
                raise Unfit("consultation_id", f"items.{number} {why}: open a further round")
        return self._confirmed(work, site, items, consultation_id)

    def change(self, work: Work, project_id: str, item_id: str, change: Change, who: Who) -> WorksItem:
        """Raises Conflict for an item that has changed since it was read, and Unfit for less than was accepted."""
        site = self.desk.open(work, project_id, who, Act.CONTRACT)
        item = site.item(item_id, "item_id")
        must_be_at(change.version, item.version, site.project.state or "")
        if item.dropped is not None:
            raise Unfit("item_id", "was dropped; list it again as a new item")
        _ordered(site, change.change_order)
        rows = self.desk.standing.rows(work)
        _counted(change.before, change.after, rows[item.menu_item, item.menu_version])
        standing = site.works.standings.get(item.id)
        if change.contracted is not None and standing and change.contracted < standing.accepted:
            raise Unfit("contracted", f"is less than the {standing.accepted} that were accepted")
        changed = replace(
            item,
            contracted=item.contracted if change.contracted is None else change.contracted,
            unit_cost=item.unit_cost if change.unit_cost is None else change.unit_cost,
            dropped=change.dropped or item.dropped,
            before=item.before if change.before is None else change.before,
            after=item.after if change.after is None else change.after,
            version=item.version + 1,
        )
        self._save(work, site, [changed])
        return changed

    def _confirmed(self, work: Work, site: Site, items: Sequence[WorksItem], by: str) -> list[WorksItem]:
        confirmed = [replace(item, confirmed_by=by, version=item.version + 1) for item in items]
        self._save(work, site, confirmed)
        return confirmed

    def _item(self, picked: Picked, row: MenuItem, works: Works) -> WorksItem:
        choice = self.elements[row.element].choice
        assert choice is not Choice.NONE
        return WorksItem(
            self.new_id(),
            row.code,
            row.version,
            row.element,
            choice,
            picked.block,
            picked.contracted,
            picked.unit_cost,
            before=picked.before,
            after=picked.after,
            spent=_spent(picked, works),
        )

    def _save(self, work: Work, site: Site, items: Sequence[WorksItem]) -> None:
        self.desk.book.save_items(work, site.project.id, items)
        for item in items:
            work.publish(TOPIC, item_changed(site, item))


def item_changed(site: Site, item: WorksItem) -> WorksItemChanged:
    return WorksItemChanged(
        version=item.version,
        project_id=site.project.id,
        item_id=item.id,
        menu_item=item.menu_item,
        menu_version=item.menu_version,
        element=item.element,
        choice=item.choice,
        block=item.block,
        contracted=item.contracted,
        unit_cost_fen=item.unit_cost,
        confirmed_by=item.confirmed_by,
        dropped=item.dropped,
        capacity_before=item.before,
        capacity_after=item.after,
        spent=item.spent or None,
        **site.done._asdict(),
    )


def _spent(picked: Picked, works: Works) -> tuple[str, ...]:
    """What confirms works no more that were dropped once: what confirmed them, and what residents said of them."""
    dropped = [one for one in works.items if (one.menu_item, one.block) == (picked.menu_item, picked.block)]
    if not dropped:
        return ()
    voted = works.consulted.result_of(picked.menu_item, picked.block)
    by = [one.confirmed_by for one in dropped if one.confirmed_by] + ([voted.consultation_id] if voted else [])
    return tuple(sorted({*by, *(id for one in dropped for id in one.spent)}))


def _counted(before: int | None, after: int | None, row: MenuItem, field: str = "") -> None:
    """Raises Unfit for a capacity of what has none, and for half of one."""
    given = [one is not None for one in (before, after)]
    if any(given) and row.capacity is None:
        raise Unfit(f"{field}capacity_after", "is of an item that counts nothing; leave it out")
    if any(given) and not all(given):
        raise Unfit(f"{field}capacity_before", "and capacity_after go together; give both, or neither")


def _kind_of(site: Site, paper_id: str, field: str) -> PaperKind:
    for paper in site.works.papers:
        if paper.id == paper_id:
            return paper.kind
    raise Unfit(field, "is no paper of these works; file it first")


def _ordered(site: Site, change_order: str | None) -> None:
    """Once works have started, what was contracted changes by a change order alone."""
    if site.project.state not in NEEDS_CHANGE_ORDER:
        return
    if change_order is None:
        raise Unfit("change_order", "is missing: works have started; file the change order and name it")
    if (kind := _kind_of(site, change_order, "change_order")) is not PaperKind.CHANGE_ORDER:
        raise Unfit("change_order", f"is a paper of the kind {kind}, not a change order")
