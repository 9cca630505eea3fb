"""`closedloop send`: one ticket, followed hop by hop to its department."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from services.cli.brokers import brokers_of
from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, bearer, running_stack, service_of

if TYPE_CHECKING:
    from services.cli.following import Follower
    from services.contracts.event import Envelope

TEXT = "新乡小区12号楼楼顶漏雨，雨水沿着墙面渗进顶层住户家里，天花板已经发霉，请尽快派人来修。"
ADDRESS = "大连西路1190弄12号602室"
PHONE = "13800000000"


@dataclass(frozen=True, slots=True)
class Hop:
    """`after_ms` counts from the request, `took_ms` from the hop before."""

    hop: str
    after_ms: float
    took_ms: float
    detail: str


class Missing(Exception):
    """A hop did not happen in time; `service` is responsible for it."""

    def __init__(self, hop: str, service: str) -> None:
        super().__init__(hop)
        self.hop = hop
        self.service = service


def send(
    text: Annotated[str, typer.Option(help="What the resident says.")] = TEXT,
    address: Annotated[str, typer.Option(help="Where it is.")] = ADDRESS,
    phone: Annotated[str, typer.Option(help="The caller's number; only the vault stores it.")] = PHONE,
    within: Annotated[float, typer.Option(help="Seconds to wait for the last hop.", min=1)] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """File one ticket and follow it to its department's topic, with the time of every hop.

    Example: closedloop send --text "凉城路楼顶漏雨" --address "凉城路1201弄12号602室"
    """
    from kafka.errors import KafkaError

    from services.cli.following import Follower
    from services.contracts.topics import topic_table

    state = running_stack(run_dir)
    kafka = state["kafka"]
    topics = [name for name, topic in topic_table().topics.items() if topic.events]
    hops: list[Hop] = []
    body = {"text": text, "address": address, "channel": "phone", "caller": {"phone": phone}}
    try:
        with Follower(brokers_of(state), topics) as follower:
            for hop in _hops(state, body, follower, within):
                hops.append(hop)
                if not as_json:
                    typer.echo(f"{hop.after_ms:8.1f} ms  (+{hop.took_ms:.1f})  {hop.hop}: {hop.detail}")
    except KafkaError as error:
        fail(f"{error or type(error).__name__}: closedloop status")
    except Missing as missing:
        log = service_of(state, missing.service)["log"]
        if as_json:
            _print_json(kafka, hops, missing=missing.hop)
        fail(f"{missing.hop}: did not happen within {within:.0f} s. Look at {log}, and at closedloop status.")
    if as_json:
        _print_json(kafka, hops, missing=None)
    else:
        caveat = ": these times say nothing about a real broker's" if kafka["flavour"] == "embedded" else ""
        typer.echo(f"over {kafka['title']}{caveat}")


def _print_json(kafka: dict[str, str], hops: list[Hop], missing: str | None) -> None:
    report = {"broker": kafka["title"], "hops": [asdict(hop) for hop in hops], "missing": missing}
    typer.echo(json.dumps(report, ensure_ascii=False))


def _hops(state: dict[str, Any], body: dict[str, Any], follower: Follower, within: float) -> Iterator[Hop]:
    began = last = time.monotonic()

    def hop(name: str, at: float, detail: str) -> Hop:
        nonlocal last
        took, last = at - last, at
        return Hop(name, round((at - began) * 1000, 1), round(took * 1000, 1), detail)

    def wait(name: str, service: str, matches: Callable[[str, Envelope], bool]) -> tuple[Any, float]:
        found = follower.first(lambda topic, e: e.event.aggregate_id == ticket and matches(topic, e), began + within)
        if found is None:
            raise Missing(name, service)
        return found[0].event, found[1]

    filed = file_ticket(state, body, within)
    ticket = filed["ticket_id"]
    yield hop("202 received", time.monotonic(), f"ticket {filed['number']} ({ticket})")

    name = "text on ticket-texts"
    text, at = wait(name, "intake", lambda topic, _: topic == "ticket-texts")
    yield hop(name, at, text.text)

    name = "classification on classifications"
    classified, at = wait(name, "classifier", lambda topic, _: topic == "classifications")
    place = classified.place.estate_name or classified.place.sub_district or "place unknown"
    yield hop(name, at, f"{classified.type_code} ({classified.confidence:.0%}), {place}, {classified.urgency}")

    name = "dispatch on tickets"
    decided, at = wait(name, "intake", lambda topic, e: topic == "tickets" and e.event.version > 1)
    if decided.lead is None:
        yield hop("review on tickets", at, f"{decided.review_reason}: a person decides before a department gets it")
        return
    yield hop(name, at, f"{decided.lead} leads")

    name = f"message on departments.{decided.lead}"
    assigned, at = wait(name, "notifier", lambda topic, _: topic == f"departments.{decided.lead}")
    yield hop(name, at, f"delivery {assigned.delivery_id}")


def file_ticket(state: dict[str, Any], body: dict[str, Any], within: float) -> dict[str, str]:
    """The receipt of the new ticket. An intake that cannot answer is asked again for `within` seconds, under the same
    key."""
    import httpx

    from services.chassis.web.patience import PatientTransport

    intake = service_of(state, "intake")
    headers = bearer(state, "hub") | {"Idempotency-Key": str(uuid4())}
    try:
        with httpx.Client(transport=PatientTransport(httpx.HTTPTransport(), within), timeout=10) as client:
            answer = client.post(f"{intake['url']}/tickets", json=body, headers=headers)
    except httpx.HTTPError as error:
        fail(f"intake at {intake['url']} does not answer ({type(error).__name__}): look at {intake['log']}")
    if answer.status_code != 202:
        fail(f"intake answered {answer.status_code}: {answer.text}\nIts log is {intake['log']}.")
    return dict(answer.json())
