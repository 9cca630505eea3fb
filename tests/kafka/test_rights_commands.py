"""`closedloop kafka` and `closedloop department` on a closed Apache Kafka."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from services.chassis.messaging.access.broker import allow, read_access, set_passwords, withdraw
from services.chassis.messaging.access.compare import Rule
from services.cli.subscriber_files import LIBRDKAFKA, read_credentials
from services.contracts.principals import load_principals
from services.contracts.topics import topic_table
from services.localstack.closed_kafka import ClosedKafka
from services.localstack.processes import free_port
from tests.harness.waiting import eventually
from tests.kafka.closed import Closed

PRINCIPALS = load_principals("310109", topic_table())
USERS = len(PRINCIPALS.users)


@pytest.fixture(scope="module")
def closed(closed_kafka: ClosedKafka, tmp_path_factory: pytest.TempPathFactory) -> Closed:
    """Standing users made by `kafka apply`, and the department of commerce by `department add`."""
    made = Closed(closed_kafka, tmp_path_factory.mktemp("commands"))
    made.done("kafka", "apply", "--passwords", str(made.passwords.folder))
    made.done("department", "remove", "commerce")
    made.done("department", "add", "commerce", "--to", str(made.department("commerce")))
    return made


@pytest.fixture
def admin(closed: Closed) -> Iterator[KafkaAdminClient]:
    with closing(closed.admin()) as client:
        yield client


def seen(admin: KafkaAdminClient, *rules: Rule) -> None:
    eventually(lambda: set(rules) <= read_access(admin).rules, 5)


class TestApply:
    def test_a_missing_user_is_reported_refused_without_a_folder_and_made_with_one(self, closed: Closed) -> None:
        closed.done("kafka", "revoke", "audit")
        checked = closed.run("kafka", "check")
        assert checked.exit_code == 1
        assert "audit has no password; `closedloop kafka apply --passwords FOLDER` makes one\n" in checked.output
        assert "audit may not read topic notifications; `closedloop kafka apply` allows it\n" in checked.output
        refused = closed.run("kafka", "apply")
        assert (refused.exit_code, "without a password: audit; give --passwords FOLDER" in refused.output) == (1, True)
        assert closed.run("kafka", "check").output == checked.output
        dry = closed.run("kafka", "apply", "--dry-run")
        assert dry.output == checked.output
        assert closed.run("kafka", "check").output == checked.output
        closed.passwords.file("audit").unlink(missing_ok=True)
        applied = closed.run("kafka", "apply", "--passwords", str(closed.passwords.folder))
        assert "corrected: audit has no password\ncorrected: audit has the quota none, not" in applied.output
        assert f"\n{USERS} users in the tables, 4 corrections\n" in applied.output
        password = closed.passwords.given("audit")
        assert password is not None
        assert password not in applied.output
        assert oct(closed.passwords.file("audit").stat().st_mode)[-3:] == "600"
        assert closed.run("kafka", "check").output == f"{USERS} users checked, 0 differences\n"

    def test_a_password_that_lies_there_already_is_the_users(self, closed: Closed) -> None:
        closed.done("kafka", "revoke", "dashboards")
        closed.passwords.file("dashboards").parent.mkdir(exist_ok=True)
        closed.passwords.file("dashboards").write_text("made-before-the-broker")
        closed.done("kafka", "apply", "--passwords", str(closed.passwords.folder))
        with closing(closed.admin("dashboards")) as client:
            assert client.list_topics() is not None

    def test_rights_that_the_tables_do_not_give_go_and_those_of_others_stay(
        self, closed: Closed, admin: KafkaAdminClient
    ) -> None:
        too_much = [
            Rule("User:department-commerce", "read", "topic", "departments.police"),
            Rule("User:*", "read", "topic", "tickets"),
            Rule("User:mirror", "read", "topic", "departments.", "prefixed"),
        ]
        others = Rule("User:mirror", "read", "topic", "payroll")
        denied = Rule("User:department-commerce", "read", "topic", "payroll", permission="deny")
        allow(admin, [*too_much, others, denied])
        seen(admin, *too_much, others, denied)
        differences = closed.done("kafka", "apply")["differences"]
        assert {(one["kind"], one["found"]) for one in differences} == {
            *(("right extra", str(rule)) for rule in too_much),
            ("denied", str(denied)),
        }
        left = read_access(admin).rules
        assert {others, denied} <= left
        assert not left & set(too_much)
        assert closed.run("kafka", "check").exit_code == 1
        withdraw(admin, [others, denied])
        eventually(lambda: closed.run("kafka", "check").exit_code == 0, 5)

    def test_the_user_of_a_department_that_no_table_names_goes(self, closed: Closed, admin: KafkaAdminClient) -> None:
        set_passwords(admin, {"department-closed-last-year": "a-long-enough-password", "mirror": "mirrors-password"})
        eventually(lambda: {"department-closed-last-year", "mirror"} <= read_access(admin).users, 5)
        (difference,) = closed.done("kafka", "apply")["differences"]
        assert (difference["user"], difference["kind"]) == ("department-closed-last-year", "user extra")
        assert "mirror" in read_access(admin).users


class TestRotateAndRevoke:
    def test_a_new_password_opens_the_next_connection_and_the_one_that_stands_goes_on(self, closed: Closed) -> None:
        if closed.passwords.given("operators") is None:  # other tests on this broker had made the user
            closed.done("kafka", "rotate", "operators", "--passwords", str(closed.passwords.folder))
        old = closed.login("operators")
        with closing(closed.admin("operators")) as standing:
            standing.list_topics()
            rotated = closed.run("kafka", "rotate", "operators", "--passwords", str(closed.passwords.folder))
            assert rotated.exit_code == 0, rotated.output
            assert closed.login("operators")["sasl_plain_password"] != old["sasl_plain_password"]
            assert closed.passwords.given("operators") not in rotated.output
            assert standing.list_topics() is not None
            eventually(lambda: closed.run(*check("operators", closed, old)).exit_code == 1, 5)
            with closing(closed.admin("operators")) as another:
                assert another.list_topics() is not None
        assert not list(closed.passwords.folder.rglob("*.next"))

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["rotate", "mars", "--passwords", "nowhere"], "user 'mars' is not in principals.yaml; it has intake"),
            (
                ["rotate", "department-fire", "--passwords", "nowhere"],
                "`closedloop department credentials CODE` makes",
            ),
            (["revoke", "mars"], "user 'mars' is not in principals.yaml"),
            (["revoke", "admin"], "admin is the broker's first user: without it nobody could give rights again"),
        ],
    )
    def test_a_user_that_cannot_be_changed_is_named(self, closed: Closed, arguments: list[str], message: str) -> None:
        closed.done("department", "remove", "fire")
        refused = closed.run("kafka", *arguments)
        assert refused.exit_code == 1
        assert message in refused.output


def check(role: str, closed: Closed, login: dict[str, str]) -> list[str]:
    """`kafka check --as` with this login."""
    file = closed.folder / "login.properties"
    fields = {
        "bootstrap.servers": closed.kafka.bootstrap,
        "sasl.username": login["sasl_plain_username"],
        "sasl.password": login["sasl_plain_password"],
        "ssl.ca.location": login["ssl_cafile"],
    }
    file.write_text("".join(f"{name}={value}\n" for name, value in fields.items()))
    return ["kafka", "check", "--as", role, "--credentials", str(file)]


class TestCheckAs:
    @pytest.fixture
    def login(self, closed: Closed) -> dict[str, str]:
        return closed.login("department-commerce")

    def test_all_is_well(self, closed: Closed) -> None:
        file = closed.department("commerce") / LIBRDKAFKA
        steps = closed.done("kafka", "check", "--as", "department:commerce", "--credentials", str(file))["steps"]
        assert all(step["ok"] for step in steps)
        assert [step["name"] for step in steps][:3] == ["address", "certificate", "password"]
        rights = [step["says"] for step in steps[3:]]
        assert "read topic departments.commerce" in rights
        assert "write topic departments.commerce.replies" in rights
        assert "read group department-commerce.*" in rights

    @pytest.mark.parametrize(
        ("field", "value", "step", "says"),
        [
            ("sasl_plain_password", "wrong", "password", "the password is wrong, or there is no such user"),
            ("ssl_cafile", "tests/data/kafka-ca.pem", "certificate", "signed by none of"),
            ("ssl_cafile", "nowhere.pem", "certificate", "is no file of certificates"),
        ],
    )
    def test_what_is_wrong_is_named(
        self, closed: Closed, login: dict[str, str], field: str, value: str, step: str, says: str
    ) -> None:
        wrong = str(Path(value).resolve()) if field == "ssl_cafile" else value
        ran = closed.run(*check("department:commerce", closed, login | {field: wrong}))
        assert ran.exit_code == 1
        assert f"{step}: FAILED, " in ran.output.splitlines()[-1]
        assert says in ran.output
        assert login["sasl_plain_password"] not in ran.output

    def test_a_port_where_no_broker_is(self, closed: Closed, login: dict[str, str]) -> None:
        ran = closed.run(*check("department:commerce", closed, login), "--kafka", f"127.0.0.1:{free_port()}")
        assert (ran.exit_code, ran.output.startswith("address: FAILED, 127.0.0.1")) == (1, True)

    def test_each_right_that_is_missing(self, closed: Closed, login: dict[str, str], admin: KafkaAdminClient) -> None:
        user = "User:department-commerce"
        gone = [
            Rule(user, "read", "topic", "departments.commerce"),
            Rule(user, "write", "topic", "departments.commerce.replies"),
            Rule(user, "read", "group", "department-commerce.", "prefixed"),
        ]
        withdraw(admin, gone)
        eventually(lambda: not read_access(admin).rules & set(gone), 5)
        ran = closed.run(*check("department:commerce", closed, login))
        assert ran.exit_code == 1
        for rule in gone:
            assert f"right: FAILED, may not {str(rule).removeprefix('allow ')}: a consumer would wait" in ran.output
        by_the_broker = closed.run("kafka", "check", "--as", "department:commerce")
        assert (by_the_broker.exit_code, len(by_the_broker.output.splitlines())) == (1, len(gone) + 1)
        closed.done("department", "add", "commerce", "--to", str(closed.department("commerce")))
        assert closed.run(*check("department:commerce", closed, login)).exit_code == 0

    def test_a_relays_transactional_id_is_asked_for_without_taking_it_from_the_relay(self, closed: Closed) -> None:
        closed.done("kafka", "rotate", "intake", "--passwords", str(closed.passwords.folder))
        with closing(closed.producer("intake", transactional_id="310109-intake-outbox", max_block_ms=30_000)) as relay:
            eventually(lambda: relay.init_transactions() is None, 10)
            ran = closed.run(*check("intake", closed, closed.login("intake")))
            assert "right: ok, write transactional id 310109-intake-outbox" in ran.output
            relay.begin_transaction()
            relay.abort_transaction()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--as", "department:mars"], "role 'department:mars' is not in principals.yaml"),
            (["--as", "department:police"], "department-police has no user; `closedloop department add` makes it"),
            (["--credentials", "x"], "give --as ROLE"),
            (["--as", "intake", "--credentials", "nowhere"], "--credentials nowhere: cannot be read"),
        ],
    )
    def test_bad_input_is_named(self, closed: Closed, arguments: list[str], message: str) -> None:
        closed.done("department", "remove", "police")
        ran = closed.run("kafka", "check", *arguments)
        assert ran.exit_code == 1
        assert message in ran.output

    def test_anothers_credentials_are_refused_by_name(self, closed: Closed, login: dict[str, str]) -> None:
        ran = closed.run(*check("department:fire", closed, login))
        assert "holds the user department-commerce, and --as asks for department-fire" in ran.output


class TestDepartment:
    def test_who_is_no_department_is_refused_with_the_remedy(self, closed: Closed) -> None:
        for command in (["add", "mars", "--to", "x"], ["credentials", "mars", "--to", "x"], ["remove", "mars"]):
            refused = closed.run("department", *command)
            assert refused.exit_code == 1
            assert "CODE 'mars' is no department; there are housing" in refused.output
            assert "Add a new one to departments.yaml first" in refused.output

    def test_it_gets_topics_rights_and_private_files_once(self, closed: Closed, admin: KafkaAdminClient) -> None:
        folder = closed.department("health")
        closed.done("department", "remove", "health")
        added = closed.done("department", "add", "health", "--to", str(folder))
        assert (added["new"], added["user"], added["folder"]) == (True, "department-health", str(folder))
        assert {"departments.health", "departments.health.replies"} <= set(admin.list_topics())
        assert {oct(file.stat().st_mode)[-3:] for file in folder.iterdir()} == {"600"}
        assert closed.run("kafka", "check").exit_code == 0
        password = read_credentials(folder / LIBRDKAFKA).password
        again = closed.run("department", "add", "health", "--to", str(folder))
        assert "department-health subscribes already and keeps its password" in again.output
        assert read_credentials(folder / LIBRDKAFKA).password == password
        renewed = closed.run("department", "credentials", "health", "--to", str(folder), "--address", "far:9093")
        fresh = read_credentials(folder / LIBRDKAFKA)
        assert fresh.password != password
        assert fresh.bootstrap == "far:9093"
        assert fresh.password not in again.output + renewed.output

    def test_it_receives_and_answers_by_its_files(self, closed: Closed, admin: KafkaAdminClient) -> None:
        folder = closed.department("ecology")
        closed.done("department", "remove", "ecology")
        closed.done("department", "add", "ecology", "--to", str(folder))
        with closing(closed.producer("admin")) as producer:
            headers = [("ce_type", b"department.ticket_assigned.v1")]
            producer.send("departments.ecology", "{水}".encode(), key=b"t-1", headers=headers).get(timeout=10)
        program = [sys.executable, str(folder / "read.py")]
        with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
            assert reader.stdout is not None
            assert reader.stderr is not None
            line = "department.ticket_assigned.v1 t-1 {水}\n"
            found = line in iter(reader.stdout.readline, "")  # behind what other tests have written
            reader.terminate()
            assert found, reader.stderr.read()
        assert closed.write("department-ecology", "departments.ecology.replies", b"{}") is None

    def test_who_is_removed_reads_nothing_more_and_its_topics_stay(
        self, closed: Closed, admin: KafkaAdminClient
    ) -> None:
        folder = closed.department("greening")
        closed.done("department", "remove", "greening")
        closed.done("department", "add", "greening", "--to", str(folder))
        with closing(closed.consumer("department-greening")) as consumer:
            place = TopicPartition("departments.greening", 0)
            consumer.assign([place])
            consumer.seek_to_beginning(place)
            assert consumer.position(place) is not None
            consumer.poll(timeout_ms=1000)
            removed = closed.done("department", "remove", "greening")
            assert removed["rights_withdrawn"] == len(PRINCIPALS.rights["department-greening"])
            with pytest.raises(TopicAuthorizationFailedError):
                eventually(lambda: consumer.poll(timeout_ms=200), 5)
        assert "nothing was left to withdraw" in closed.run("department", "remove", "greening").output
        assert "departments.greening" in admin.list_topics()
        refused = closed.run("department", "credentials", "greening", "--to", str(folder))
        assert "greening does not subscribe; `closedloop department add greening` makes its user" in refused.output
        with pytest.raises(KafkaError):
            closed.consumer("department-greening", bootstrap_timeout_ms=2000)


def test_who_may_not_give_rights_is_refused(closed: Closed) -> None:
    closed.done("kafka", "rotate", "intake", "--passwords", str(closed.passwords.folder))
    login = {"CLOSEDLOOP_KAFKA_USER": "intake", "CLOSEDLOOP_KAFKA_PASSWORD": str(closed.passwords.given("intake"))}
    refused = closed.run("kafka", "apply", environment=login)
    assert refused.exit_code == 1
    assert "CLOSEDLOOP_KAFKA_USER may not change users and rights; give one of" in refused.output
