"""Which right each field of a request needs, field by field. Whoever adds a field adds it here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from tests.integration.rights.served import CLASSIFIER, INTAKE, NOTIFIER, PROJECTS


class Rule(StrEnum):
    """What a text of a request may name, and what keeps it from reaching what is somebody else's."""

    ADMITTED = (
        "an aggregate that `commands.admitted` lets pass: hidden like what does not exist, refused if others lead"
    )
    VISIBLE = "an aggregate that is read within the reader's share: else it does not exist"
    NARROWS = "narrows what the reader sees; of what others have it gives nothing, or is refused"
    OF_ROLE = "any aggregate: whoever has the route's role may name each"
    OWN_KEY = "a key among those that the client itself has sent"
    CODE = "a code or name of a list that everybody may read"
    PLAIN = "names nothing"


CODES_OF_STANDARDS = {"clauses.id", "clauses.successor", "elements", "menu.code", "menu.element"}

IN_PATHS: Mapping[str, Mapping[str, Rule]] = {
    INTAKE: {
        "ticket_id": Rule.ADMITTED,
        "attachment_id": Rule.VISIBLE,
        "follow_up_id": Rule.OF_ROLE,
        "hot_issue_id": Rule.OF_ROLE,
        "message_id": Rule.OF_ROLE,
        "telling_id": Rule.OF_ROLE,
        "link_token": Rule.OWN_KEY,
        "number": Rule.OF_ROLE,
        "letter_id": Rule.OF_ROLE,
        "type_code": Rule.CODE,
        "address": Rule.PLAIN,
    },
    PROJECTS: {
        "hot_issue_id": Rule.ADMITTED,
        "project_id": Rule.ADMITTED,
        "item_id": Rule.VISIBLE,
        "contract_id": Rule.VISIBLE,
        "defect_id": Rule.VISIBLE,
        "consultation_id": Rule.ADMITTED,
        "opinion_id": Rule.VISIBLE,
        "voting_code": Rule.OWN_KEY,
        "impact_id": Rule.VISIBLE,
        "ticket_id": Rule.VISIBLE,
        "letter_id": Rule.OF_ROLE,
        "address": Rule.PLAIN,
        "estate_id": Rule.OF_ROLE,
        "topic_id": Rule.ADMITTED,
        "suggestion_id": Rule.ADMITTED,
        "clause_id": Rule.ADMITTED,
        "need_id": Rule.ADMITTED,
        "survey_id": Rule.VISIBLE,  # for whoever may ask for its estate
        "plan_id": Rule.OF_ROLE,
        "case_id": Rule.OF_ROLE,
        "measure_id": Rule.OF_ROLE,
        "standard_id": Rule.OF_ROLE,
        "sub_district": Rule.CODE,
        "act": Rule.CODE,
        "fund_use_id": Rule.ADMITTED,
        "period": Rule.PLAIN,
        "type_code": Rule.CODE,
    },
    NOTIFIER: {
        "webhook_id": Rule.VISIBLE,
        "delivery_id": Rule.VISIBLE,
        "letter_id": Rule.OF_ROLE,
        "officer_id": Rule.VISIBLE,
        "notice_id": Rule.VISIBLE,
        "code": Rule.OWN_KEY,
        "address": Rule.PLAIN,
    },
    CLASSIFIER: {"letter_id": Rule.OF_ROLE},
}
"""The same wherever the path names it."""

ELSEWHERE: Mapping[str, Mapping[str, Rule]] = {
    INTAKE: {
        # tickets
        "POST /tickets/{ticket_id}/merge body.into": Rule.ADMITTED,
        "POST /tickets/answers body.ticket_ids": Rule.ADMITTED,
        "POST /tickets/signatures body.ticket_ids": Rule.ADMITTED,
        "POST /tickets/answers body.matter.estate": Rule.NARROWS,
        "POST /tickets/answers body.matter.sub_district": Rule.NARROWS,
        "POST /tickets/answers body.matter.type_code": Rule.NARROWS,
        "GET /tickets query.cursor": Rule.NARROWS,
        "GET /tickets/{ticket_id}/tellings/dry-run query.occasion": Rule.CODE,
        "GET /follow-ups query.cursor": Rule.OF_ROLE,
        "GET /follow-ups query.hot_issue": Rule.OF_ROLE,
        "GET /known-matters query.estate": Rule.OF_ROLE,
        **{f"GET {path} query.q": Rule.NARROWS for path in ("/search", "/pages/search")},
        "GET /call-list query.unit": Rule.NARROWS,
        "GET /pages/calls query.of": Rule.NARROWS,
        "POST /sms/receipts body.id": Rule.OF_ROLE,
        "POST /sms/receipts body.code": Rule.PLAIN,
        "POST /city/tickets body.number": Rule.OF_ROLE,
        "POST /city/reconciliation body.tickets.number": Rule.OF_ROLE,
        "POST /tickets/batch body.source": Rule.OF_ROLE,
        "POST /tickets/batch body.tickets": Rule.OF_ROLE,  # each row is checked by itself, and has a `source_id`
        # who callers are, and who asked
        "POST /callers/search body.phone": Rule.NARROWS,  # the tickets whose callers the reader may know
        **{
            f"GET {path} query.{name}": Rule.NARROWS
            for path in ("/caller-readings", "/caller-readings.csv", "/pages/caller-readings")
            for name in ("reader", "ticket_id")
        },
        "GET /caller-readings query.cursor": Rule.NARROWS,
        **{
            f"POST /privacy/{path} body.{name}": Rule.OF_ROLE
            for path in ("report", "export", "erasures")
            for name in ("phone", "ticket_id")
        },
        "POST /privacy/erasures body.erasure_id": Rule.OF_ROLE,
        **{f"POST /privacy/erasures/applied body.{name}": Rule.OF_ROLE for name in ("id", "holder", "tickets", "keys")},
        "POST /privacy/erasures/applied body.actor": Rule.PLAIN,
        # figures and inboxes of a department
        "GET /indicators query.department": Rule.NARROWS,
        "GET /indicators.csv query.department": Rule.NARROWS,
        "GET /pages/indicators query.of": Rule.NARROWS,
        "GET /pages/indicators.csv query.of": Rule.NARROWS,
        "GET /pages/inbox query.of": Rule.NARROWS,
        "GET /pages/texts query.id": Rule.NARROWS,
        "GET /pages/inbox query.assignee": Rule.NARROWS,
        # who is to have a ticket: a department by its code; the step's own right is the ticket's
        "POST /tickets/{ticket_id}/redispatch body.lead": Rule.CODE,
        "POST /tickets/{ticket_id}/return/upholding body.lead": Rule.CODE,
        "POST /tickets/{ticket_id}/co-handlers body.unit": Rule.CODE,
        **{
            f"POST /tickets/{{ticket_id}}/{step} body.{name}": Rule.CODE
            for step in ("dispatch", "reclassification")
            for name in ("type_code", "place.sub_district", "place.estate", "about_unit")
        },
        **{f"POST {path} body.about_unit": Rule.CODE for path in ("/tickets", "/city/tickets")},
        "POST /tickets/{ticket_id}/dispatch body.lead": Rule.CODE,
        **{
            f"POST /catalogue/{path} body.changes.{name}": Rule.CODE
            for path in ("versions", "dry-run")
            for name in ("type_code", "sub_district", "lead", "co_handlers")
        },
        **{
            f"POST {path} header.Idempotency-Key": Rule.OWN_KEY
            for path in (
                "/tickets",
                "/tickets/{ticket_id}/followers",
                "/known-matters/{hot_issue_id}/followers",
                "/city/tickets/{number}/visit",
            )
        },
        "GET /dead-letters query.after": Rule.OF_ROLE,
    },
    PROJECTS: {
        "POST /hot-issues/{hot_issue_id}/decision body.merge_into": Rule.ADMITTED,
        "POST /hot-issues/{hot_issue_id}/decision body.project_id": Rule.ADMITTED,
        "POST /hot-issues/{hot_issue_id}/membership body.ticket_id": Rule.ADMITTED,  # by `Authority.bring_tickets`
        "POST /hot-issues/{hot_issue_id}/assignment body.lead": Rule.CODE,
        "POST /hot-issues/{hot_issue_id}/decision body.project.elements": Rule.CODE,
        "POST /projects/{project_id}/steps body.elements": Rule.CODE,
        "POST /projects/{project_id}/steps body.responsible": Rule.CODE,
        # works: whatever is named must be of the project that the path names
        **{
            f"POST /projects/{{project_id}}/{act}": Rule.VISIBLE
            for act in (
                "defects body.item_id",
                "defects body.ticket_id",
                "warranty-visits body.defect.item_id",
                "inspections body.item_id",
                "inspections body.bases",
                "items body.change_order",
                "contracts body.paper_id",
                "contracts/{contract_id}/changes body.change_order",
                "contracts/{contract_id}/audit body.report",
                "items/confirmation body.items",
                "items/confirmation body.paper_id",
                "items/{item_id}/change body.change_order",
                "impacts/plan body.permit",
            )
        },
        **{
            f"POST /projects/{{project_id}}/{act}": Rule.OWN_KEY
            for act in (
                *("defects body.id", "inspections body.id", "papers body.id", "contracts body.id"),
                "impacts body.id",
                *("warranty-visits body.id", "warranty-visits body.defect.id"),
            )
        },
        **{
            f"POST /projects/{{project_id}}/{act}": Rule.CODE
            for act in (
                "disclosures body.what",
                "inspections body.template.code",
                "items body.items.menu_item",
                "papers body.issued_by",
                "parties body.code",
            )
        },
        **{
            f"POST /projects/{{project_id}}/{act}": Rule.PLAIN
            for act in (
                "acceptances body.block",
                "impacts body.asked",
                "impacts body.blocks",
                "impacts/plan body.bans.reason",
                "impacts/plan body.noise_from",
                "impacts/plan body.noise_to",
                "impacts/plan body.quiet",
                "inspections body.accepted",
                "inspections body.photographs",
                "items body.items.block",
                "items body.items.contracted",
                "items/{item_id}/change body.contracted",
                "items/{item_id}/change body.dropped",
                "papers body.name",
                "parties body.name",
                "papers body.sha256",
                "warranty-visits body.block",
                "warranty-visits body.defect.note",
                "warranty-visits body.photographs",
            )
        },
        # consultations: whoever may act on the project says what is asked and who may vote
        "POST /projects/{project_id}/items/confirmation body.consultation_id": Rule.VISIBLE,
        **{
            f"POST /{path} body.id": Rule.OWN_KEY
            for path in (
                "projects/{project_id}/consultations",
                "projects/{project_id}/meetings",
                "projects/{project_id}/opinions",
                "consultations/{consultation_id}/ballots",
            )
        },
        **{
            f"POST /{path} body.items.{name}": Rule.CODE if name in ("menu_item", "rule") else Rule.PLAIN
            for path in (
                "projects/{project_id}/consultations",
                "consultations/{consultation_id}/rounds",
                "consultations/{consultation_id}/texts",
            )
            for name in (
                *("block", "colour", "hallway", "item", "material", "menu_item", "pictures", "removed", "rule"),
                "wording",
            )
        },
        **{
            f"POST /{path} body.{name}": Rule.VISIBLE if name == "estate" else Rule.PLAIN  # one of the project's
            for path in (
                "projects/{project_id}/consultations",
                "consultations/{consultation_id}/rounds",
                "consultations/{consultation_id}/electorate",
            )
            for name in (
                *("estate", "total_area_m2", "why_differs", "within"),
                *("parts.area_m2", "parts.building", "parts.hallway", "parts.owner", "parts.part_id"),
            )
        },
        "POST /consultations/{consultation_id}/sales body.id": Rule.OWN_KEY,
        **{
            f"POST /consultations/{{consultation_id}}/{field}": Rule.PLAIN
            for field in (
                "ballots body.ballots.evidence",
                "ballots body.ballots.proxy",
                "ballots body.ballots.text_hash",
                "ballots body.evidence",
                "deliveries body.deliveries.evidence",
                "notice body.evidence",
                "notice body.held_in.evidence",
                "notice body.held_in.number",
                "notice body.held_in.system",
                "sales body.evidence",
                "codes body.why",
            )
        },
        # of those who may vote in the consultation that the path names
        **{
            f"POST /consultations/{{consultation_id}}/{field}": Rule.VISIBLE
            for field in (
                "ballots body.ballots.item",
                "ballots body.ballots.part_id",
                "deliveries body.deliveries.part_id",
                "sales body.part_id",
                "codes body.parts",
            )
        },
        **{
            f"POST /projects/{{project_id}}/{field}": Rule.PLAIN
            for field in (
                "meetings body.minutes",
                "opinions body.item",
                "opinions body.words",
                "opinions/{opinion_id}/answer body.why",
            )
        },
        **{f"GET {path} query.cursor": Rule.NARROWS for path in ("/hot-issues", "/projects", "/concentrations")},
        **{f"GET {path} query.cursor": Rule.NARROWS for path in ("/pages/hot-issues", "/pages/projects")},
        **{f"GET {path} query.estate": Rule.NARROWS for path in ("/hot-issues", "/projects")},
        "GET /hot-issues query.sub_district": Rule.NARROWS,
        **{f"GET {path} query.q": Rule.NARROWS for path in ("/search", "/pages/search")},
        **{
            f"GET {path} query.{name}": Rule.NARROWS
            for path in ("/areas", "/pages/areas", "/concentrations")
            for name in ("estate", "sub_district", "type")
        },
        # bulletins
        **{
            f"GET {path} query.for": Rule.NARROWS
            for path in (
                "/bulletins/{period}",
                "/bulletins/{period}/csv",
                "/pages/bulletins/{period}",
                "/pages/bulletins/{period}.csv",
                "/pages/bulletins",
            )
        },
        "GET /pages/bulletins query.period": Rule.PLAIN,
        "GET /pages/standards query.case": Rule.OF_ROLE,
        **{
            f"GET {path} query.{name}": Rule.NARROWS
            for path in ("/kpi", "/kpi.csv", "/pages/kpi", "/pages/kpi.csv")
            for name in ("estate", "sub_district", "type")
        },
        "GET /dead-letters query.after": Rule.OF_ROLE,
        # supervision: each party its own; units by what was handed over to them
        **{f"GET /supervision/{path} query.cursor": Rule.NARROWS for path in ("topics", "suggestions")},
        **{f"GET {path} query.cursor": Rule.NARROWS for path in ("/pages/supervision",)},
        **{
            f"POST /supervision/{path}": Rule.OWN_KEY
            for path in (
                *("topics body.id", "topics/{topic_id}/inspections body.id", "suggestions body.id"),
                "topics/{topic_id}/opinions body.clauses.id",
            )
        },
        # one to another party is refused like one that is not there
        **{
            f"POST /supervision/{path}": Rule.VISIBLE
            for path in ("topics body.suggestion_id", "topics/{topic_id}/opinions body.clauses.suggestion_id")
        },
        **{
            f"POST /supervision/{path}": Rule.CODE
            for path in (
                "topics body.type_code",
                *(f"topics/{{topic_id}}/inspections body.{name}" for name in ("estate_id", "sub_district", "units")),
                "topics/{topic_id}/inspections body.people.unit",
                "topics/{topic_id}/opinions body.clauses.unit",
                "clauses/{clause_id}/hand-over body.unit",
            )
        },
        **{
            f"POST /supervision/{path}": Rule.PLAIN
            for path in (
                "topics body.title",
                "topics body.why",
                "topics/{topic_id}/inspections body.findings.note",
                "topics/{topic_id}/inspections body.findings.photographs",
                "topics/{topic_id}/opinions body.clauses.text",
                "suggestions body.subject",
                "suggestions body.countermeasure",
                "clauses/{clause_id}/rating body.why",
                "clauses/{clause_id}/reply body.signature",
            )
        },
        # typical cases and standards: everybody reads them, who leads writes them
        "POST /cases body.hot_issues": Rule.VISIBLE,
        "POST /cases body.type_code": Rule.CODE,
        "POST /cases/{case_id}/causes body.tickets": Rule.OF_ROLE,
        "POST /cases/{case_id}/causes body.measures.unit": Rule.CODE,
        "POST /cases/{case_id}/pilot body.project_id": Rule.VISIBLE,  # by `commands.admitted`
        "POST /standards body.case_id": Rule.OF_ROLE,
        **{
            f"POST /standards{act} body.{name}": Rule.CODE
            for act in ("", "/packages")
            for name in ("lead", "type_codes")
        },
        **{f"POST /standards/packages body.{name}": Rule.PLAIN for name in ("from_district", "seal", "title")},
        **{f"POST /standards/{{standard_id}}/{act} body.id": Rule.OWN_KEY for act in ("checks", "opinions")},
        **{
            f"POST /standards/{{standard_id}}/{field}": Rule.CODE
            for field in ("checks body.clause", "checks body.sub_district", "opinions body.clause")
        },
        **{
            f"POST /{field}": Rule.PLAIN
            for field in (
                "cases/{case_id}/causes body.measures.task",
                "cases/{case_id}/causes body.finding",
                "cases/{case_id}/choice body.criteria",
                "standards body.title",
                "standards/{standard_id}/checks body.evidence",
                "standards/{standard_id}/opinions body.words",
                "standards/{standard_id}/opinions/{opinion_id}/answer body.why",
            )
        },
        **{
            f"POST /standards{act} body.content.{name}": Rule.CODE if name in CODES_OF_STANDARDS else Rule.PLAIN
            for act in ("", "/packages", "/{standard_id}/content", "/{standard_id}/editions")
            for name in (
                *("clauses.id", "clauses.successor", "clauses.text", "elements", "menu.code", "menu.element", "text"),
                *(f"menu.{what}_{language}" for what in ("name", "removes", "standard") for language in ("cn", "en")),
                *("menu.capacity.unit_cn", "menu.capacity.unit_en", "templates.sha256", "templates.title"),
            )
        },
        # the register of estates, and needs
        **{
            f"POST /estates/{path}": Rule.OF_ROLE
            for path in ("batch body.estates.id", "{estate_id}/parts body.parts.part_id")
        },
        **{
            f"POST /estates/batch body.estates.{name}": rule
            for name, rule in (
                ("floor_area_m2", Rule.PLAIN),
                ("name", Rule.PLAIN),
                ("property_kind", Rule.CODE),
                ("sub_district", Rule.CODE),
            )
        },
        **{
            f"POST /estates/{{estate_id}}/parts body.parts.{name}": Rule.PLAIN
            for name in ("area_m2", "block", "hallway", "owner")
        },
        **{
            f"GET {query}": Rule.NARROWS
            for query in (
                "/estates query.after",
                "/pages/estates query.after",
                "/needs query.cursor",
                "/needs query.estate",
                *(f"/pages/needs query.{name}" for name in ("cursor", "element", "estate", "state")),
                "/surveys query.estate",
            )
        },
        **{f"GET /fund-uses query.{name}": Rule.NARROWS for name in ("cursor", "estate")},
        "POST /fund-uses body.id": Rule.OWN_KEY,
        "POST /fund-uses body.estate": Rule.NARROWS,
        **{f"POST /fund-uses body.{name}": Rule.CODE for name in ("element", "kind")},
        "POST /plans/{plan_id}/entries/{estate_id}/project body.elements": Rule.CODE,
        "GET /needs query.element": Rule.CODE,
        "POST /needs/{need_id}/withdrawal body.ref": Rule.NARROWS,  # a request among the need's own
        "POST /needs body.id": Rule.OWN_KEY,
        "POST /surveys body.id": Rule.OWN_KEY,
        "POST /needs body.estate": Rule.NARROWS,  # one that they do not see is refused like one that is not there
        "POST /surveys body.estate": Rule.NARROWS,
        "POST /projects body.needs.id": Rule.VISIBLE,  # by `commands.admitted`, each of them
        **{
            f"POST /{path}": Rule.CODE
            for path in ("needs body.elements", "projects body.project.elements", "surveys body.findings.elements")
        },
        **{f"POST /surveys body.{name}": Rule.PLAIN for name in ("findings.note", "findings.photographs", "unit")},
    },
    NOTIFIER: {
        **{
            f"GET {path} query.{name}": Rule.NARROWS
            for path in ("/deliveries", "/deliveries.csv")
            for name in ("ticket_id", "hot_issue_id", "project_id", "matter_id", "number", "department", "webhook_id")
        },
        **{
            f"GET {path} query.{name}": rule
            for path in ("/pages/deliveries", "/pages/deliveries.csv")
            for name, rule in (
                *(("department", Rule.NARROWS), ("number", Rule.NARROWS), ("channel", Rule.CODE)),
                *(("since", Rule.PLAIN), ("until", Rule.PLAIN)),
            )
        },
        "GET /pages/deliveries query.cursor": Rule.VISIBLE,
        "GET /pages/search query.q": Rule.NARROWS,
        "GET /deliveries query.cursor": Rule.VISIBLE,
        "GET /webhooks/{webhook_id}/deliveries query.cursor": Rule.VISIBLE,
        "POST /webhooks body.department": Rule.NARROWS,
        "POST /schema-changes body.old": Rule.CODE,
        "POST /schema-changes body.new": Rule.CODE,
        # officers, and the rules by which they are notified
        "GET /officers query.unit": Rule.NARROWS,
        **{f"GET /{path} query.cursor": Rule.NARROWS for path in ("officer-notices", "escalations")},
        "GET /officer-notices query.number": Rule.NARROWS,
        **{
            f"POST /officers{path}.{name}": rule
            for path in (" body", "/batch body.officers")
            for name, rule in {"unit": Rule.NARROWS, "name": Rule.PLAIN, "ways.address": Rule.PLAIN}.items()
        },
        "POST /telling-rules/explain body.type": Rule.CODE,
        **{
            f"GET /pages/telling-rules query.{name}": Rule.CODE
            for name in ("event", "of_clock", "of_lead", "of_place", "of_state", "of_type", "of_urgency", "only")
        },
        "GET /dead-letters query.after": Rule.OF_ROLE,
    },
    CLASSIFIER: {"GET /dead-letters query.after": Rule.OF_ROLE},
}

PLAIN = {
    *("query.status", "query.next", "query.why", "query.by", "query.text", "query.address"),
    *("body.text", "body.address", "body.caller.id", "body.caller.name", "body.caller.phone"),
    "body.caller.email",
    *("body.reason", "body.note", "body.redo", "body.public_answer", "body.handling", "body.recording", "body.person"),
    *("body.place.estate_name", "body.place.building"),
    *("body.url", "body.events"),
}
"""What people say, wherever they say it, and choices of the route itself."""


ONLY_IN_FORMS: Mapping[str, Rule] = {
    "ticket": Rule.ADMITTED,  # a box of the inbox: id and version of a ticket, whose step is taken for itself
    "joined": Rule.OF_ROLE,  # what a caller joins, chosen by the hub
    "clauses": Rule.PLAIN,  # of a standard, one a line
    "key": Rule.OWN_KEY,
    "tab": Rule.PLAIN,
    "token": Rule.PLAIN,
}
"""What forms send under a name of their own. Their other fields become those of a body or a query."""
NO_TEXTS = {
    *("area", "contacted", "kind", "line", "period", "purpose", "satisfaction", "state", "urgency"),
    *("by_register", "occasion", "result"),
    *("scaffold_days", "parking_replaced", "happened", "rescue"),
    *("accepted_on", "party", "residents", "severity", "template", "template_version", "unit_cost"),
    *("adopted", "announced_at", "at", "closes_at", "held_on", "opens_at", "protocol"),
    *("inspected_at", "made_at", "review_on", "role", "sum", "starts", "ends", "delta", "audited"),
    *("capacity_before", "capacity_after"),
    *("again_on", "on", "photograph"),
    *("beyond_duty", "caller_solved", "matter_true", "unit_solved"),
    *("adopt_by", "checked_on", "due", "effective_from", "effective_to", "last_day", "mend_by", "method", "number"),
    *("supersedes", "trained_on", "until", "valid_until", "verdict"),
    *("agreement", "budget", "cost", "decision", "year"),
    *("granted", "made_at", "reply_class"),
    *("language", "post"),
    *("date", "file", "floor_area_m2", "from", "hours", "to", "version"),
}
"""Fields of forms that are choices of the route, yes or no, numbers, days and files."""


def rule_of(service: str, field: str) -> Rule | None:
    """The rule of a field as `Field` writes it; None: nobody has thought about it yet."""
    name = field.rpartition(" ")[2]
    if name.startswith("path."):
        return IN_PATHS[service].get(name.removeprefix("path."))
    return ELSEWHERE[service].get(field) or (Rule.PLAIN if name in PLAIN else None)


def listed() -> Iterator[tuple[str, str]]:
    """Each (service, field) that has a line of its own."""
    for service, fields in ELSEWHERE.items():
        for field in fields:
            yield service, field
