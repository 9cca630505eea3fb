"""The tables of projects."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.contracts.ticket_events import EVIDENCE_KINDS

metadata = MetaData()

# The same ranking as in domain/sighting.py: a person's decision, another model's reading, the dispatch, the first
# reading; each as a whole. A merged ticket counts where intake says.
_SAID = "CASE WHEN {1} THEN decided_{0} ELSE read_{0} END"
_DECIDED = "by_person OR merged OR (read_again IS NULL AND decided_type IS NOT NULL)"
_KIND = f"CASE WHEN {_DECIDED} THEN coalesce(decided_kind, read_kind) ELSE coalesce(read_kind, decided_kind) END"
_IF_DECIDED = _SAID.replace("{1}", _DECIDED)
_KINDS = ", ".join(f"'{kind}'" for kind in sorted(EVIDENCE_KINDS))
IS_EVIDENCE = (
    f"NOT rejected AND coalesce({_IF_DECIDED.format('type')} <> 'OT', false) AND coalesce({_KIND} IN ({_KINDS}), true)"
)
"""Whether a ticket can be evidence of a problem: it is acceptable (docs/domain.md §3.1, §3.2: valid complaints), its
type names one, and its kind says that something is wrong."""

ticket_sightings = Table(
    "ticket_sightings",
    metadata,
    Column("ticket_id", Text, primary_key=True),
    Column("number", Text, comment="the ticket's; absent until a fact brings it"),
    Column("ticket_version", Integer, comment="of the newest ticket fact; absent until one arrives"),
    Column("caller_ref", Text, comment="absent for an anonymous call"),
    Column("occurred_at", DateTime(timezone=True)),
    Column("decided_type", Text),
    Column("decided_sub_district", Text),
    Column("decided_estate", Text),
    Column("text_version", Integer, comment="of the newest text that was classified"),
    Column("read_type", Text),
    Column("read_sub_district", Text),
    Column("read_estate", Text),
    Column("type_code", Text, Computed(_IF_DECIDED.format("type"), persisted=True)),
    Column("sub_district", Text, Computed(_IF_DECIDED.format("sub_district"), persisted=True)),
    Column("estate", Text, Computed(_IF_DECIDED.format("estate"), persisted=True)),
    Column("history", Boolean, nullable=False, server_default=false(), comment="imported from the past"),
    Column("decided_estate_name", Text),
    Column("read_estate_name", Text),
    Column("estate_name", Text, Computed(_IF_DECIDED.format("estate_name"), persisted=True)),
    Column("decided_kind", Text),
    Column("read_kind", Text),
    Column("by_person", Boolean, nullable=False, server_default=false(), comment="a person said what it is"),
    Column("merged", Boolean, nullable=False, server_default=false(), comment="counts where another ticket does"),
    Column("rejected", Boolean, nullable=False, server_default=false(), comment="not acceptable, counts nowhere"),
    Column("read_again", Text, comment="the other model that read it, if one did"),
    Column("dissatisfied", Boolean, nullable=False, server_default=false()),
    Column("for_few", Boolean, nullable=False, server_default=false(), comment="counts; is listed for the hub alone"),
    Column("evidence", Boolean, Computed(IS_EVIDENCE, persisted=True)),
)
Index(
    "ticket_sightings_cell",
    ticket_sightings.c.estate,
    ticket_sightings.c.type_code,
    ticket_sightings.c.occurred_at,
    postgresql_include=["caller_ref", "sub_district"],
    postgresql_where=ticket_sightings.c.estate.is_not(None) & ticket_sightings.c.evidence,
)
Index(
    "ticket_sightings_type",
    ticket_sightings.c.type_code,
    ticket_sightings.c.occurred_at,
    postgresql_include=["estate", "sub_district", "caller_ref"],
    postgresql_where=ticket_sightings.c.estate.is_not(None) & ticket_sightings.c.evidence,
)
Index("ticket_sightings_time", ticket_sightings.c.occurred_at, postgresql_include=["type_code", "sub_district"])

cells = Table(
    "cells",
    metadata,
    Column("estate", Text, primary_key=True),
    Column("type_code", Text, primary_key=True),
    comment="every cell any source ever named; its row is the lock of those who count in it",
)

type_days = Table(
    "type_days",
    metadata,
    Column("type_code", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("citywide", Boolean, nullable=False, server_default=false(), comment="a storm, an outage: no concentration"),
    comment="every day of a type any source ever named; its row is the lock of those who count on it",
)

hot_issue_numbers = Sequence("hot_issue_numbers", metadata=metadata)
project_numbers = Sequence("project_numbers", metadata=metadata)
"""The running numbers in those that people say; both count on from year to year."""

hot_issues = Table(
    "hot_issues",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("estate", Text, nullable=False),
    Column("type_code", Text, nullable=False),
    Column("ordinal", Integer, nullable=False, comment="issues of the same cell closed before"),
    Column("sub_district", Text),
    Column("estate_name", Text),
    Column("lead", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("level", Text, nullable=False, comment="the rule it was found by"),
    Column("rules_version", Integer, nullable=False, comment="of the rules it was found by"),
    Column("window_days", Integer, nullable=False),
    Column("window_callers", Integer, nullable=False),
    Column("callers", Integer, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("confirmed_at", DateTime(timezone=True), nullable=False, comment="event time"),
    Column("first_at", DateTime(timezone=True), nullable=False, comment="event time"),
    Column("last_at", DateTime(timezone=True), nullable=False, comment="event time"),
    Column("counts_from", DateTime(timezone=True), comment="earlier calls are no evidence"),
    Column("decide_by", DateTime(timezone=True), nullable=False),
    Column(
        "decide_from",
        DateTime(timezone=True),
        comment="the days to decide count from then; null once all holidays up to `decide_by` are announced",
    ),
    Column("overdue", Boolean, nullable=False),
    Column("decision", Text),
    Column("decision_reason", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("project_id", Text),
    Column("merged_into", Text, ForeignKey("hot_issues.id")),
    Column("holds_others", Boolean, nullable=False, comment="others were merged into it"),
    Column("reopened_at", DateTime(timezone=True)),
    Column("cure_started_at", DateTime(timezone=True)),
    Column("accepted_at", DateTime(timezone=True)),
    Column("observe_until", DateTime(timezone=True)),
    Column("before", Integer, comment="callers in the months before the works"),
    Column("after", Integer, comment="callers in the same calendar months after their acceptance"),
    Column("verdict", Text, comment="in words, as it was written before `effect` was"),
    Column("effect", JSONB, comment="what was found before there were controls"),
    Column("judged", JSONB, comment="what the last look at the effect showed"),
    UniqueConstraint("estate", "type_code", "ordinal"),
)
_of_id = "number LIKE '_00-%'"
"""Numbers made of the id, of what is older than numbers: nearly unique."""
Index("hot_issues_by_number", hot_issues.c.number)
Index("hot_issues_numbered", hot_issues.c.number, unique=True, postgresql_where=text(f"NOT {_of_id}"))
Index("hot_issues_in_doubt", hot_issues.c.id, postgresql_where=hot_issues.c.decide_from.is_not(None))
Index("hot_issues_newest", hot_issues.c.confirmed_at, hot_issues.c.id)
Index("hot_issues_merged", hot_issues.c.merged_into, postgresql_where=hot_issues.c.merged_into.is_not(None))
Index("hot_issues_of_project", hot_issues.c.project_id, postgresql_where=hot_issues.c.project_id.is_not(None))

Index("type_days_citywide", type_days.c.type_code, type_days.c.day, postgresql_where=type_days.c.citywide)
Index("hot_issues_of_type", hot_issues.c.type_code, hot_issues.c.confirmed_at)

hot_issue_members = Table(
    "hot_issue_members",
    metadata,
    Column("hot_issue_id", Text, ForeignKey("hot_issues.id"), primary_key=True),
    Column("ticket_id", Text, primary_key=True),
    Column("caller_ref", Text),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("joined_at", DateTime(timezone=True), nullable=False, comment="business time"),
    Column("reason", Text, nullable=False),
)
Index("hot_issue_members_caller", hot_issue_members.c.hot_issue_id, hot_issue_members.c.caller_ref)

hot_issue_history = Table(
    "hot_issue_history",
    metadata,
    Column("hot_issue_id", Text, ForeignKey("hot_issues.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("detail", Text, comment="what the person said; why it was done too, as it was written before `cause` was"),
    Column("cause", Text, comment="the code of why it was done"),
    Column("cause_values", JSONB),
)

repair_projects = Table(
    "repair_projects",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("estate", Text, nullable=False),
    Column("estate_name", Text),
    Column("sub_district", Text),
    Column("lead", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("resume_to", Text, comment="where a suspended project goes on"),
    Column("responsible", Text, comment="who must remove what stopped the works"),
    Column("review_on", Date, comment="when stopped works are looked at again"),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("hot_issues", ARRAY(Text), nullable=False),
    Column("elements", ARRAY(Text), nullable=False),
    Column("estates", JSONB(none_as_null=True), comment="all of them, where they are several"),
    Column("floor_area_m2", Float),
    Column("planned_start", Date),
    Column("planned_end", Date),
    Column("started_at", DateTime(timezone=True)),
    Column("accepted_at", DateTime(timezone=True)),
)
Index("repair_projects_by_number", repair_projects.c.number)
Index("repair_projects_numbered", repair_projects.c.number, unique=True, postgresql_where=text(f"NOT {_of_id}"))
Index("repair_projects_newest", repair_projects.c.opened_at, repair_projects.c.id)
Index("repair_projects_of_estate", repair_projects.c.estate)
Index("repair_projects_started", repair_projects.c.started_at)

repair_project_history = Table(
    "repair_project_history",
    metadata,
    Column("project_id", Text, ForeignKey("repair_projects.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("from_state", Text),
    Column("state", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("note", Text),
    Column("joined", Text, comment="a further hot issue to cure"),
    Column("reverses", Integer, comment="the version of the wrong step that this one takes back"),
    Column("responsible", Text, comment="of a suspension: who must remove what stopped the works"),
    Column("review_on", Date, comment="of a suspension: when it is looked at again"),
)
