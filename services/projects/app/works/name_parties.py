"""Names the parties of works."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.chassis.commands import Conflict, Unfit
from services.chassis.database.work import Work
from services.contracts.works_events import WorksPartyNamed
from services.projects.app.works.desk import TOPIC, Who, WorksDesk
from services.projects.domain.works.acts import Act
from services.projects.domain.works.parties import NotApart, WorksUnit, apart


@dataclass(frozen=True, slots=True)
class NameParties:
    desk: WorksDesk

    def __call__(self, work: Work, project_id: str, party: WorksUnit, who: Who) -> WorksUnit:
        """`party.version` is the one that the person saw, 0 for none. The same unit again changes nothing.

        Raises Conflict for another version, Unfit where one unit would build and supervise.
        """
        site = self.desk.open(work, project_id, who, Act.NAME_PARTY)
        known = {one.role: one for one in site.works.parties}
        there = known.get(party.role)
        if there and (there.name, there.code) == (party.name, party.code):
            return there
        if party.version != (there.version if there else 0):
            raise Conflict("another unit was named by now", there.version if there else 0, party.role, "changed")
        named = replace(party, version=party.version + 1)
        try:
            apart({**known, party.role: named}.values())
        except NotApart as error:
            raise Unfit("code", str(error)) from None
        self.desk.book.save_party(work, project_id, named, site.done)
        work.publish(
            TOPIC,
            WorksPartyNamed(
                version=named.version,
                project_id=project_id,
                role=named.role,
                unit=named.name,
                code=named.code,
                **site.done._asdict(),
            ),
        )
        return named
