"""Drafts a consultation, its texts, and a further round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.chassis.commands import Conflict, Unfit
from services.chassis.database.work import Work
from services.projects.app.consultation.desk import ConsultationDesk, lawful
from services.projects.app.consultation.electors import AskedElectors, Electors, FindElectors
from services.projects.app.works.desk import Who
from services.projects.domain.consultation.course import Consultation
from services.projects.domain.consultation.electorate import Electorate, Level
from services.projects.domain.consultation.rounds import ItemText
from services.projects.domain.consultation.voted_items import VotedItem, code_of
from services.projects.domain.works.repair_project import RepairProject

_ANOTHERS = "is another consultation's; give each one an id of its own"


@dataclass(frozen=True, slots=True)
class DraftItem:
    """One item as somebody drafts it: of the menu, by `menu_item`, or by a name of its own, `item`."""

    rule: str
    wording: str
    removed: str
    item: str | None = None
    menu_item: str | None = None
    block: str | None = None
    hallway: str | None = None
    material: str = ""
    colour: str = ""
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    id: str
    items: Sequence[DraftItem]
    electors: AskedElectors


@dataclass(frozen=True, slots=True)
class DraftConsultation:
    desk: ConsultationDesk
    electors: FindElectors
    new_id: Callable[[], str]

    def draft(self, work: Work, project_id: str, draft: Draft, who: Who) -> Consultation:
        """Raises Unfit, which names the field, for areas that do not add up and items that nobody can decide, and
        DiffersFromRegister.

        One of the same id and items is given as it is by now; of one that went on since the items are not compared.
        """
        project = self.desk.project(work, project_id, who)
        if (known := self.desk.book.project_of(work, draft.id)) is not None:
            drafted = self.desk.book.lock(work, draft.id)
            if drafted is None or known != project_id:
                raise Unfit("id", _ANOTHERS)
            asked = self._items(work, project, draft.items, self.desk.book.electorate(work, draft.id))
            if drafted.version == 1 and _questions(asked) != _questions(drafted.items):
                raise Unfit("id", _ANOTHERS)
            return drafted
        electors = self.electors.find(work, project, draft.electors)
        items = self._items(work, project, draft.items, electors.electorate)
        ordinal = self.desk.book.next_ordinal(work, project_id)
        consultation = Consultation(draft.id, project_id, electors.voters, items, ordinal, register=electors.basis)
        return self._create(work, consultation, electors, who)

    def rewrite(
        self, work: Work, consultation_id: str, version: int, asked: Sequence[DraftItem], who: Who
    ) -> Consultation:
        """Raises Conflict once it was announced."""
        sitting = self.desk.open(work, consultation_id, who, version)
        consultation = sitting.consultation
        electorate = self.desk.book.electorate(work, consultation.id)
        items = self._items(work, sitting.project, asked, electorate)
        with lawful(consultation):
            consultation.rewrite(items, sitting.done.at, who.actor)
        self.desk.book.save(work, consultation, with_items=True)
        return consultation

    def ask_others(
        self, work: Work, consultation_id: str, version: int, asked: AskedElectors, who: Who
    ) -> Consultation:
        """Takes a new snapshot of who may vote. Raises Conflict once it was announced, and as `draft` does."""
        sitting = self.desk.open(work, consultation_id, who, version)
        consultation = sitting.consultation
        electors = self.electors.find(work, sitting.project, asked)
        for number, item in enumerate(consultation.items):
            _decidable(item, electors.electorate, f"items.{number}")
        with lawful(consultation):
            consultation.ask_others(electors.voters, electors.basis, sitting.done.at, who.actor)
        self.desk.book.save(work, consultation)
        self.desk.book.keep_electors(work, consultation.id, electors)
        return consultation

    def again(
        self,
        work: Work,
        consultation_id: str,
        version: int,
        asked: Sequence[DraftItem],
        electors: AskedElectors | None,
        who: Who,
    ) -> Consultation:
        """A further round; without `electors` by those who could vote in the last one. No ballot of that one counts.

        Raises Conflict for a second one of the same round, unless the other was annulled, and Unfit where parts were
        sold in the last one and nobody says whose they are now.
        """
        sitting = self.desk.open(work, consultation_id, who, version)
        before = sitting.consultation
        if self.desk.book.has_further_round(work, before.id):
            raise Conflict("a further round was opened by now; take that one", before.version, before.state)
        if electors is None and self.desk.book.sales(work, before.id):
            why = "is missing: parts were sold in the last round; take the register, or give parts with their owners"
            raise Unfit("by_register", why)
        found = (
            self.electors.find(work, sitting.project, electors) if electors else self.desk.book.electors(work, before)
        )
        items = self._items(work, sitting.project, asked, found.electorate)
        with lawful(before):
            changed = before.again(items)
        further = Consultation(
            self.new_id(),
            before.project_id,
            found.voters,
            items,
            self.desk.book.next_ordinal(work, before.project_id),
            round=before.round + 1,
            previous=before.id,
            changed=changed,
            register=found.basis,
        )
        return self._create(work, further, found, who)

    def _create(self, work: Work, consultation: Consultation, electors: Electors, who: Who) -> Consultation:
        consultation.draft(work.clock.now(), who.actor)
        self.desk.book.save(work, consultation, with_items=True)
        self.desk.book.keep_electors(work, consultation.id, electors)
        return consultation

    def _items(
        self, work: Work, project: RepairProject, asked: Sequence[DraftItem], electorate: Electorate
    ) -> tuple[VotedItem, ...]:
        menu = self.desk.standing.menu(work, project.opened_at)
        found: dict[str, VotedItem] = {}
        for number, one in enumerate(asked):
            field = f"items.{number}"
            rule = self.desk.rules.get(one.rule)
            if rule is None:
                raise Unfit(f"{field}.rule", f"is no rule; take one of {', '.join(self.desk.rules)}")
            row = menu.get(one.menu_item) if one.menu_item else None
            if one.menu_item and row is None:
                raise Unfit(f"{field}.menu_item", "is not in the menu in force; take a code of GET /menu")
            if bool(one.item) == bool(one.menu_item):
                raise Unfit(f"{field}.item", "is for what is in no menu: give either item or menu_item")
            code = one.item or code_of(one.menu_item or "", one.block, one.hallway)
            text = ItemText(
                code,
                one.wording,
                one.removed,
                one.material,
                one.colour,
                f"{row.code} v{row.version}" if row else "",
                one.pictures,
            )
            item = VotedItem(text, rule, one.menu_item, row.version if row else None, one.block, one.hallway)
            if code in found:
                raise Unfit(f"{field}.menu_item", f"{code} is on the ballot already; leave one out")
            _decidable(item, electorate, field)
            found[code] = item
        return tuple(found.values())


def _questions(items: Sequence[VotedItem]) -> dict[str, tuple[str, str]]:
    return {one.item: (one.text.hash, one.rule.name) for one in items}


def _decidable(item: VotedItem, electorate: Electorate, field: str) -> None:
    levels = item.rule.levels
    if (Level.BUILDING in levels or Level.HALLWAY in levels) and item.block is None:
        raise Unfit(f"{field}.block", f"is missing: by {item.rule.name} those of a block decide")
    if Level.HALLWAY in levels and item.hallway is None:
        raise Unfit(f"{field}.hallway", f"is missing: by {item.rule.name} those of a hallway decide")
    for level in levels:
        if not electorate.within(level, item.block, item.hallway):
            name = "hallway" if level is Level.HALLWAY else "block"
            raise Unfit(f"{field}.{name}", "holds no part of those who may vote; correct it, or their parts")
