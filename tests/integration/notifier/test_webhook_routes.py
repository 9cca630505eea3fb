"""Who may subscribe, see, remove and send again; what is refused, and how."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from services.chassis.database.work import Workshop
from services.contracts.department_events import TicketAssigned
from services.notifier.http.webhooks import webhook_routes
from services.notifier.store.tables import webhook_sendings, webhooks
from services.notifier.store.webhooks import MOST_PER_DEPARTMENT
from tests.integration.applications import As, application, clients_of
from tests.integration.notifier.events import dispatched, take, text_of
from tests.integration.notifier.subscribing import URL, activate, subscribe

PROBLEM = "urn:closedloop:problem:"


@pytest.fixture
def webhook(workshop: Workshop, as_: As) -> dict[str, Any]:
    """Housing's, active, with one delivery waiting."""
    made = subscribe(as_("admin"))
    activate(workshop, made)
    take(workshop, text_of(1), dispatched(1))
    return made


def delivery_of(client: TestClient, webhook: dict[str, Any]) -> dict[str, Any]:
    (one,) = client.get(f"/webhooks/{webhook['webhook_id']}/deliveries").json()["items"]
    return dict(one)


@pytest.mark.parametrize("role", ["admin", "department:housing"])
def test_the_secret_is_shown_once_and_the_webhook_begins_unverified(role: str, as_: As) -> None:
    made = subscribe(as_(role), events=[TicketAssigned.type])
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert len(secret) == 50
    assert (made["status"], made["failures"], made["created_by"]) == ("unverified", 0, "somebody")
    listed = as_(role).get("/webhooks")
    assert listed.json() == {"items": [made]}
    assert secret not in listed.text
    assert subscribe(as_(role), url=URL + "/2")["secret"] != secret


def test_a_department_sees_and_touches_its_own_alone(as_: As, webhook: dict[str, Any]) -> None:
    fire, housing = as_("department:fire"), as_("department:housing")
    delivery = delivery_of(housing, webhook)
    assert fire.get("/webhooks").json()["items"] == []
    assert [one["webhook_id"] for one in housing.get("/webhooks").json()["items"]] == [webhook["webhook_id"]]
    one = f"/webhooks/{webhook['webhook_id']}"
    refused = fire.post("/webhooks", json={"department": "housing", "url": URL + "/other"})
    assert (refused.status_code, refused.json()["type"]) == (403, PROBLEM + "not-yours")
    for hidden, unknown in (
        (fire.get(f"{one}/deliveries"), fire.get(f"/webhooks/{uuid4()}/deliveries")),
        (fire.delete(one), fire.delete(f"/webhooks/{uuid4()}")),
        (
            fire.post(f"/webhooks/deliveries/{delivery['delivery_id']}/redeliver"),
            fire.post(f"/webhooks/deliveries/{uuid4()}/redeliver"),
        ),
    ):
        assert (hidden.status_code, hidden.json()) == (404, unknown.json())
    assert delivery_of(housing, webhook) == delivery
    assert housing.delete(one).status_code == 204


@pytest.mark.parametrize("roles", [["hub"], ["supervisor"], ["subdistrict:310109010"], ["identity-reader"], []])
def test_other_roles_are_refused(roles: list[str], as_: As, webhook: dict[str, Any]) -> None:
    client, expected = as_(*roles), 403 if roles else 401
    one = f"/webhooks/{webhook['webhook_id']}"
    body = {"department": "housing", "url": URL}
    assert client.post("/webhooks", json=body).status_code == expected
    assert client.get("/webhooks").status_code == expected
    assert client.get(f"{one}/deliveries").status_code == expected
    assert client.post(f"/webhooks/deliveries/{uuid4()}/redeliver").status_code == expected
    assert client.delete(one).status_code == expected


def test_the_hub_sees_in_the_log_what_went_by_webhook(as_: As, webhook: dict[str, Any]) -> None:
    items = as_("hub").get("/deliveries").json()["items"]
    seen = {(one["channel"], one["status"], one["webhook_id"]) for one in items}
    assert seen == {("topic", "published", None), ("webhook", "waiting", webhook["webhook_id"])}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"url": URL}, "department"),
        ({"department": "housing"}, "url"),
        ({"department": "water", "url": URL}, "'water' is not in departments.yaml"),
        ({"department": "housing", "url": "ftp://hooks.example.com/"}, "not an https URL"),
        ({"department": "housing", "url": "https://10.0.0.1/"}, "not a public address"),
        ({"department": "housing", "url": URL, "events": []}, "events"),
        ({"department": "housing", "url": URL, "events": ["ticket.received.v1"]}, "is none of department.ticket"),
        ({"department": "housing", "url": URL, "secret": "mine"}, "secret"),
    ],
)
def test_a_faulty_subscription_is_refused_by_field(body: dict[str, Any], named: str, as_: As) -> None:
    refused = as_("admin").post("/webhooks", json=body)
    assert refused.status_code == 422
    assert named in refused.json()["detail"]
    assert as_("admin").get("/webhooks").json()["items"] == []


def test_loopback_is_for_the_demo_alone(workshop: Workshop, as_: As) -> None:
    url = "http://127.0.0.1:8080/hook"
    assert subscribe(as_("admin"), url=url)["url"] == url
    production = clients_of(application([webhook_routes(workshop, demo=False)]))
    refused = production("admin").post("/webhooks", json={"department": "fire", "url": url})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body.url")


def test_the_same_url_twice_would_tell_everything_twice(as_: As) -> None:
    subscribe(as_("admin"))
    refused = as_("department:housing").post("/webhooks", json={"department": "housing", "url": URL})
    assert (refused.status_code, refused.json()["type"]) == (409, PROBLEM + "webhook-exists")
    subscribe(as_("admin"), "fire")


def test_a_department_has_a_limited_number(as_: As) -> None:
    for number in range(MOST_PER_DEPARTMENT):
        subscribe(as_("admin"), url=f"{URL}/{number}")
    refused = as_("admin").post("/webhooks", json={"department": "housing", "url": URL})
    assert (refused.status_code, refused.json()["type"]) == (409, PROBLEM + "too-many-webhooks")
    subscribe(as_("admin"), "fire")


def test_a_removed_webhook_is_forgotten_but_not_what_was_to_be_sent_to_it(
    workshop: Workshop, as_: As, webhook: dict[str, Any]
) -> None:
    one, delivery = f"/webhooks/{webhook['webhook_id']}", delivery_of(as_("admin"), webhook)
    assert as_("admin").delete(one).status_code == 204
    with workshop.open() as work:
        assert work.connection.execute(select(webhooks)).all() == []
        assert work.connection.execute(select(webhook_sendings)).all() == []
    log = as_("hub").get("/deliveries").json()["items"]
    assert [one["status"] for one in log if one["webhook_id"] == webhook["webhook_id"]] == ["failed"]
    take(workshop, text_of(2), dispatched(2))
    assert len(as_("hub").get("/deliveries").json()["items"]) == 3, "nothing more is queued for it"
    for gone in (
        as_("admin").get(f"{one}/deliveries"),
        as_("admin").delete(one),
        as_("admin").post(f"/webhooks/deliveries/{delivery['delivery_id']}/redeliver"),
    ):
        assert gone.status_code == 404


def test_a_cursor_of_another_webhook_is_unknown(as_: As, webhook: dict[str, Any]) -> None:
    other = subscribe(as_("admin"), "fire")
    path, theirs = f"/webhooks/{other['webhook_id']}/deliveries", delivery_of(as_("admin"), webhook)["delivery_id"]
    refused = as_("department:fire").get(path, params={"cursor": theirs})
    assert (refused.status_code, refused.json()["type"]) == (422, PROBLEM + "unknown-cursor")


def test_what_is_unknown_is_not_found(as_: As) -> None:
    admin = as_("admin")
    assert admin.get(f"/webhooks/{uuid4()}/deliveries").json()["type"] == PROBLEM + "unknown-webhook"
    assert admin.delete(f"/webhooks/{uuid4()}").json()["type"] == PROBLEM + "unknown-webhook"
    again = admin.post(f"/webhooks/deliveries/{uuid4()}/redeliver")
    assert (again.status_code, again.json()["type"]) == (404, PROBLEM + "unknown-delivery")


def test_a_delivery_on_a_topic_is_not_for_redelivery(as_: As, webhook: dict[str, Any]) -> None:
    log = as_("admin").get("/deliveries").json()["items"]
    (topic,) = (one["delivery_id"] for one in log if one["channel"] == "topic")
    assert as_("admin").post(f"/webhooks/deliveries/{topic}/redeliver").status_code == 404


def test_what_is_no_longer_kept_cannot_be_sent_again(workshop: Workshop, as_: As, webhook: dict[str, Any]) -> None:
    delivery = delivery_of(as_("admin"), webhook)
    with workshop.open() as work:
        work.connection.execute(text("DELETE FROM webhook_sendings"))
    refused = as_("admin").post(f"/webhooks/deliveries/{delivery['delivery_id']}/redeliver")
    assert (refused.status_code, refused.json()["type"]) == (410, PROBLEM + "no-longer-kept")
    seen = delivery_of(as_("admin"), webhook)
    assert (seen["status"], seen["attempts"]) == ("waiting", None)


def test_deliveries_come_in_pages_and_by_status(workshop: Workshop, as_: As, webhook: dict[str, Any]) -> None:
    take(workshop, *(text_of(number) for number in (2, 3)), *(dispatched(number) for number in (2, 3)))
    admin, path = as_("admin"), f"/webhooks/{webhook['webhook_id']}/deliveries"
    first = admin.get(path, params={"limit": 2}).json()
    last = admin.get(path, params={"limit": 2, "cursor": first["next"]}).json()
    assert last["next"] is None
    ids = [one["delivery_id"] for one in first["items"] + last["items"]]
    assert ids == [one["delivery_id"] for one in admin.get(path).json()["items"]]
    assert len(set(ids)) == 3
    assert admin.get(path, params={"status": "sent"}).json()["items"] == []
    assert len(admin.get(path, params={"status": "waiting"}).json()["items"]) == 3
    assert admin.get(path, params={"cursor": str(uuid4())}).status_code == 422
