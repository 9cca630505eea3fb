"""Files papers, and notes what was made public on site."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.commands import Unfit
from services.chassis.database.work import Work
from services.contracts.works_events import WorksDisclosed, WorksPaperFiled
from services.projects.app.own_ids import Named, must_be_free
from services.projects.app.works.desk import TOPIC, Who, WorksDesk
from services.projects.domain.works.acts import Act
from services.projects.domain.works.papers import Paper, PaperKind

NOTHING = hashlib.sha256().hexdigest()


@dataclass(frozen=True, slots=True)
class FilePapers:
    desk: WorksDesk

    def file(self, work: Work, project_id: str, paper: Paper, who: Who) -> Paper:
        """One of the same id is left as it is. Raises Unfit when that is another paper."""
        site = self.desk.open(work, project_id, who, Act.FILE_PAPER)
        if paper in site.works.papers:
            return paper
        if paper.sha256 == NOTHING:
            raise Unfit("sha256", "is that of an empty file; file the paper itself")
        for other in site.works.papers:
            if other.sha256 == paper.sha256 and other.kind is not paper.kind:
                raise Unfit("sha256", f"is filed as {other.kind} already; file each paper by itself")
        must_be_free(self.desk.named_by, work, paper.id, Named.PAPER)
        if (paper.kind is PaperKind.APPROVAL) is (paper.issued_by is None):
            missing = "is missing: name the unit that gave the approval"
            raise Unfit("issued_by", "is of approvals alone; leave it out" if paper.issued_by else missing)
        self.desk.book.add_paper(work, project_id, paper, site.done)
        work.publish(
            TOPIC,
            WorksPaperFiled(
                version=1,
                project_id=project_id,
                paper_id=paper.id,
                kind=paper.kind,
                title=paper.name,
                sha256=paper.sha256,
                issued_by=paper.issued_by,
                **site.done._asdict(),
            ),
        )
        return paper

    def disclose(self, work: Work, project_id: str, what: Sequence[str], who: Who) -> list[str]:
        """Returns what is public by now. Raises Unfit for what is not on the list."""
        site = self.desk.open(work, project_id, who, Act.DISCLOSE)
        if unknown := sorted(set(what) - self.desk.rules.disclosed):
            raise Unfit(
                "what", f"{', '.join(unknown)} is not on the list: {', '.join(sorted(self.desk.rules.disclosed))}"
            )
        for one in self.desk.book.disclose(work, project_id, what, site.done):
            work.publish(TOPIC, WorksDisclosed(version=1, project_id=project_id, what=one, **site.done._asdict()))
        return sorted(site.works.disclosed | set(what))
