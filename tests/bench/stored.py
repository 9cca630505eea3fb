"""Tickets of years past in intake's database, written by SQL: what the figures of a full table are taken on."""

from __future__ import annotations

import psycopg

FILL = """
    WITH many AS (
        SELECT gen_random_uuid() AS id, n, timestamptz '2016-01-01' + n * interval '5 minutes' AS at,
               (ARRAY['MJ01','MJ04','XQ01','XQ13','SC01'])[1 + n %% 5] AS type_code,
               (ARRAY['housing','greening','law-enforcement','liangcheng','quyanglu'])[1 + n %% 5] AS lead
          FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    ), filed AS (
        INSERT INTO tickets (id, number, version, acted_version, state, channel, occurred_at, received_at, text_version,
                             type_code, kind, sub_district, estate, estate_name, lead, caller_ref, urgency, co_handlers,
                             dispatched_at, settle_by, settled_at, settled_by, unit_solved, visited_at, caller_solved,
                             satisfaction)
        SELECT id, to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYMMDDHH24MISS') || lpad((n %% 1000000)::text, 6, '0'),
               6, 6, 'archived', 'phone', at, at, 1, type_code, 'help',
               (ARRAY['310109009','310109010','310109011','310109014','310109016'])[1 + n %% 5],
               'estate-' || n %% 700, '小区' || n %% 700, lead, md5((n %% 300000)::text), 'normal', '{}', at,
               at + interval '7 days', at + interval '2 days', 'unit', true, at + interval '8 days', n %% 7 > 0,
               'satisfied'
          FROM many
    ), texts AS (
        INSERT INTO ticket_texts (ticket_id, version, text) SELECT id, 1, '楼顶漏雨，第' || n || '次反映' FROM many
    ), settled AS (
        INSERT INTO settlements (ticket_id, version, public_answer) SELECT id, 4, '已修好' FROM many
    ), visited AS (
        INSERT INTO visits (ticket_id, round, at, solved, satisfaction)
        SELECT id, 0, at + interval '8 days', n %% 7 > 0, 'satisfied' FROM many
    ), timed AS (
        INSERT INTO clocks (ticket_id, kind, since, rule, rules_version, calendar_known, started_at, warn_at, due_at,
                            paused, stopped_at, outcome)
        SELECT id, 'settle', 3, 'settle', 1, true, at, at + interval '5 days', at + interval '7 days', interval '0',
               at + interval '2 days', 'met'
          FROM many
    )
    INSERT INTO ticket_history (ticket_id, version, at, step, state, actor)
    SELECT id, version, at, step, state, 'bench' FROM many,
           (VALUES (1, 'receive', 'received'), (2, 'classify', 'classified'), (3, 'dispatch', 'dispatched'),
                   (4, 'settle', 'settled'), (5, 'visit', 'visited'),
                   (6, 'archive', 'archived')) AS s(version, step, state)
"""
RUNNING = """
    WITH many AS (
        SELECT gen_random_uuid() AS id, n, now() - interval '6 days' AS at,
               CASE WHEN n <= %(due)s THEN now() - interval '1 minute' ELSE now() + interval '3 days' END AS due_at
          FROM generate_series(1, %(count)s::bigint) AS n
    ), filed AS (
        INSERT INTO tickets (id, number, version, acted_version, state, channel, occurred_at, received_at, text_version,
                             type_code, sub_district, estate, estate_name, lead, urgency, co_handlers, dispatched_at,
                             settle_by)
        SELECT id, to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYMMDDHH24MISS') || lpad((n %% 1000000)::text, 6, '0'),
               3, 3, 'dispatched', 'phone', at, at, 1, 'MJ01', '310109010', 'estate-1', '小区1', 'housing', 'normal',
               '{}', at, due_at
          FROM many
    ), timed AS (
        INSERT INTO clocks (ticket_id, kind, since, rule, rules_version, calendar_known, started_at, warn_at, due_at,
                            paused, warned_at)
        SELECT id, 'settle', 3, 'settle', 1, true, at, due_at - interval '1 day', due_at,
               interval '0', now()
          FROM many
    )
    INSERT INTO timers (id, kind, subject, due_at) SELECT gen_random_uuid(), 'clock', id::text, due_at FROM many
"""
NAMES = """
    INSERT INTO estate_names (name, estate, sub_district) SELECT '小区' || n, 'estate-' || n, '310109009'
      FROM generate_series(0, 699) AS n ON CONFLICT DO NOTHING
"""
OPEN = "UPDATE tickets SET state = 'dispatched' WHERE id IN (SELECT id FROM tickets ORDER BY received_at DESC LIMIT %s)"
PER_STATEMENT = 50_000


def fill(database_url: str, first: int, last: int) -> None:
    """Archived tickets number `first` to `last`, with text, history, settlement and clock."""
    with psycopg.connect(database_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        for begin in range(first, last + 1, PER_STATEMENT):
            connection.execute(FILL, {"first": begin, "last": min(last, begin + PER_STATEMENT - 1)})
        connection.execute("VACUUM ANALYZE")


def open_again(database_url: str, count: int) -> None:
    """The newest `count` tickets are open, in estates whose names are known."""
    with psycopg.connect(database_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute(NAMES)
        connection.execute(OPEN, [count])
        connection.execute("VACUUM ANALYZE")


def start_clocks(database_url: str, count: int, due: int) -> None:
    """Dispatched tickets with a settle clock each, `due` of them over."""
    with psycopg.connect(database_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute(RUNNING, {"count": count, "due": due})
        connection.execute("VACUUM ANALYZE")
