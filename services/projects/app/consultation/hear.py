"""Notes meetings and opinions, and answers opinions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.chassis.commands import Conflict, Unfit, Unknown
from services.chassis.database.work import Work
from services.contracts.consultation_events import ConsultationMeetingHeld, ConsultationOpinionChanged
from services.projects.app.consultation.desk import TOPIC, ConsultationDesk
from services.projects.app.works.desk import Who
from services.projects.app.works.ports import Done
from services.projects.domain.consultation.meetings import Meeting, ProjectOpinion


@dataclass(frozen=True, slots=True)
class HearResidents:
    desk: ConsultationDesk

    def hold(self, work: Work, project_id: str, meeting: Meeting, who: Who) -> Meeting:
        """One of the same id is left as it is. Raises Unfit when that is another meeting, or one still to come."""
        self.desk.project(work, project_id, who)
        done = Done(who.actor, work.clock.now())
        if meeting in self.desk.book.meetings(work, project_id):
            return meeting
        if meeting.held_on > done.at.date():
            raise Unfit("held_on", "is still to come")
        if not self.desk.book.hold_meeting(work, project_id, meeting, done):
            raise Unfit("id", "is another meeting's; give each meeting an id of its own")
        work.publish(
            TOPIC,
            ConsultationMeetingHeld(
                version=1,
                project_id=project_id,
                meeting_id=meeting.id,
                kind=meeting.kind,
                held_on=meeting.held_on,
                present={role.value: number for role, number in meeting.present.items()},
                minutes=meeting.minutes,
                **done._asdict(),
            ),
        )
        return meeting

    def note(self, work: Work, project_id: str, opinion: ProjectOpinion, who: Who) -> ProjectOpinion:
        """An opinion without its answer. One of the same id is left as it is. Raises Unfit when that is another."""
        self.desk.project(work, project_id, who)
        for known in self.desk.book.opinions(work, project_id):
            if known.id == opinion.id:
                if (known.role, known.item, known.words) != (opinion.role, opinion.item, opinion.words):
                    raise Unfit("id", "is another opinion's; give each opinion an id of its own")
                return known
        return self._save(work, project_id, opinion, who)

    def answer(
        self, work: Work, project_id: str, opinion_id: str, version: int, adopted: bool, why: str, who: Who
    ) -> ProjectOpinion:
        """Raises Unknown, and Conflict for another version than the current one."""
        self.desk.project(work, project_id, who)
        for known in self.desk.book.opinions(work, project_id):
            if known.id == opinion_id:
                if known.version != version:
                    state = "unanswered" if known.adopted is None else "answered"
                    raise Conflict(f"it has version {known.version} by now, not {version}", known.version, state)
                answered = replace(known, adopted=adopted, why=why, version=version + 1)
                return self._save(work, project_id, answered, who)
        raise Unknown

    def _save(self, work: Work, project_id: str, opinion: ProjectOpinion, who: Who) -> ProjectOpinion:
        done = Done(who.actor, work.clock.now())
        if not self.desk.book.save_opinion(work, project_id, opinion, done):
            raise Unfit("id", "is another opinion's; give each opinion an id of its own")
        work.publish(
            TOPIC,
            ConsultationOpinionChanged(
                version=opinion.version,
                project_id=project_id,
                opinion_id=opinion.id,
                role=opinion.role,
                item=opinion.item,
                opinion=opinion.words,
                adopted=opinion.adopted,
                why=opinion.why,
                **done._asdict(),
            ),
        )
        return opinion
