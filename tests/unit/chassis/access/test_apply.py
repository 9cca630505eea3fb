"""Whatever moment a command is killed at: nobody can log in with more or less than the tables say, nothing is lost, and
the same command again finishes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from services.chassis.messaging.access import apply as applying
from services.chassis.messaging.access.compare import Access, Quotas, Rule, compare, rule_of
from services.chassis.messaging.access.passwords import PasswordFolder
from services.contracts.principals import Principals, load_principals
from services.contracts.topics import topic_table

_ALL = load_principals("310109", topic_table())
_FEW = ("operators", "audit", "dashboards", "department-fire")
PRINCIPALS = Principals(
    _ALL.patterns,
    {user: one for user, one in _ALL.users.items() if user in _FEW},
    {user: rights for user, rights in _ALL.rights.items() if user in _FEW},
)
"""Few, because a command is killed before each of its requests."""
SURPLUS = Rule("User:department-fire", "read", "topic", "departments.police")
FIRE = frozenset(rule_of(right) for right in PRINCIPALS.rights["department-fire"])


class Killed(BaseException):
    """Nothing of the command runs after it, as after a kill -9."""


@dataclass
class FakeBroker:
    """Does each request at once and whole; is killed before request number `dies_at`."""

    access: Access
    dies_at: int | None = None
    passwords: dict[str, str] = field(default_factory=dict)
    requests: int = 0

    def request(self) -> None:
        if self.requests == self.dies_at:
            raise Killed
        self.requests += 1

    def read_access(self, admin: object) -> Access:
        return self.access

    def allow(self, admin: object, rules: Collection[Rule]) -> None:
        for rule in rules:
            self.request()
            self.access = replace(self.access, rules=self.access.rules | {rule})

    def withdraw(self, admin: object, rules: Collection[Rule]) -> None:
        for rule in rules:
            self.request()
            self.access = replace(self.access, rules=self.access.rules - {rule})

    def withdraw_all_of(self, admin: object, user: str) -> int:
        gone = {rule for rule in self.access.rules if rule.user == user}
        self.withdraw(admin, gone)
        return len(gone)

    def set_passwords(self, admin: object, passwords: Mapping[str, str]) -> None:
        for user, password in passwords.items():
            self.request()
            self.passwords[user] = password
            self.access = replace(self.access, users=self.access.users | {user})

    def remove_passwords(self, admin: object, users: Iterable[str]) -> None:
        for user in users:
            self.request()
            self.access = replace(self.access, users=self.access.users - {user})

    def set_quotas(self, admin: object, quotas: Mapping[str, Quotas], found: Mapping[str, Quotas]) -> None:
        for user, limits in quotas.items():
            self.request()
            others = {name: limit for name, limit in self.access.quotas.items() if name != user}
            self.access = replace(self.access, quotas=others | ({user: limits} if limits else {}))


_REQUESTS = (
    "allow",
    "read_access",
    "remove_passwords",
    "set_passwords",
    "set_quotas",
    "withdraw",
    "withdraw_all_of",
)
Run = Callable[[FakeBroker], Any]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeBroker, Run], bool]:
    """Whether the command came to its end on this broker."""

    def once(broker: FakeBroker, command: Run) -> bool:
        for name in _REQUESTS:
            monkeypatch.setattr(applying, name, getattr(broker, name))
        broker.requests = 0
        try:
            command(broker)
        except Killed:
            return False
        return True

    return once


def killed_everywhere(
    run: Callable[[FakeBroker, Run], bool], access: Access, command: Run, holds: Callable[[FakeBroker], None]
) -> FakeBroker:
    """Kills the command before each of its requests in turn, and runs it again to its end."""
    kills = 0
    while True:
        broker = FakeBroker(access, dies_at=kills)
        if run(broker, command):
            assert kills > 2
            return broker
        holds(broker)
        broker.dies_at = None
        assert run(broker, command)
        holds(broker)
        kills += 1


@pytest.mark.parametrize("found", ["nothing", "too much"])
def test_apply_may_be_killed_anywhere(run: Callable[[FakeBroker, Run], bool], tmp_path: Path, found: str) -> None:
    gone = Rule("User:department-gone", "read", "topic", "departments.gone")
    too_much = Access(frozenset({"department-gone", "department-fire"}), frozenset({SURPLUS, gone}))
    start = Access() if found == "nothing" else too_much

    def command(broker: FakeBroker) -> None:
        folder = PasswordFolder(tmp_path / str(id(broker)))
        applying.apply_access(broker, PRINCIPALS, folder)

    def holds(broker: FakeBroker) -> None:
        folder = PasswordFolder(tmp_path / str(id(broker)))
        made = broker.access.users - start.users
        for user in made:
            wanted = {rule_of(right) for right in PRINCIPALS.rights[user]}
            assert {rule for rule in broker.access.rules if rule.user == user} == wanted, user
            drafts = [folder.file(user), folder.file(user).with_name(f"{folder.file(user).name}.next")]
            assert broker.passwords[user] in [file.read_text().strip() for file in drafts if file.exists()], user

    done = killed_everywhere(run, start, command, holds)
    assert compare(PRINCIPALS, done.access) == []


def test_a_subscription_may_be_killed_anywhere(run: Callable[[FakeBroker, Run], bool], tmp_path: Path) -> None:
    one = PRINCIPALS.users["department-fire"]
    standing = Access(quotas={})

    def command(broker: FakeBroker) -> None:
        file = tmp_path / str(id(broker)) / "librdkafka.properties"
        applying.subscribe(broker, PRINCIPALS, one, "a-new-password", {file: "a-new-password"})

    def holds(broker: FakeBroker) -> None:
        if one.user in broker.access.users:
            assert broker.access.rules == FIRE
            assert broker.access.quotas[one.user] == one.quotas()

    killed_everywhere(run, standing, command, holds)


def test_a_revocation_may_be_killed_anywhere_and_takes_rights_first(run: Callable[[FakeBroker, Run], bool]) -> None:
    one = PRINCIPALS.users["department-fire"]
    standing = Access(frozenset({one.user}), FIRE | {SURPLUS}, {one.user: one.quotas()})

    def holds(broker: FakeBroker) -> None:
        assert one.user in broker.access.users or not broker.access.rules

    done = killed_everywhere(run, standing, lambda broker: applying.revoke(broker, one.user), holds)
    assert done.access == Access()


def test_without_a_folder_for_passwords_nothing_is_changed(run: Callable[[FakeBroker, Run], bool]) -> None:
    broker = FakeBroker(Access(frozenset({"department-fire"}), frozenset({SURPLUS})))
    with pytest.raises(applying.AccessRefused, match=r"without a password: operators, .*; give --passwords FOLDER"):
        run(broker, lambda one: applying.apply_access(one, PRINCIPALS))
    assert broker.requests == 0


def test_who_has_no_password_cannot_change_it(run: Callable[[FakeBroker, Run], bool], tmp_path: Path) -> None:
    file = tmp_path / "fire"
    with pytest.raises(applying.AccessRefused, match="department-fire: has no password to change"):
        run(FakeBroker(Access()), lambda one: applying.rotate(one, "department-fire", "new", {file: "new"}))
    assert list(tmp_path.iterdir()) == []


def test_a_change_that_the_broker_does_not_show_is_reported(
    run: Callable[[FakeBroker, Run], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Forgetful(FakeBroker):
        def allow(self, admin: object, rules: Collection[Rule]) -> None:
            pass

    monkeypatch.setattr(applying, "SEEN_LIMIT_S", 0.01)
    with pytest.raises(applying.AccessRefused, match="does not show department-fire after 0 s"):
        run(Forgetful(Access()), lambda one: applying.permit(one, PRINCIPALS, PRINCIPALS.users["department-fire"]))
