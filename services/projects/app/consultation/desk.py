"""What every act at a consultation begins with: project and consultation, locked; the right to act; the version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from services.chassis.commands import Conflict, Unfit, Unknown, admitted, must_be_at
from services.chassis.database.work import Work
from services.projects.app.consultation.ports import ConsultationBook
from services.projects.app.ports import RepairProjects
from services.projects.app.works.desk import Who
from services.projects.app.works.ports import Done, StandingRules
from services.projects.domain.consultation.codes import Keyed
from services.projects.domain.consultation.course import (
    BadPeriods,
    BadProtocol,
    Consultation,
    HeldAlready,
    IllegalConsultationStep,
    TooEarly,
)
from services.projects.domain.consultation.rounds import NothingChanged, PeriodFault, TextFrozen
from services.projects.domain.consultation.rules import ConsultationRule
from services.projects.domain.works.repair_project import ProjectState, RepairProject

TOPIC = "projects"
OVER = frozenset({ProjectState.VERIFIED, ProjectState.CANCELLED})
_PERIODS: Mapping[PeriodFault, tuple[str, str]] = {
    PeriodFault.CLOSES_BEFORE_IT_OPENS: ("closes_at", "is not after opens_at, or opens_at is before the notice"),
    PeriodFault.NOTICE_TOO_SHORT: (
        "opens_at",
        "comes too soon after the notice, which stands {days} days; open it later",
    ),
    PeriodFault.OPEN_TOO_SHORT: ("closes_at", "leaves fewer than {days} days to vote; close it later"),
    PeriodFault.OPEN_TOO_LONG: ("closes_at", "leaves it open for more than {days} days; close it earlier"),
}


@dataclass(frozen=True, slots=True)
class Sitting:
    """One consultation, for one act."""

    consultation: Consultation
    project: RepairProject
    done: Done


@dataclass(frozen=True, slots=True)
class ConsultationDesk:
    """`keyed` makes owners' references and personal codes. Locks: the project first, then its consultation."""

    projects: RepairProjects
    book: ConsultationBook
    rules: Mapping[str, ConsultationRule]
    standing: StandingRules
    keyed: Keyed

    def project(self, work: Work, project_id: str, who: Who) -> RepairProject:
        """Raises Unknown, Forbidden, and Conflict for a project that is over."""
        project = admitted(self.projects.lock(work, project_id), who.authority.act_on)
        assert project.state
        if project.state in OVER:
            raise Conflict(f"it is {project.state}", project.version, project.state)
        return project

    def look(self, work: Work, consultation_id: str, who: Who) -> Consultation:
        """For the counting party, also when the project is over. Raises Unknown and Forbidden."""
        project_id = self.book.project_of(work, consultation_id)
        admitted(self.projects.lock(work, project_id) if project_id else None, who.authority.act_on)
        consultation = self.book.lock(work, consultation_id)
        assert consultation
        return consultation

    def open(self, work: Work, consultation_id: str, who: Who, version: int | None = None) -> Sitting:
        """Raises Unknown, Forbidden, and Conflict for another version than the current one, if one is given."""
        project_id = self.book.project_of(work, consultation_id)
        if project_id is None:
            raise Unknown
        project = self.project(work, project_id, who)
        consultation = self.book.lock(work, consultation_id)
        assert consultation
        if version is not None:
            must_be_at(version, consultation.version, consultation.state)
        return Sitting(consultation, project, Done(who.actor, work.clock.now()))


@contextmanager
def lawful(consultation: Consultation) -> Iterator[None]:
    """Turns what the course of a consultation does not allow into the refusal of a command."""
    try:
        yield
    except IllegalConsultationStep as error:
        raise Conflict(str(error), consultation.version, consultation.state) from None
    except TextFrozen as error:
        why = f"what was announced stands, and this changes {', '.join(error.items) or 'nothing'}; open a further round"
        raise Conflict(why, consultation.version, consultation.state) from None
    except TooEarly as error:
        if error.field == "announced_at":
            raise Unfit("announced_at", f"{error}, which is still to come") from None
        raise Conflict(f"{error}, which is still to come", consultation.version, consultation.state) from None
    except HeldAlready:
        why = "has passed: announce it before voting opens; of a vote that another system holds give held_in"
        raise Unfit("opens_at", why) from None
    except BadProtocol:
        raise Unfit(
            "held_in.issued_on", "is before the notice, or still to come: give the day on the protocol"
        ) from None
    except BadPeriods as error:
        field, why = _PERIODS[error.fault]
        raise Unfit(field, f"{why.format(days=error.days)} (by the rule of {error.item})") from None
    except NothingChanged:
        raise Unfit("items", "are those of the round before; a further round changes something") from None
