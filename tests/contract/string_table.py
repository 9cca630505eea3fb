"""What becomes of every string that can hold what a person writes (tests/contract/strings.py finds them all).

Each has one of four ends:

redacted  by the function or type that is named, before anything keeps, publishes or shows it
code      a value of a register or of the program; anything else is refused, or nothing is looked up by it
made      by a machine: an id, a hash, a name of ours, a verified token's subject; or sealed
text      the ticket's own protected text, already redacted, with how long it is kept; or what is read and not kept
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple


class End(StrEnum):
    REDACTED = "redacted"
    CODE = "code"
    MADE = "made"
    TEXT = "text"


class Entry(NamedTuple):
    end: End
    by: str


DESK = "services.intake.app.ticket_desk.TicketDesk.redacted"
RECEIVED = "services.intake.app.receive_ticket._redacted"
WORDS = "services.projects.http.bodies.Words"
REDACT = "services.contracts.redaction.redact"
CAUSE = "services.chassis.messaging.errors.cause_of"
PLACED = "services.intake.app.review_ticket.ReviewTicket._redacted"
PERSON = "services.contracts.persons.is_identifier"

_ROWS: tuple[tuple[End, str, str], ...] = (
    # --- events, by the class that declares the field ---------------------------------------------------------------
    (End.CODE, "a state, step or kind of the program",
     """TicketEvent.state ReplyRefused.current_state ReplyRefused.reply TicketClockWarned.clock
     TicketClockBreached.clock TicketClockBreachTakenBack.clock TicketClockMoved.clock ClockLimit.clock
     TicketSentToReview.review_code HotIssueEvent.state HotIssueEvent.level HotIssueMemberJoined.reason StepCause.code
     StepCause.values ProjectEvent.state ProjectEvent.resume_to ProjectAdvanced.previous_state
     ProjectStepReversed.previous_state TypicalCaseProposed.state
     DepartmentReplyRefused.current_state DepartmentReplyRefused.reply
     OfficerUnreached.unit OfficerUnreached.cause TicketNotice.stage TicketNotice.state
     TicketNotice.clock HotIssueNotice.stage ProjectNotice.state
     TicketNotice.line HotIssueNotice.state ProjectNotice.previous_state ProjectNotice.resume_to"""),
    (End.CODE, "a place of the register; a name by hand is redacted", "Place.estate Place.building"),
    (End.REDACTED, PLACED, "Place.estate_name"),
    (End.REDACTED, DESK, "TicketSentToReview.review_reason"),
    (End.REDACTED, WORDS,
     """HotIssueEvent.decision_reason HotIssueEvent.detail HotIssueEvent.note ProjectAdvanced.note
     ProjectStepReversed.note"""),
    (End.MADE, "a sentence of the program about codes and numbers",
     """ReplyRefused.reason DepartmentReplyRefused.reason HotIssueEvent.title HotIssueEvent.title_en
     HotIssueEvent.summary
     HotIssueEvent.summary_en HotIssueEvent.verdict HotIssueNotice.verdict"""),
    (End.MADE, "the subject of a verified token", "HotIssueEvent.actor ProjectEvent.actor"),
    (End.REDACTED, PERSON, "DepartmentReply.actor TicketAssigneeReplied.person"),
    (End.MADE, "numbers, a model's name, a hash of terms",
     "Effect.months_before Effect.months_after _Reading.model_version _Reading.fingerprint _Reading.place_candidates"),
    (End.TEXT, "words of the redacted text: names of places, and those that decided",
     "_Reading.elsewhere _Reading.place_words _Reading.reasons"),
    (End.TEXT, "on ticket-texts for 30 days", "TicketTextRecorded.text TicketTextRecorded.address"),
    (End.TEXT, "on the department's topic for 30 days", "_TicketGiven.text _TicketGiven.address"),
    (End.TEXT, "on the department's state topic for 30 days after it was recorded",
     "DepartmentTicketState.text DepartmentTicketState.address"),
    (End.CODE, "a state or clock of the program", "DepartmentTicketState.state HeldLimit.clock"),
    (End.MADE, "a path with the ticket's id", "DepartmentTicketState.reading_path"),
    (End.CODE, "the type of an event, or where its schema is",
     """SchemaAnnounced.old_schema SchemaAnnounced.new_schema notifier.schema_changes.old
     notifier.schema_changes.new"""),
    (End.MADE, "the subject of a verified token", "notifier.schema_changes.announced_by"),
    (End.TEXT, "on the department's own topic for 30 days; redacted where intake keeps it",
     """_ReplyWithText.text TicketSettlementReplied.text TicketSettlementReplied.reason
     TicketSettlementReplied.handling"""),
    (End.TEXT, "on the department's own topic for 30 days; its words are redacted by the body of the act's route",
     "ActReplied.body"),
    (End.CODE, "ids of what exists: nothing is looked up by what is none",
     "ActReplied.about ReplyAnswered.about _AnsweredReply.about"),
    (End.CODE, "a type of reply, a state of the program",
     "ReplyAnswered.reply ReplyAnswered.current_state _AnsweredReply.reply _AnsweredReply.current_state"),
    (End.MADE, "a sentence of the program about fields, codes and numbers",
     """ReplyAnswered.reason DepartmentReplyTurnedDown.reason DepartmentReplyTurnedDown.said_zh
     DepartmentReplyTurnedDown.said_en"""),
    (End.CODE, "a kind, state or code of the rules of works, an item of the menu, a number; anything else is refused",
     """VisitMade.result WarrantyGiven.term WorksDefectChanged.cured_by
     WorksDefectChanged.severity WorksDefectChanged.state
     WorksDisclosed.what WorksItemChanged.choice WorksItemChanged.menu_item
     WorksItemInspected.readings WorksItemInspected.template WorksItemInspected.verdict
     WorksPaperFiled.kind WorksContractChanged.party WorksPartyNamed.role"""),
    (End.CODE, "18 characters with a check character, of an organisation; anything else is refused",
     "PartyBody.code WorksPartyNamed.code projects.works_parties.code"),
    (End.REDACTED, WORDS,
     "WorksDefectChanged.note WorksItemChanged.dropped WorksPaperFiled.title WorksPartyNamed.unit"),
    (End.MADE, "the subject of a verified token, or an id",
     "WorksEvent.actor WorksDefectChanged.ticket_id VisitMade.by projects.warranty_visits.actor"
     "      projects.warranty_visits.id projects.warranty_visits.project_id projects.warranty_visits.visits"),
    (End.CODE, "a state, step, kind, role or condition of consultations, a block or hallway, an item of the menu",
     """ConsultationAdvanced.previous_state ConsultationAdvanced.state ConsultationMeetingHeld.kind
     ConsultationMeetingHeld.present ConsultationOpinionChanged.role CountedCondition.condition
     CountedOutcome.electorates CountedOutcome.failed_conditions ItemPutToVote.hallway ItemPutToVote.menu_item
     ItemPutToVote.rule ItemPutToVote.shown_version ItemResult.answers ItemResult.decided_by ItemResult.electorates
     ItemResult.failed_conditions ItemResult.majority ItemResult.silence"""),
    (End.REDACTED, WORDS,
     """ConsultationAdvanced.reason ConsultationOpinionChanged.opinion ConsultationOpinionChanged.why
     ItemPutToVote.colour ItemPutToVote.material ItemPutToVote.removed ItemPutToVote.wording"""),
    (End.MADE, "the subject of a verified token", "ConsultationEvent.actor"),
    (End.CODE, "an estate, a building or hallway; the number of a vote elsewhere, which no telephone number fits",
     "HeldAgainstRegister.estate HeldAgainstRegister.within HeldElsewhere.number"),
    (End.REDACTED, WORDS, "HeldAgainstRegister.why HeldElsewhere.system"),
    (End.CODE, "a kind, state or breach of a disturbance or defect, a block; anything else is refused",
     """DefectNotice.severity DefectNotice.state
     ImpactNotice.breaches ImpactNotice.kind ImpactNotice.state WorksImpactChanged.breaches WorksImpactChanged.kind
     WorksImpactChanged.state WorksImpactsPlanned.notice_days WorksImpactsPlanned.scaffold_by_block
     ImpactPlanBody.noise_from ImpactPlanBody.noise_to ImpactPlanBody.notice_days
     ImpactPlanBody.scaffold_by_block"""),
    (End.MADE, "the subject of a verified token, or an id",
     "WorksEvent.actor WorksDefectChanged.ticket_id DefectNotice.ticket_id"),
    # --- tables -----------------------------------------------------------------------------------------------------
    (End.CODE, "a state, step, kind or type of the program",
     """chassis.inbox.status chassis.attempts.scope chassis.timers.kind intake.attachments.media_type
     intake.attachments.purpose intake.caller_messages.stage intake.caller_readings.outcome
     intake.caller_readings.purpose intake.caller_readings.role intake.clocks.kind intake.retention_runs.kept
     intake.follow_up_calls.result intake.duty_notices.desk intake.duty_notices.state
     intake.clocks.outcome intake.clocks.rule intake.follow_ups.stage
     intake.hot_issues.decision intake.hot_issues.stage intake.hot_issues.state
     intake.tickets.reach
     intake.hot_issues.type_code intake.projects.estates intake.projects.state
     intake.ticket_history.state intake.ticket_history.step intake.tickets.came_from intake.tickets.channel
     intake.tickets.extension intake.tickets.kind intake.tickets.satisfaction intake.tickets.state
     intake.link_answers.outcome intake.link_answers.said intake.links.purpose intake.telling_tries.outcome
     intake.telling_tries.way intake.tellings.occasion intake.tellings.state intake.tellings.way intake.tellings.answer
     intake.tickets.type_code intake.tickets.urgency intake.tickets.review intake.visits.satisfaction
     notifier.deliveries.channel
     notifier.holdings.role notifier.holdings.withdrawn notifier.held_tickets.breached
     notifier.deliveries.message notifier.deliveries.status notifier.webhooks.events notifier.webhooks.status
     notifier.webhooks.disabled_because
     projects.cells.type_code projects.hot_issue_history.cause projects.hot_issue_history.cause_values
     projects.hot_issue_history.state projects.hot_issue_members.reason projects.hot_issues.decision
     projects.hot_issues.level projects.hot_issues.state projects.hot_issues.type_code projects.hot_issues.effect
     projects.hot_issues.judged
     projects.matters.type_code projects.repair_project_history.from_state projects.repair_project_history.state
     projects.repair_projects.resume_to projects.repair_projects.state projects.ticket_sightings.decided_kind
     projects.ticket_sightings.decided_type projects.ticket_sightings.read_kind projects.ticket_sightings.read_type
     projects.ticket_sightings.type_code projects.type_days.type_code projects.typical_cases.state
     projects.typical_cases.type_code"""),
    (End.CODE, "a department, a sub-district, an element of works",
     """intake.caller_readings.unit intake.hot_issues.lead intake.tickets.about_unit
     intake.tickets.co_handlers intake.tickets.lead intake.tickets.sub_district
     intake.estate_names.sub_district intake.hot_issues.sub_district intake.catalogue_versions.edits
     intake.registered_estates.sub_district
     intake.catalogue_versions.in_force notifier.deliveries.recipient notifier.webhooks.department
     notifier.holdings.department
     projects.hot_issues.lead projects.hot_issues.sub_district projects.repair_projects.elements
     projects.repair_project_history.responsible
     projects.repair_projects.lead projects.repair_projects.responsible projects.repair_projects.sub_district
     projects.traces.sub_district
     projects.ticket_sightings.decided_sub_district projects.ticket_sightings.read_sub_district
     projects.ticket_sightings.sub_district projects.typical_cases.lead projects.typical_cases.sub_districts"""),
    (End.CODE, "an estate or building of the register",
     """intake.tickets.estate intake.tickets.building intake.estate_names.estate intake.estate_names.name
     intake.registered_estates.estate
     intake.hot_issues.estate projects.cells.estate projects.hot_issues.estate projects.repair_projects.estate
     projects.ticket_sightings.decided_estate projects.ticket_sightings.read_estate
     projects.ticket_sightings.estate"""),
    (End.REDACTED, PLACED,
     """intake.tickets.estate_name intake.hot_issues.estate_name projects.hot_issues.estate_name
     projects.repair_projects.estate_name projects.ticket_sightings.decided_estate_name
     projects.ticket_sightings.read_estate_name projects.ticket_sightings.estate_name"""),
    (End.REDACTED, DESK,
     """intake.tickets.review_reason intake.ticket_history.detail intake.ticket_history.facts
     intake.settlements.public_answer intake.settlements.reason intake.settlements.handling
     intake.follow_up_answers.note intake.city_messages.body intake.attachments.recording"""),
    (End.REDACTED, DESK, "intake.tellings.facts"),
    (End.REDACTED, WORDS, "intake.hot_issues.reason"),
    (End.REDACTED, REDACT, "intake.catalogue_versions.reason notifier.webhooks.url"),
    (End.REDACTED, WORDS,
     """projects.hot_issue_history.detail projects.hot_issues.decision_reason projects.hot_issues.verdict
     projects.repair_project_history.note"""),
    (End.CODE, "a kind, state or code of the rules of works, a block, an item of the menu, a number",
     """projects.warranties.term projects.warranty_visits.block projects.works_acceptances.block
     projects.works_defects.cured_by
     projects.works_defects.severity projects.works_defects.state projects.works_disclosures.what
     projects.works_inspections.readings projects.works_inspections.template projects.works_inspections.verdict
     projects.works_items.block projects.works_items.choice projects.works_items.element
     projects.works_items.menu_item projects.works_papers.issued_by projects.works_papers.kind
     projects.works_contracts.party
     projects.works_contracts.audit projects.works_contracts.changes projects.works_parties.role"""),
    (End.CODE, "a kind, state, breach or block of a disturbance, the plan as its event tells it",
     """projects.impact_plans.plan projects.impacts.asked projects.impacts.blocks projects.impacts.breaches
     projects.impacts.kind projects.impacts.state projects.works_complaints.type_code
     intake.works_known.of intake.works_known.state"""),
    (End.MADE, "an id, the subject of a verified token",
     """projects.impact_plans.actor projects.impact_plans.project_id projects.impacts.actor projects.impacts.id
     projects.impacts.project_id projects.works_complaints.project_id projects.works_complaints.ticket_id
     projects.complaint_answers.ticket_id"""),
    (End.REDACTED, WORDS,
     "projects.works_defects.note projects.works_items.dropped projects.works_papers.name projects.works_parties.name"),
    (End.MADE, "an id, a hash, the subject of a verified token",
     """projects.warranties.item_id projects.warranties.project_id projects.works_acceptances.actor
     projects.works_acceptances.project_id projects.works_defects.actor projects.works_defects.id
     projects.works_defects.inspection_id projects.works_defects.item_id projects.works_defects.project_id
     projects.works_defects.ticket_id
     projects.works_disclosures.actor projects.works_disclosures.project_id projects.works_inspections.actor
     projects.works_inspections.bases projects.works_inspections.id projects.works_inspections.item_id
     projects.works_inspections.photographs projects.works_inspections.project_id projects.works_items.confirmed_by
     projects.works_items.id projects.works_items.project_id projects.works_items.spent
     projects.works_papers.actor projects.works_papers.id
     projects.works_papers.project_id projects.works_papers.sha256 projects.works_contracts.actor
     projects.works_contracts.id projects.works_contracts.paper_id projects.works_contracts.project_id
     projects.works_parties.actor projects.works_parties.project_id"""),
    (End.REDACTED, CAUSE, "chassis.dead_letters.cause chassis.outbox.set_aside_cause"),
    (End.REDACTED, PERSON, "intake.tickets.assignee intake.receipts.idempotency_key"),
    (End.MADE, "the subject of a verified token, or a name of ours",
     """intake.attachments.actor intake.caller_readings.reader intake.catalogue_versions.actor
     intake.follow_up_answers.actor intake.follow_up_calls.actor intake.telling_tries.actor
     intake.ticket_history.actor intake.tickets.settled_by intake.receipts.client notifier.webhooks.created_by
     projects.hot_issue_history.actor projects.repair_project_history.actor chassis.dead_letters.replayed_by"""),
    (End.MADE, "an id, a hash, a number of the city's hotline, a name of ours",
     """chassis.attempts.consumer chassis.attempts.topic chassis.inbox.consumer chassis.inbox.topic chassis.outbox.topic
     chassis.dead_letters.consumer chassis.dead_letters.topic chassis.outbox.key chassis.timers.subject
     intake.attachments.sha256 intake.caller_readings.caller_ref intake.follow_ups.caller_ref
     intake.hot_issues.number intake.link_answers.token_hash intake.links.subject
     intake.links.token_hash intake.projects.number intake.telling_stops.person
     intake.tellings.facts intake.tellings.occurrence intake.tellings.person
     intake.tickets.caller_ref intake.tickets.city_number intake.tickets.number
     projects.hot_issues.number projects.repair_projects.number projects.ticket_sightings.number
     intake.receipts.fingerprint intake.keys_to_move.holder intake.vault_keys.holder notifier.deliveries.hot_issue_id
     notifier.deliveries.number notifier.deliveries.project_id notifier.deliveries.ticket_id
     notifier.known_matters.matter_id
     notifier.holdings.ticket_id notifier.holdings.shown notifier.held_tickets.ticket_id
     notifier.known_tickets.ticket_id notifier.webhooks.old_secret notifier.webhooks.secret
     projects.hot_issue_history.hot_issue_id
     projects.hot_issue_members.caller_ref projects.hot_issue_members.hot_issue_id projects.hot_issue_members.ticket_id
     projects.hot_issues.id projects.hot_issues.merged_into projects.hot_issues.project_id
     projects.matter_choices.matter_id projects.matter_choices.ticket_id projects.matter_keys.matter_id
     projects.matters.id projects.matters.weights projects.repair_project_history.joined
     projects.repair_project_history.project_id projects.repair_projects.hot_issues projects.repair_projects.id
     projects.ticket_sightings.caller_ref projects.ticket_sightings.read_again projects.ticket_sightings.ticket_id
     projects.trace_keys.ticket_id projects.traces.caller_ref projects.traces.fingerprint projects.traces.matter_id
     projects.traces.ticket_id projects.traces.weights projects.typical_cases.hot_issues projects.typical_cases.id
     projects.typical_cases.later_issues"""),
    (End.MADE, "an officer's own name, ways and unit: the district's people, who are told by name",
     """notifier.officers.name notifier.officers.unit notifier.officers.post notifier.officers.language
     notifier.officers.changed_by notifier.officer_ways.channel notifier.officer_ways.address
     notifier.resting_ways.address"""),
    (End.MADE, "codes, ids and numbers of what an officer is told",
     """notifier.officer_messages.digest_key notifier.officer_messages.status notifier.officer_messages.cause
     notifier.officer_messages.channel notifier.officer_notices.unit notifier.officer_notices.subject_kind
     notifier.officer_notices.subject_id notifier.officer_notices.number notifier.officer_notices.template
     notifier.officer_notices.values notifier.officer_notices.pressure notifier.officer_notices.digest_key
     notifier.officer_notices.rule notifier.officer_notices.status notifier.officer_notices.cause
     notifier.officer_notices.read_by notifier.officer_notices.channels
     notifier.officer_messages.channels
     notifier.officer_tries.channel notifier.officer_tries.outcome notifier.officer_tries.cause
     notifier.resting_ways.channel notifier.resting_ways.cause"""),
    (End.MADE, "codes, ids and numbers of a chain of officers, a code that was drawn",
     """notifier.escalations.rule notifier.escalations.subject_kind notifier.escalations.subject_id
     notifier.escalations.number notifier.escalations.telling notifier.escalations.chain notifier.escalations.done_by
     notifier.escalations.state notifier.officer_links.code"""),
    (End.MADE, "why a receiver did not take a message: a status, or the kind of the error",
     """intake.city_messages.error intake.telling_tries.cause intake.tellings.cause notifier.webhooks.error
     notifier.webhook_sendings.error"""),
    (End.MADE, "sealed under the caller's own key, or a key under the master key",
     "intake.vault.sealed intake.keys_to_move.wrapped_key intake_keys.caller_keys.wrapped_key"),
    (End.MADE, "an event as it is published; its fields stand above",
     "chassis.outbox.headers chassis.outbox.value notifier.deliveries.dispatch notifier.held_tickets.facts"),
    (End.TEXT, "redacted, with the ticket", "intake.ticket_texts.text intake.ticket_texts.address"),
    (End.TEXT, "redacted, as long as ticket-texts keeps it",
     """notifier.known_tickets.text notifier.known_tickets.address notifier.webhook_sendings.body
     notifier.webhook_sendings.headers"""),
    (End.TEXT, "as it came, for the replay, as long as its topic keeps it; shown in outline alone",
     "chassis.dead_letters.key chassis.dead_letters.headers chassis.dead_letters.value"),
    (End.TEXT, "names of places out of redacted texts",
     """intake.place_names.name projects.matters.anchor projects.matters.name projects.matters.places
     projects.traces.heading
     projects.traces.place_words projects.traces.places"""),
    (End.CODE, "a state, kind, role or choice of consultations, a part, block or hallway, an item of the ballot",
     """projects.consultation_ballots.choice projects.consultation_ballots.item projects.consultation_ballots.origin
     projects.consultation_ballots.part_id projects.consultation_chains.rules projects.consultation_chains.set_aside
     projects.consultation_deliveries.part_id projects.consultation_imports.rejected projects.consultation_items.block
     projects.consultation_items.hallway projects.consultation_items.item projects.consultation_items.menu_item
     projects.consultation_items.rule projects.consultation_items.shown_version projects.consultation_meetings.kind
     projects.consultation_meetings.present projects.consultation_opinions.item projects.consultation_opinions.role
     projects.consultation_parts.building projects.consultation_parts.hallway projects.consultation_parts.part_id
     projects.consultation_results.facts projects.consultation_results.item projects.consultation_steps.state
     projects.consultations.changed projects.consultations.state"""),
    (End.CODE, "how a ballot came, a part, a building or hallway, a kind of difference",
     """projects.consultation_codes.part_id projects.consultation_deliveries.how
     projects.consultation_differences.given projects.consultation_differences.kind
     projects.consultation_differences.part_id projects.consultation_differences.registered
     projects.consultation_sales.part_id"""),
    (End.REDACTED, WORDS,
     "projects.consultation_codes.why projects.consultations.held_in projects.consultations.register_check"),
    (End.MADE, "an id, a hash, the subject of a verified token",
     """projects.consultation_codes.actor projects.consultation_differences.consultation_id
     projects.consultation_looks.actor projects.consultation_looks.consultation_id
     projects.consultation_sales.actor projects.consultation_sales.consultation_id
     projects.consultation_sales.evidence projects.consultation_sales.hash projects.consultation_sales.id
     projects.consultation_sales.previous"""),
    (End.REDACTED, WORDS,
     """projects.consultation_items.colour projects.consultation_items.material projects.consultation_items.removed
     projects.consultation_items.wording projects.consultation_opinions.why projects.consultation_opinions.words
     projects.consultation_steps.reason"""),
    (End.MADE, "an id, a hash, the subject of a verified token",
     """projects.consultation_ballots.actor projects.consultation_ballots.consultation_id
     projects.consultation_ballots.evidence projects.consultation_ballots.hash projects.consultation_ballots.previous
     projects.consultation_ballots.proxy projects.consultation_ballots.text_hash projects.consultation_chains.begin
     projects.consultation_chains.consultation_id projects.consultation_chains.last projects.consultation_chains.seal
     projects.consultation_codes.code_hash projects.consultation_codes.consultation_id
     projects.consultation_deliveries.actor projects.consultation_deliveries.consultation_id
     projects.consultation_deliveries.evidence projects.consultation_imports.actor
     projects.consultation_imports.consultation_id projects.consultation_imports.id projects.consultation_imports.sent
     projects.consultation_items.consultation_id projects.consultation_items.pictures
     projects.consultation_meetings.actor projects.consultation_meetings.id projects.consultation_meetings.minutes
     projects.consultation_meetings.project_id projects.consultation_opinions.actor projects.consultation_opinions.id
     projects.consultation_opinions.project_id projects.consultation_parts.consultation_id
     projects.consultation_parts.owner_ref projects.consultation_results.consultation_id
     projects.consultation_steps.actor projects.consultation_steps.consultation_id
     projects.consultations.electorate_hash projects.consultations.evidence projects.consultations.id
     projects.consultations.previous projects.consultations.project_id projects.consultations.seal"""),
    # --- request bodies and parameters ------------------------------------------------------------------------------
    (End.REDACTED, RECEIVED,
     "TicketBody.text TicketBody.address CityTicketBody.text CityTicketBody.address FollowerBody.note"),
    (End.REDACTED, RECEIVED, "BatchBody.tickets"),
    (End.REDACTED, DESK,
     """AnswerBody.note AssistBody.note AnswersBody.public_answer AnswersBody.reason CityVisitBody.note
     CityVisitBody.redo
     DispatchBody.reason LeadBody.reason LineBody.reason MergeBody.reason NoteBody.note ReasonBody.reason
     ReclassificationBody.reason SettlementBody.public_answer SettlementBody.reason SettlementBody.handling
     UnitBody.reason VisitBody.note VisitBody.redo Body_add_tickets__ticket_id__attachments_post.file
     Body_add_tickets__ticket_id__attachments_post.recording"""),
    (End.REDACTED, PLACED, "PlaceBody.estate_name"),
    (End.REDACTED, PERSON, "AssigneeBody.person BatchBody.source"),
    (End.REDACTED, "services.intake.domain.callers.key_ref",
     """POST@/tickets@Idempotency-Key POST@/tickets/{ticket_id}/followers@Idempotency-Key
     POST@/known-matters/{hot_issue_id}/followers@Idempotency-Key POST@/city/tickets/{number}/visit@Idempotency-Key"""),
    (End.REDACTED, REDACT, "VersionBody.reason WebhookIn.url TextToRead.text TextToRead.address"),
    (End.REDACTED, WORDS,
     """ChangeBody.dropped DefectBody.note FoundThereBody.note DefectStepBody.note PaperBody.name PartyBody.name
     AssignmentBody.note CureDoneBody.note DecisionBody.reason MembershipBody.reason ProjectStepBody.note
     ReversalBody.reason"""),
    (End.MADE, "goes into the vault, sealed; a keyed hash of it leaves",
     "CallerBody.id CallerBody.name CallerBody.phone"),
    (End.MADE, "looked up by its keyed hash, and not kept", "SearchBody.phone PersonBody.phone ErasureBody.phone"),
    (End.MADE, "ids, a keyed hash, hashes of contents",
     """intake.keys_to_move.master intake_keys.caller_keys.master intake.erasures.holder
     intake.erasures.tickets intake.erasures.keys intake.erasures.contents"""),
    (End.MADE, "the subject of a verified token, or a name of ours", "intake.erasures.actor"),
    (End.REDACTED, REDACT, "intake.erasures.reason ErasureBody.reason TombstoneBody.reason"),
    (End.REDACTED, PERSON, "TombstoneBody.actor"),
    (End.MADE, "the subject of a verified token, looked up by", "GET@/caller-readings@reader"),
    (End.MADE, "the subject of a verified token, looked up by", "GET@/caller-readings.csv@reader"),
    (End.CODE, "of a register; refused, or not found",
     """AcceptanceBody.years ChangeBody.contracted InspectionBody.accepted InspectionBody.readings
     PickedBody.contracted
     AssignmentBody.lead PlanBody.elements ProjectStepBody.elements ProjectStepBody.responsible
     PaperBody.issued_by
     WebhookIn.events
     GET@/tickets/{ticket_id}/tellings/dry-run@occasion
     GET@/areas@estate GET@/concentrations@estate GET@/hot-issues@estate
     GET@/projects@estate"""),
    (End.MADE, "a number of the city's hotline",
     """CityTicketBody.number ListedTicket.number GET@/city/tickets/{number}@number
     POST@/city/tickets/{number}/visit@number"""),
    (End.MADE, "an officer's own name and way: letters alone, and of its channel's form; kept in the directory alone",
     "OfficerIn.name WayIn.address"),
    (End.CODE, "a unit of the tables, or hub; whatever else is refused", "OfficerIn.unit"),
    (End.CODE, "of a table; refused, or nothing is kept of it", "EventIn.type EventIn.event"),
    (End.MADE, "a cursor of ours", "GET@/officer-notices@cursor GET@/escalations@cursor"),
    (End.MADE, "a cursor of ours",
     """GET@/caller-readings@cursor GET@/follow-ups@cursor GET@/hot-issues@cursor
     GET@/projects@cursor GET@/tickets@cursor"""),
    (End.REDACTED, WORDS,
     """AnnulmentBody.reason AskedBody.colour AskedBody.material AskedBody.removed AskedBody.wording
     CodesBody.why ConsultationBody.why_differs ElectorateBody.why_differs HeldInBody.system RoundBody.why_differs
     OpinionAnswerBody.why OpinionBody.words"""),
    (End.CODE, "a role of the program", "MeetingBody.present"),
    (End.MADE, "a keyed hash of it is kept", "PartBody.owner"),
    (End.TEXT, "looked up by, and not kept", "GET@/search@q GET@/known-matters@text GET@/known-matters@address"),
    # --- supervision
    (End.REDACTED, WORDS,
     """CarriedOutBody.note NewClauseBody.text ClauseReasonBody.reason TopicReasonBody.reason ExtensionBody.reason
     ExtensionDecisionBody.note RatingBody.why ReplyBody.text SiteFindingBody.note SuggestionBody.countermeasure
     SuggestionBody.reason SuggestionBody.subject TopicBody.title TopicBody.why InspectionFinding.note
     ReplyExtension.reason SupervisionOpinionChanged.clause SupervisionOpinionChanged.note SupervisionRating.why
     SupervisionReply.answer _ClauseGiven.clause _ClauseGiven.note
     SupervisionSuggested.countermeasure SupervisionSuggested.declined_because
     SupervisionSuggested.reason SupervisionSuggested.subject SupervisionTopicChanged.closed_because
     SupervisionTopicChanged.title SupervisionTopicChanged.why projects.supervision_inspections.findings
     projects.supervision_opinions.clause projects.supervision_opinions.extension
     projects.supervision_opinions.ratings projects.supervision_opinions.replies projects.supervision_steps.note
     projects.supervision_suggestions.countermeasure projects.supervision_suggestions.declined_because
     projects.supervision_suggestions.reason projects.supervision_suggestions.subject
     projects.supervision_topics.closed_because projects.supervision_topics.title projects.supervision_topics.why"""),
    (End.CODE, "a party, an area, a state, a step, a clock, a role with a number, a unit, a place of the register",
     """SupervisionOpinionChanged.step SupervisionOpinionChanged.previous_state _ClauseGiven.state _ClauseGiven.step
     projects.supervision_inspections.party projects.supervision_inspections.people
     projects.supervision_inspections.place projects.supervision_inspections.units
     projects.supervision_opinions.clocks projects.supervision_opinions.lead projects.supervision_opinions.party
     projects.supervision_opinions.state projects.supervision_steps.state projects.supervision_steps.step
     projects.supervision_suggestions.origin projects.supervision_suggestions.party
     projects.supervision_suggestions.state projects.supervision_topics.area projects.supervision_topics.party
     projects.supervision_topics.state projects.supervision_topics.type_code"""),
    (End.MADE, "an id, the subject of a verified token, a cursor of ours",
     """SupervisionEvent.actor notifier.deliveries.matter_id
     SupervisionSuggested.deputy GET@/supervision/suggestions@cursor
     GET@/supervision/topics@cursor projects.supervision_inspections.actor projects.supervision_inspections.id
     projects.supervision_inspections.topic_id projects.supervision_opinions.id
     projects.supervision_opinions.suggestion_id projects.supervision_opinions.topic_id
     projects.supervision_steps.actor projects.supervision_steps.opinion_id projects.supervision_suggestions.deputy
     projects.supervision_suggestions.id projects.supervision_suggestions.topic_id projects.supervision_topics.id"""),
    # --- typical cases and standards
    (End.REDACTED, WORDS,
     """CaseCause.what CaseCriterion.evidence CaseMeasure.what CauseBody.finding CheckBody.evidence ChoiceBody.criteria
     ClosingBody.reason ExemptionBody.reason MeasureBody.task RetirementBody.reason RolloutChanged.exempt_reason
     StandardAnswerBody.why StandardCheckChanged.evidence StandardEvent.retired_why StandardOpinionBody.words
     StandardOpinionChanged.why StandardOpinionChanged.words TypicalCaseEvent.reason TypicalCaseMeasureChanged.what
     projects.standard_checks.evidence projects.standard_opinions.why projects.standard_opinions.words
     projects.standard_rollouts.exempt_reason projects.standards.retired_why projects.typical_cases.causes
     projects.typical_cases.criteria projects.typical_cases.reason"""),
    (End.REDACTED, REDACT,
     """ClauseBody.text ContentBody.text FormBody.title MenuRowBody.name_cn MenuRowBody.name_en
     MenuRowBody.removes_cn MenuRowBody.removes_en MenuRowBody.standard_cn MenuRowBody.standard_en StandardBody.title
     PackageBody.title
     StandardCapacityBody.unit_cn StandardCapacityBody.unit_en MenuCapacity.unit_cn MenuCapacity.unit_en
     StandardClause.wording StandardContent.wording StandardEvent.title StandardMenuRow.removes_cn
     StandardMenuRow.removes_en StandardMenuRow.standard_cn StandardMenuRow.standard_en StandardMenuRow.title_cn
     StandardMenuRow.title_en StandardTemplate.title projects.standard_editions.content projects.standards.title"""),
    (End.CODE, "of a register; a step of works, a kind of paper or meeting, a clause by its pattern, a state",
     """ContentBody.elements ContentBody.meetings ContentBody.papers MeasureBody.unit PackageBody.lead StandardBody.lead
     StandardContent.meetings StandardContent.papers StandardVersion.menu_versions projects.standard_checks.clause
     projects.standard_checks.method projects.standard_checks.sub_district projects.standard_checks.verdict
     projects.standard_editions.issued_by projects.standard_editions.menu_versions projects.standard_editions.state
     projects.standard_opinions.clause projects.standard_opinions.role projects.standard_rollouts.state
     projects.standard_rollouts.sub_district projects.standards.lead projects.standards.state
     projects.standards.type_codes projects.typical_cases.proposed_by"""),
    (End.REDACTED, WORDS, "CaseNotice.what"),
    (End.REDACTED, REDACT, "StandardNotice.title"),
    (End.CODE, "a state, a type of event, a clause", """CaseNotice.stage CaseNotice.state SupervisorCaseNotice.stage
     SupervisorCaseNotice.state StandardNotice.clause
     StandardNotice.stage StandardNotice.state"""),
    (End.MADE, "an id, the subject of a verified token",
     """RolloutChanged.actor StandardCheckChanged.actor StandardEvent.actor StandardOpinionChanged.actor
     TypicalCaseEvent.actor projects.standard_checks.id projects.standard_checks.standard_id
     projects.standard_editions.standard_id projects.standard_opinions.id projects.standard_opinions.on_text
     projects.standard_opinions.standard_id
     projects.standard_rollouts.standard_id projects.standards.case_id projects.standards.id
     projects.typical_cases.pilot projects.typical_cases.standard_id"""),
    # --- the register of estates, needs and plans
    (End.REDACTED, REDACT,
     "EstateRegistered.estate_name projects.estates.name intake.registered_estates.name EstateBody.name"),
    (End.CODE, "a kind of property, a sub-district; blocks and hallways by their pattern",
     "projects.estates.property_kind projects.estates.sub_district projects.estates.blocks"),
    (End.CODE, "a part of an estate as its register names it: digits, letters and signs of a number",
     """RegisteredPartBody.part_id projects.estate_parts.part_id projects.estate_parts.block
     projects.estate_parts.hallway"""),
    (End.MADE, "an id, a keyed hash",
     "projects.estates.id projects.estate_parts.estate_id projects.estate_parts.owner"),
    (End.CODE, "an area of the register's list", "EstateBody.floor_area_m2 RegisteredPartBody.area_m2"),
    (End.REDACTED, WORDS,
     """NeedsSurveyed.unit SurveyFinding.note SurveyBody.unit FindingBody.note
     projects.needs_surveys.unit projects.needs_surveys.findings"""),
    (End.REDACTED, REDACT,
     "projects.needs.estate_name projects.needs_surveys.estate_name projects.repair_projects.estates"),
    (End.CODE, "a state, a reason, an element, a role, a unit, a sub-district, an estate",
     """projects.needs.element projects.needs.estate projects.needs.lead projects.needs.reason
     projects.needs.state projects.needs.sub_district projects.needs_surveys.estate projects.needs_surveys.lead
     projects.needs_surveys.role projects.needs_surveys.sub_district"""),
    (End.MADE, "an id, the subject of a verified token, a cursor of ours",
     """projects.needs.id projects.needs.plan_id projects.needs.project_id projects.needs.sources
     projects.needs_surveys.actor projects.needs_surveys.id NeedsSurveyed.actor NeedsSurveyWithdrawn.actor
     GET@/needs@cursor"""),
    (End.CODE, "a state, a kind, a part of the rank, a unit, a sub-district, an estate, an element; numbers",
     """RankShare.part projects.fund_uses.element projects.fund_uses.estate projects.fund_uses.kind
     projects.fund_uses.lead projects.fund_uses.state projects.fund_uses.sub_district
     projects.plan_entries.decided_by projects.plan_entries.decision projects.plan_entries.estate
     projects.plan_entries.parts projects.plan_entries.payers projects.plan_entries.property_kind
     projects.plan_entries.reason projects.plan_entries.sub_district projects.plans.lead projects.plans.state"""),
    (End.REDACTED, REDACT, "projects.fund_uses.estate_name projects.plan_entries.estate_name"),
    (End.MADE, "an id, the subject of a verified token, a cursor of ours",
     """FundUseChanged.actor PlanEntryChanged.actor PlanEvent.actor GET@/fund-uses@cursor projects.fund_uses.id
     projects.plan_entries.needs projects.plan_entries.plan_id projects.plan_entries.projects projects.plans.id
     projects.plans.supersedes"""),
)  # fmt: skip


def _entries(rows: Iterable[tuple[End, str, str]]) -> Iterator[tuple[str, Entry]]:
    for end, by, names in rows:
        for name in names.split():
            yield name.replace("@", " "), Entry(end, by)


STRINGS: Mapping[str, Entry] = dict(_entries(_ROWS))
