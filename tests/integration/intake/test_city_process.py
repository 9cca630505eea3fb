"""Intake as a process and the city's machine: kill -9 when the city has a message and we have not noted it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx
import psutil
from click.testing import Result
from kafka import KafkaAdminClient
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from demo.city import TOKEN, City, serving
from services.chassis.messaging.topic_admin import apply_topics
from services.chassis.settings import DEMO_ISSUER
from services.chassis.web.demo_issuer import DemoIssuer
from services.cli.main import app
from services.contracts.services import CALLERS_KEYS
from services.contracts.topics import topic_table
from services.localstack.embedded_broker import EmbeddedBroker
from services.localstack.processes import free_port
from services.localstack.run_directory import RunDirectory
from services.localstack.service_process import ServiceProcess
from tests.harness.fixtures import NewDatabase, NewFolder
from tests.harness.waiting import eventually


def reconciliation_is_printed(
    city: City, url: str, process: ServiceProcess, directory: Path, number: str, issuer: DemoIssuer
) -> None:
    intake = {"name": "intake", "url": process.url, "log": "intake.log"}
    stack = RunDirectory(directory / "run")
    stack.write_state({"services": [intake], "issuer": str(issuer.jwks.parent), "pid": os.getpid()})

    def compared(*more: str) -> Result:
        options = ["--day", "2026-07-01", "--city-url", url, "--run-dir", str(directory / "run"), *more]
        return CliRunner().invoke(app, ["city", "reconcile", *options])

    same = compared("--json")
    assert same.exit_code == 0, same.output
    assert json.loads(same.stdout)["same"] == 1
    city.tickets[number]["state"] = "handling"
    differs = compared()
    assert differs.exit_code == 1
    assert f"{number}  state: returned here, handling there" in differs.stdout
    stack.release()


def test_a_message_comes_twice_and_counts_once_when_its_sender_is_killed_before_noting_it(
    embedded_broker: EmbeddedBroker, new_database: NewDatabase, new_folder: NewFolder
) -> None:
    admin = KafkaAdminClient(bootstrap_servers=embedded_broker.bootstrap)
    apply_topics(admin, list(topic_table().topics.values()))
    admin.close()
    database, directory, city = new_database("intake"), new_folder(), City()
    issuer = DemoIssuer.ensure(directory)
    engine = create_engine(database)
    with serving(city) as url:
        process = ServiceProcess(
            "intake",
            1,
            free_port(),
            directory / "intake.log",
            {
                "PROFILE": "demo",
                "KAFKA_BOOTSTRAP": embedded_broker.bootstrap,
                "KAFKA_FLAVOUR": "embedded",
                "KAFKA_SESSION_TIMEOUT_S": "6",
                "DATABASE_URL": database,
                "KEYS_DATABASE_URL": new_database(CALLERS_KEYS),
                "OIDC_ISSUER": DEMO_ISSUER,
                "OIDC_JWKS": str(issuer.jwks),
                "CALLER_KEY": "c1d2" * 16,
                "VAULT_KEY": "d3e4" * 16,
                "CITY_URL": url,
                "CITY_TOKEN": TOKEN,
            },
        )

        def client(role: str) -> httpx.Client:
            headers = {"Authorization": f"Bearer {issuer.mint('somebody', (role,))}"}
            return httpx.Client(base_url=process.url, headers=headers, timeout=60)

        def sent_at() -> Any:
            with engine.connect() as connection:
                return connection.execute(text("SELECT sent_at FROM city_messages")).scalar_one()

        killed: list[int] = []

        def kill(_: dict[str, Any]) -> None:
            if not killed:
                assert process.pid
                killed.append(process.pid)
                psutil.Process(process.pid).kill()

        city.on_message = kill
        process.start_and_wait()
        try:
            number = city.file(client("city"), "这事正在法院审理")
            ticket_id = client("city").get(f"/city/tickets/{number}").json()["ticket_id"]
            body = {"version": 1, "reason": "正在法院审理"}
            assert client("hub").post(f"/tickets/{ticket_id}/rejection", json=body).status_code == 200
            eventually(lambda: killed, within=20)
            eventually(lambda: process.pid not in (None, *killed), within=30)
            (message_id,) = city.messages
            assert sent_at() is None
            with engine.begin() as connection:  # the dead one's claim ends; in life after a minute
                connection.execute(text("UPDATE city_messages SET due_at = now()"))
            eventually(lambda: city.came[message_id] == 2, within=30)
            eventually(sent_at, within=10)
            assert [one["kind"] for one in city.messages_about(number)] == ["return"]
            assert city.tickets[number]["state"] == "returned"
            reconciliation_is_printed(city, url, process, directory, number, issuer)
        finally:
            process.stop()
            engine.dispose()
