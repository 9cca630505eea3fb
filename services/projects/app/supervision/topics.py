"""Topics of supervision: set, inspected on site, given opinions, closed; and the suggestions that lead to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from services.chassis.commands import Conflict, Unfit, admitted, must_be_at
from services.chassis.database.work import Work
from services.contracts.departments import departments
from services.contracts.supervision_events import SupervisingParty
from services.contracts.ticket_events import Place
from services.projects.app.supervision.facts import TOPIC, inspected, opinion_changed, suggested, topic_changed
from services.projects.app.supervision.limits import Limits
from services.projects.app.supervision.ports import SupervisionBook
from services.projects.app.supervision.seats import Seat
from services.projects.app.supervision.watch import start_timers
from services.projects.domain.supervision.clocks import SupervisionClockKind
from services.projects.domain.supervision.opinions import ENDED, OpinionStep, SupervisionOpinion
from services.projects.domain.supervision.topics import (
    SiteInspection,
    Suggestion,
    SuggestionOrigin,
    SuggestionState,
    SupervisionArea,
    SupervisionTopic,
    TopicState,
    inspecting_themselves,
    of_area,
)


@dataclass(frozen=True, slots=True)
class NewTopic:
    """`id` is the supervisor's own, so that the same again is one. `suggestion_id`: what it comes from."""

    id: str
    party: SupervisingParty
    area: SupervisionArea
    title: str
    why: str
    type_code: str | None = None
    suggestion_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewClause:
    """One clause of an opinion. `id` is the supervisor's own; `unit` is the department that is to answer."""

    id: str
    text: str
    unit: str
    suggestion_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewSuggestion:
    id: str
    party: SupervisingParty
    subject: str
    reason: str
    countermeasure: str


@dataclass(frozen=True, slots=True)
class Topics:
    book: SupervisionBook
    limits: Limits
    places: Callable[[Work, Collection[str]], Mapping[str, Place]]
    """The estates that are registered, by id."""

    def set(self, work: Work, asked: NewTopic, seat: Seat) -> SupervisionTopic:
        """Raises Forbidden, and Unfit for an id that another topic has or a suggestion that is none or settled."""
        seat.speak_for(asked.party)
        known = self.book.topic(work, asked.id)
        if known:
            if (known.party, known.area, known.title, known.why) != (asked.party, asked.area, asked.title, asked.why):
                raise Unfit("id", "is that of another topic: give each its own")
            return known
        if asked.type_code and not of_area(asked.type_code, asked.area):
            raise Unfit("type_code", "is no type of this area: take one of the taxonomy, or leave it out")
        now = work.clock.now()
        topic = SupervisionTopic(asked.id, asked.party, asked.area, asked.title, asked.why, now, asked.type_code)
        if asked.suggestion_id:
            suggestion = self._suggestion(work, asked.suggestion_id, asked.party)
            if not suggestion.settle(SuggestionState.TAKEN_UP, topic_id=topic.id):
                raise Unfit("suggestion_id", f"is {suggestion.state}: take one that waits, or none")
            self._keep_suggestion(work, suggestion, seat)
        self._keep(work, topic, seat)
        return topic

    def inspect(self, work: Work, inspection: SiteInspection, seat: Seat) -> SiteInspection:
        """Keeps an inspection; the same again changes nothing. Raises Unknown, Forbidden, Conflict and Unfit."""
        topic = self._open(work, inspection.topic_id, seat)
        seat.not_of(frozenset(inspection.units))
        inspection = replace(inspection, place=self._place(work, inspection.place))
        known, now = self.book.inspection(work, inspection.id), work.clock.now()
        if known:
            if known != inspection:
                raise Unfit("id", "is that of another inspection: give each its own")
            return known
        if inspection.made_at > now:
            raise Unfit("made_at", "is still to come: give when the inspection was made")
        if unknown := sorted({*inspection.units} - departments().keys()):
            raise Unfit("units", f"{unknown[0]} is no department: take codes of the departments")
        for number in inspecting_themselves(inspection.people, inspection.units):
            raise Unfit(f"people.{number}.unit", "is inspected itself: nobody of it takes part; name others")
        event = inspected(inspection, topic, seat.actor, now)
        self.book.add_inspection(work, event)
        work.publish(TOPIC, event)
        self._reach(work, topic, TopicState.INSPECTED, seat)
        return inspection

    def opine(self, work: Work, topic_id: str, clauses: Sequence[NewClause], seat: Seat) -> list[SupervisionOpinion]:
        """Gives an opinion, clause by clause; clauses that are there already stay. Raises as `inspect`."""
        topic = self._open(work, topic_id, seat)
        seat.not_of(frozenset(clause.unit for clause in clauses))
        known = {one.id: one for one in self.book.opinions_of(work, topic_id)}
        now, found = work.clock.now(), []
        for index, clause in enumerate(clauses):
            if clause.unit not in departments():
                raise Unfit(f"clauses.{index}.unit", "is no department: take a code of the departments")
            if opinion := known.get(clause.id) or self.book.opinion(work, clause.id):
                said = (opinion.topic_id, opinion.clause, opinion.suggestion_id)
                if said != (topic_id, clause.text, clause.suggestion_id):
                    raise Unfit(f"clauses.{index}.id", "is that of another clause: give each its own")
                found.append(opinion)
                continue
            if clause.suggestion_id:
                field = f"clauses.{index}.suggestion_id"
                suggestion = self._suggestion(work, clause.suggestion_id, topic.party, field)
                if suggestion.state is not SuggestionState.RECEIVED and suggestion.topic_id != topic_id:
                    raise Unfit(field, f"is {suggestion.state}, and not by this topic: take another, or none")
            clock = self.limits.start(SupervisionClockKind.HAND_OVER, now)
            opinion = SupervisionOpinion(
                clause.id,
                topic_id,
                topic.party,
                len(known) + 1,
                clause.text,
                clause.unit,
                now,
                clause.suggestion_id,
                clocks=(clock,),
            )
            known[opinion.id] = opinion
            event = opinion_changed(opinion, OpinionStep.GIVE, seat.actor, now)
            self.book.save_opinion(work, event)
            start_timers(work, opinion)
            work.publish(TOPIC, event)
            found.append(opinion)
        self._reach(work, topic, TopicState.OPINED, seat)
        return found

    def close(self, work: Work, topic_id: str, version: int, because: str, seat: Seat) -> SupervisionTopic:
        """Raises Conflict while a clause is open."""
        topic = self._open(work, topic_id, seat)
        must_be_at(version, topic.version, topic.state)
        waiting = [str(one.number) for one in self.book.opinions_of(work, topic_id) if one.state not in ENDED]
        if waiting:
            why = f"clauses {', '.join(waiting)} are open: follow them to their end, or withdraw them"
            raise Conflict(why, topic.version, topic.state, "clauses_open")
        topic.reach(TopicState.CLOSED)
        topic.closed_because = because
        self._keep(work, topic, seat)
        return topic

    def suggest(self, work: Work, asked: NewSuggestion, seat: Seat) -> Suggestion:
        """A deputy's own, or a resident's that the party or the hub enters. Raises Unfit."""
        known = self.book.suggestion(work, asked.id)
        if known:
            said = (known.party, known.subject, known.reason, known.countermeasure)
            if said != (asked.party, asked.subject, asked.reason, asked.countermeasure):
                raise Unfit("id", "is that of another suggestion: give each its own")
            return known
        if seat.deputy and asked.party is not SupervisingParty.CONGRESS:
            raise Unfit("party", "deputies suggest to the Standing Committee: give `congress`")
        origin = SuggestionOrigin.DEPUTY if seat.deputy else SuggestionOrigin.RESIDENT
        suggestion = Suggestion(
            asked.id,
            asked.party,
            origin,
            asked.subject,
            asked.reason,
            asked.countermeasure,
            work.clock.now(),
            seat.actor if seat.deputy else None,
        )
        self._keep_suggestion(work, suggestion, seat)
        return suggestion

    def decline(self, work: Work, suggestion_id: str, version: int, because: str, seat: Seat) -> Suggestion:
        """Raises Unknown, Forbidden, and Conflict for one that was settled or changed since."""

        def authorise(suggestion: Suggestion) -> None:
            seat.speak_for(suggestion.party)

        suggestion = admitted(self.book.suggestion(work, suggestion_id), authorise)
        must_be_at(version, suggestion.version, suggestion.state)
        if not suggestion.settle(SuggestionState.DECLINED, because=because):
            raise Conflict(f"it is {suggestion.state} already", suggestion.version, suggestion.state)
        self._keep_suggestion(work, suggestion, seat)
        return suggestion

    def _place(self, work: Work, place: Place) -> Place:
        if place.estate is None:
            return place
        found = self.places(work, {place.estate}).get(place.estate)
        if found is None:
            raise Unfit("estate_id", "is not registered: take an id of GET /estates, or name the sub-district alone")
        if found.sub_district not in (None, place.sub_district):
            raise Unfit("estate_id", f"is in {found.sub_district}, not in the sub-district named: correct either")
        return found.model_copy(update={"sub_district": place.sub_district})

    def _open(self, work: Work, topic_id: str, seat: Seat) -> SupervisionTopic:
        topic = admitted(self.book.topic(work, topic_id), lambda found: seat.speak_for(found.party))
        if topic.state is TopicState.CLOSED:
            raise Conflict("it is closed: set another topic", topic.version, topic.state)
        return topic

    def _suggestion(
        self, work: Work, suggestion_id: str, party: SupervisingParty, field: str = "suggestion_id"
    ) -> Suggestion:
        none = Unfit(field, "is no suggestion to this party: take one of GET /supervision/suggestions")
        found = self.book.suggestion(work, suggestion_id)
        if found is None or found.party is not party:
            raise none
        return found

    def _reach(self, work: Work, topic: SupervisionTopic, state: TopicState, seat: Seat) -> None:
        if topic.reach(state):
            self._keep(work, topic, seat)

    def _keep(self, work: Work, topic: SupervisionTopic, seat: Seat) -> None:
        event = topic_changed(topic, seat.actor, work.clock.now())
        self.book.save_topic(work, event)
        work.publish(TOPIC, event)

    def _keep_suggestion(self, work: Work, suggestion: Suggestion, seat: Seat) -> None:
        event = suggested(suggestion, seat.actor, work.clock.now())
        self.book.save_suggestion(work, event)
        work.publish(TOPIC, event)
