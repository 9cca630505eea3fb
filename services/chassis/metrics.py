"""Every metric of the system, declared once. `docs/metrics.md` is made from here: `python -m services.chassis.metrics`.

Labels come from bounded sets only: never an id, a text or a path with an id in it. Conservation of tickets can be
read off: tickets received = classified + dead-lettered + in flight, where in flight is outbox depth plus lag.
Counters start at zero with the process, so balance their increase over a time without a restart.
"""

from __future__ import annotations

from services.chassis.metric_catalogue import METRICS as METRICS
from services.chassis.metric_catalogue import catalogue, counter, gauge, histogram

# Kafka -> us
EVENTS_CONSUMED = counter(
    "closedloop_events_consumed_total",
    "Events read and settled, after the commit. Outcome: handled; ignored (no handler for the type); duplicate (already"
    " settled before); rejected (dead-lettered); replayed (a dead letter handled at last). Type unread: `unknown`.",
    "consumer", "topic", "type", "outcome",
)  # fmt: skip
EVENT_RETRIES = counter(
    "closedloop_event_retries_total",
    "Attempts put off because a dependency was down (Retry).",
    "consumer", "topic",
)  # fmt: skip
EVENT_BUGS = counter(
    "closedloop_event_bugs_total",
    "Errors that are neither Retry nor Reject: the consumer stops.",
    "consumer", "topic", "type",
)  # fmt: skip
BATCHES_ROLLED_BACK = counter(
    "closedloop_batches_rolled_back_total",
    "Batches that raised and were run again event by event, or dropped because the partition was lost.",
    "consumer",
)
HANDLER_SECONDS = histogram(
    "closedloop_handler_seconds",
    "Time the classifier takes to read one text.",
    "consumer", "type",
)  # fmt: skip
BATCH_SECONDS = histogram(
    "closedloop_batch_seconds",
    "Time in the handler of one batch of events, without the commit.",
    "consumer",
)
CONSUMER_LAG_EVENTS = gauge(
    "closedloop_consumer_lag_events",
    "Events on this process's partitions of the topic that are not settled yet.",
    "consumer", "topic",
)  # fmt: skip
CONSUMER_LAG_SECONDS = gauge(
    "closedloop_consumer_lag_seconds",
    "Age of the oldest event that is not settled yet, by its record's timestamp; 0 if there is none.",
    "consumer", "topic",
)  # fmt: skip
CONSUMER_IN_GROUP = gauge(
    "closedloop_consumer_in_group",
    "1 while the consumer is a member of its group. Without it, it reads nothing and its lag is the last one known.",
    "consumer",
)
CONSUMER_TROUBLE_SECONDS = gauge(
    "closedloop_consumer_trouble_seconds",
    "For how long the consumer has been out of its group, or failing again and again; 0 if all is well.",
    "consumer",
)
CONSUMER_HALTED = gauge(
    "closedloop_consumer_halted",
    "1 when the consumer stopped itself (too many rejects in a row, or a bug) and waits for a person.",
    "consumer",
)
DEAD_LETTERS = gauge(
    "closedloop_dead_letters",
    "Dead letters of this service that wait for a replay or a decision.",
    "consumer",
)

# us -> Kafka
EVENTS_PUBLISHED = counter(
    "closedloop_events_published_total",
    "Events the broker acknowledged.",
    "topic", "type",
)  # fmt: skip
OUTBOX_DEPTH = gauge("closedloop_outbox_depth", "Events committed and not yet published.")
OUTBOX_OLDEST_SECONDS = gauge(
    "closedloop_outbox_oldest_seconds", "Age of the oldest event not yet published; 0 if there is none."
)
OUTBOX_SET_ASIDE = gauge(
    "closedloop_outbox_set_aside", "Events the broker will not take, with their keys' successors: a person must look."
)
RELAY_LEADER = gauge("closedloop_relay_leader", "1 in the one process of a service that publishes its outbox.")
PRODUCER_RENEWALS = counter(
    "closedloop_producer_renewals_total", "Producers discarded after a failed or overdue send and replaced."
)
BROKER_CERTIFICATE_UNTIL = gauge(
    "closedloop_kafka_certificate_valid_until_seconds",
    "Unix time at which the certificate of a broker ends, as last seen; only of a closed broker.",
    "broker",
)

# HTTP
HTTP_REQUESTS = counter(
    "closedloop_http_requests_total",
    "Requests answered. Route: its template; `other` if none matched. Status `aborted`: the client went away first.",
    "route", "method", "status",
)  # fmt: skip
HTTP_SECONDS = histogram(
    "closedloop_http_seconds", "Time from a request's head to the end of its answer.", "route", "method"
)

# the loop's own subject
TICKETS_RECEIVED = counter("closedloop_tickets_received_total", "Tickets answered with 202, once each.", "channel")
TICKETS_CLASSIFIED = counter(
    "closedloop_tickets_classified_total",
    "Tickets whose first classification was applied. Outcome: dispatched, in_review, filed_away (history).",
    "outcome",
)
REPLIES = counter(
    "closedloop_replies_total", "Replies of departments on their topics. Outcome: taken, refused.", "outcome"
)
TICKET_STEPS = counter(
    "closedloop_ticket_steps_total", "Steps that people took with tickets, by the step of the ticket's table.", "step"
)
TICKET_OVERRULES = counter(
    "closedloop_ticket_overrules_total",
    "Tickets of which a person said what they are. Outcome: confirmed (the machine's type), corrected.",
    "outcome",
)
CLOCK_WARNINGS = counter(
    "closedloop_clock_warnings_total", "Clocks of tickets of which most had passed, by the clock.", "clock"
)
CLOCK_BREACHES = counter(
    "closedloop_clock_breaches_total", "Clocks of tickets that ended before what they wait for was done.", "clock"
)
TICKETS_SETTLED = counter(
    "closedloop_tickets_settled_total", "Tickets their lead settled. Outcome: on_time, late.", "outcome"
)
TICKETS_VISITED = counter(
    "closedloop_tickets_visited_total",
    "Callers asked after the settlement, by what they say. Outcome: solved, not_solved.",
    "outcome",
)
CALLER_READINGS = counter(
    "closedloop_caller_readings_total",
    "Times somebody asked who a caller is, by their role, the purpose they named, and what came of it."
    " Outcome: read, gone (erased before), refused, too often.",
    "role", "purpose", "outcome",
)  # fmt: skip
CALLER_READINGS_OF_ONE = gauge(
    "closedloop_caller_readings_of_one_person",
    "Readings of callers' data within the last hour by the person who read most; each process shows all.",
)
RETENTION_REMOVED = counter(
    "closedloop_retention_removed_total",
    "Rows, and for the class caller tickets, that were deleted because their time was over, by their class.",
    "kept",
)
RETENTION_UNFINISHED_SECONDS = gauge(
    "closedloop_retention_unfinished_seconds",
    "How long the deletion of expired rows has been unfinished, of the class that waits longest; infinite before each"
    " class was finished once; each process shows all.",
)
KEYS_TO_DELETE_OLDEST_SECONDS = gauge(
    "closedloop_keys_to_delete_oldest_seconds",
    "How long the key of somebody who was erased has waited to be deleted from the keys' database; 0: none waits; each"
    " process shows all.",
)
ORPHANED_KEYS = counter(
    "closedloop_orphaned_keys_total",
    "Callers' keys that were deleted because nobody has them: a receipt was rolled back after making one.",
)
TICKETS_COUNTED = counter(
    "closedloop_tickets_counted_total",
    "Tickets counted towards their place and type. Outcome, by the caller: known, anonymous.",
    "outcome",
)
FOLLOW_UPS = counter("closedloop_follow_ups_total", "Follow-ups that came to a stage, each time.", "stage")
TELLINGS = counter(
    "closedloop_tellings_total",
    "Messages to callers that came into a state, each time. State withheld: planned, and not to be sent.",
    "occasion", "state",
)  # fmt: skip
INDICATOR = gauge(
    "closedloop_indicator_ratio",
    "Indicators of the last 30 days by leading unit, 0 to 1; none without a denominator; each process shows all.",
    "indicator", "unit",
)  # fmt: skip
HOT_ISSUES = counter("closedloop_hot_issues_total", "Hot issues that came into a state, each time.", "state")
DECISIONS_OVERDUE = counter(
    "closedloop_decisions_overdue_total", "Hot issues on which nobody had decided when the days for it were over."
)
DELIVERIES = counter(
    "closedloop_deliveries_total",
    "Deliveries made, after the commit. Outcome: sent (topic: in the outbox; webhook: its receiver answered 2xx),"
    " failed (webhook: given up; sent again by a person it may fail again).",
    "channel", "outcome",
)  # fmt: skip
DELIVERIES_AWAITING_TEXT = gauge(
    "closedloop_deliveries_awaiting_text", "Deliveries that wait for their ticket's text; each process shows all."
)
ESCALATIONS_RUNNING = gauge(
    "closedloop_escalations_running", "Chains of officers that nobody has read yet; each process shows all."
)
ESCALATIONS_UNREACHED = gauge(
    "closedloop_escalations_unreached",
    "Steps that reached nobody, of chains that run or that nobody read within a day: no officer there, or no channel.",
)
OFFICER_FINDINGS = gauge(
    "closedloop_officer_findings",
    "Who would not be reached. Kind: no_duty_officer, no_leader (of a unit), no_way (to an officer).",
    "kind",
)
TELLINGS_SETTLED = counter(
    "closedloop_tellings_settled_total",
    "Messages to callers, each time one ended on a channel. Outcome: sent, delivered, read, failed (the next channel"
    " follows, if there is one), unsure (a person calls), withheld.",
    "way", "outcome",
)  # fmt: skip
TELLINGS_OLDEST_SECONDS = gauge(
    "closedloop_tellings_oldest_seconds",
    "How long the message to a caller that waits longest has been due, by channel; each process shows all.",
    "way",
)
OFFICER_MESSAGES = counter(
    "closedloop_officer_messages_total",
    "Messages to officers, each time one ended on a channel (none: before one was chosen). Outcome: sent,"
    " failed (the officer's next channel follows, if there is one), withheld.",
    "channel", "outcome",
)  # fmt: skip
OFFICER_MESSAGES_OLDEST_SECONDS = gauge(
    "closedloop_officer_messages_oldest_seconds",
    "How long the message to an officer that waits longest could already have been sent; each process shows all.",
)
OFFICER_LIMIT_SHARE = gauge(
    "closedloop_officer_limit_share",
    "The share of a channel's limits (sending.yaml) used by the officer who is nearest to one; each process shows all.",
    "channel",
)
OFFICER_WAYS_RESTING = gauge(
    "closedloop_officer_ways_resting",
    "Addresses of officers that failed and are not tried for a time, by channel; each process shows all.",
    "channel",
)
LINK_ANSWERS = counter(
    "closedloop_link_answers_total",
    "Answers by the one-time links in messages. Outcome: counted, stopped, or why it did not count.",
    "purpose", "outcome",
)  # fmt: skip
CITY_MESSAGES = gauge(
    "closedloop_city_messages",
    "Messages to the city's hotline that wait, or were given up until a person has them sent; each process shows all.",
    "status",
)
WEBHOOK_DELIVERIES = gauge(
    "closedloop_webhook_deliveries",
    "Deliveries by webhook that wait for their receiver, or have failed and can be sent again; each process shows all.",
    "status",
)
WEBHOOKS_IN_TROUBLE = gauge(
    "closedloop_webhooks_in_trouble",
    "Webhooks by state: failing (their receiver has taken nothing for an hour), disabled; each process shows all.",
    "state",
)


if __name__ == "__main__":
    print(catalogue(), end="")
