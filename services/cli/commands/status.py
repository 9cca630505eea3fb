"""`closedloop status`: the state of the running stack."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Annotated, Any

import typer

from services.cli.running import DEFAULT_RUN_DIR, RunDir, bearer, running_stack, service_of


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Show tickets by state, lag, outbox, dead letters, halted consumers, health. Exits 1 if something needs a person.

    Example: closedloop status --json
    """
    state = running_stack(run_dir)
    services = [_service(service) for service in state["services"]]
    tickets, newest = _asked(state, "/tickets/summary"), _asked(state, "/tickets?limit=1")
    newest_number = newest["items"][0]["number"] if newest and newest["items"] else None
    broker = state["kafka"]["title"]
    report = {"broker": broker, "tickets": tickets, "newest_ticket": newest_number, "services": services}
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
    else:
        _print(report)
    if any(service["reasons"] or service["halted"] for service in services):
        raise typer.Exit(1)


def _asked(state: dict[str, Any], path: str) -> dict[str, Any] | None:
    """What intake answers; None if it does not."""
    import httpx

    url = service_of(state, "intake")["url"]
    try:
        answer = httpx.get(f"{url}{path}", headers=bearer(state, "hub"), timeout=5)
    except httpx.HTTPError:
        return None
    return dict(answer.json()) if answer.status_code == 200 else None


def _service(service: dict[str, Any]) -> dict[str, Any]:
    import httpx

    report = {"name": service["name"], "instance": service["instance"], "url": service["url"], "log": service["log"]}
    try:
        ready = httpx.get(f"{service['url']}/readyz", timeout=5)
        scraped = httpx.get(f"{service['url']}/metrics", timeout=5)
    except httpx.HTTPError as error:
        return {**report, "reasons": {"http": f"does not answer: {type(error).__name__}"}, **figures("")}
    reasons = {} if ready.status_code == 200 else ready.json().get("reasons", {"http": f"status {ready.status_code}"})
    return {**report, "reasons": reasons, **figures(scraped.text)}


def figures(scraped: str) -> dict[str, Any]:
    """The figures of a service's `/metrics` that an operator needs first."""
    from prometheus_client.parser import text_string_to_metric_families

    values: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
    for family in text_string_to_metric_families(scraped):
        for sample in family.samples:
            values[sample.name][tuple(sample.labels.values())] = sample.value
    lag_s = values["closedloop_consumer_lag_seconds"]
    return {
        "lag": [
            {"consumer": labels[0], "topic": labels[1], "events": int(events), "seconds": lag_s.get(labels, 0.0)}
            for labels, events in values["closedloop_consumer_lag_events"].items()
        ],
        "outbox_depth": int(values["closedloop_outbox_depth"].get((), 0)),
        "outbox_oldest_s": values["closedloop_outbox_oldest_seconds"].get((), 0.0),
        "outbox_set_aside": int(values["closedloop_outbox_set_aside"].get((), 0)),
        "dead_letters": int(sum(values["closedloop_dead_letters"].values())),
        "halted": [labels[0] for labels, halted in values["closedloop_consumer_halted"].items() if halted],
    }


def _print(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    tickets = report["tickets"]
    counts = " · ".join(f"{count} {state}" for state, count in sorted(tickets.items())) if tickets else "none"
    table = Table("service", "health", "lag", "outbox", "dead letters", "halted", title=report["broker"])
    for service in report["services"]:
        lag = "\n".join(f"{one['topic']}: {one['events']} ({one['seconds']:.1f} s)" for one in service["lag"])
        outbox = f"{service['outbox_depth']} ({service['outbox_oldest_s']:.1f} s)"
        aside = f", {service['outbox_set_aside']} set aside" if service["outbox_set_aside"] else ""
        health = "\n".join(f"{name}: {why}" for name, why in service["reasons"].items()) or "ready"
        name = f"{service['name']}-{service['instance']}"
        table.add_row(name, health, lag, outbox + aside, str(service["dead_letters"]), ", ".join(service["halted"]))
    console = Console()
    console.print(table)
    console.print(f"tickets: {'intake does not answer' if tickets is None else counts}")
    if report["newest_ticket"]:
        console.print(f"newest ticket: {report['newest_ticket']}")
    for service in report["services"]:
        if service["reasons"] or service["halted"]:
            console.print(f"look at {service['log']}")
