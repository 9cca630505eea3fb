"""Whether two databases hold the same: a checksum of every aggregate, made by the same statement in both."""

from __future__ import annotations

from sqlalchemy import Connection, text

Checksums = dict[tuple[str, str], str]
"""By kind and id of the aggregate; sightings are summed up in buckets, their ids spread over them evenly."""

_STATEMENTS = {
    "hot issue": """
        SELECT id, md5(concat_ws(E'\n', one::text,
               (SELECT string_agg(member::text, E'\n' ORDER BY ticket_id)
                  FROM hot_issue_members AS member WHERE member.hot_issue_id = one.id),
               (SELECT string_agg(line::text, E'\n' ORDER BY version)
                  FROM hot_issue_history AS line WHERE line.hot_issue_id = one.id)))
          FROM hot_issues AS one
    """,
    "project": """
        SELECT id, md5(concat_ws(E'\n', one::text,
               (SELECT string_agg(line::text, E'\n' ORDER BY version)
                  FROM repair_project_history AS line WHERE line.project_id = one.id)))
          FROM repair_projects AS one
    """,
    "works": """
        SELECT id, md5(concat_ws(E'\n',
               (SELECT string_agg(row::text, E'\n' ORDER BY id)
                  FROM works_items AS row WHERE row.project_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY id)
                  FROM works_inspections AS row WHERE row.project_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY id)
                  FROM works_defects AS row WHERE row.project_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY id)
                  FROM works_papers AS row WHERE row.project_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY what)
                  FROM works_disclosures AS row WHERE row.project_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY block)
                  FROM works_acceptances AS row WHERE row.project_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY role)
                  FROM works_parties AS row WHERE row.project_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY id)
                  FROM works_contracts AS row WHERE row.project_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY item_id)
                  FROM warranties AS row WHERE row.project_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY id)
                  FROM warranty_visits AS row WHERE row.project_id = one.id)))
          FROM repair_projects AS one
    """,
    "consultations": """
        SELECT id, md5(concat_ws(E'\n',
               (SELECT string_agg(concat_ws(E'\n', vote::text,
                       (SELECT string_agg(row::text, E'\n' ORDER BY item)
                          FROM consultation_items AS row WHERE row.consultation_id = vote.id),
                       (SELECT string_agg(row::text, E'\n' ORDER BY version)
                          FROM consultation_steps AS row WHERE row.consultation_id = vote.id
                               AND row.state <> 'drafted'),
                       (SELECT string_agg(row::text, E'\n' ORDER BY item)
                          FROM consultation_results AS row WHERE row.consultation_id = vote.id
                               AND vote.seal IS NOT NULL)), E'\n' ORDER BY vote.id)
                  FROM consultations AS vote WHERE vote.project_id = one.id AND vote.announced_at IS NOT NULL),
               (SELECT string_agg(row::text, E'\n' ORDER BY id)
                  FROM consultation_meetings AS row WHERE row.project_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY id)
                  FROM consultation_opinions AS row WHERE row.project_id = one.id)))
          FROM repair_projects AS one
    """,
    "impacts": """
        SELECT id, md5(concat_ws(E'\n',
               (SELECT row::text FROM impact_plans AS row WHERE row.project_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY id) FROM impacts AS row WHERE row.project_id = one.id)))
          FROM repair_projects AS one
    """,
    "complaint": """
        SELECT ticket_id, md5(concat_ws(E'\n', one::text, answer::text))
          FROM works_complaints AS one FULL JOIN complaint_answers AS answer USING (ticket_id)
    """,
    "estate": "SELECT id, md5(one::text) FROM estates AS one",
    "need": "SELECT id, md5(one::text) FROM needs AS one",
    "survey": "SELECT id, md5(one::text) FROM needs_surveys AS one",
    "plan": "SELECT id, md5(one::text) FROM plans AS one",
    "plan entry": "SELECT plan_id || ' ' || estate, md5(one::text) FROM plan_entries AS one",
    "fund use": "SELECT id, md5(one::text) FROM fund_uses AS one",
    "supervision topic": """
        SELECT id, md5(concat_ws(E'\n', one::text,
               (SELECT string_agg(row::text, E'\n' ORDER BY id)
                  FROM supervision_inspections AS row WHERE row.topic_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY id)
                  FROM supervision_opinions AS row WHERE row.topic_id = one.id),
               (SELECT string_agg(step::text, E'\n' ORDER BY step.opinion_id, step.version)
                  FROM supervision_steps AS step JOIN supervision_opinions AS row ON row.id = step.opinion_id
                 WHERE row.topic_id = one.id)))
          FROM supervision_topics AS one
    """,
    "suggestion": "SELECT id, md5(one::text) FROM supervision_suggestions AS one",
    "typical case": "SELECT id, md5(one::text) FROM typical_cases AS one",
    "standard": """
        SELECT id, md5(concat_ws(E'\n', one::text,
               (SELECT string_agg(row::text, E'\n' ORDER BY number)
                  FROM standard_editions AS row WHERE row.standard_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY row.id)
                  FROM standard_opinions AS row WHERE row.standard_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY sub_district)
                  FROM standard_rollouts AS row WHERE row.standard_id = one.id),
               (SELECT string_agg(row::text, E'\n' ORDER BY row.id)
                  FROM standard_checks AS row WHERE row.standard_id = one.id)))
          FROM standards AS one
    """,
    "citywide day": "SELECT type_code || ' ' || day, 'citywide' FROM type_days WHERE citywide",
    "sightings": """
        SELECT (hashtext(ticket_id) & 1023)::text, md5(string_agg(md5(one::text), '' ORDER BY ticket_id))
          FROM ticket_sightings AS one GROUP BY 1
    """,
}


def checksums(connection: Connection) -> Checksums:
    """Consistent if the transaction is of isolation level repeatable read."""
    connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
    return {
        (kind, row[0]): row[1] for kind, statement in _STATEMENTS.items() for row in connection.execute(text(statement))
    }
