"""Brings users, rights and quotas on the broker in line with the tables.

The order is one that may end anywhere: what gives too much goes first; a user can log in only when its rights and its
quota stand, and only with a password that is on disk. To run the command again is the remedy for every interruption.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from kafka.admin import KafkaAdminClient

from services.chassis.messaging.access.broker import (
    AccessRefused,
    allow,
    read_access,
    remove_passwords,
    set_passwords,
    set_quotas,
    withdraw,
    withdraw_all_of,
)
from services.chassis.messaging.access.compare import Access, Difference, Rule, compare, rule_of, standing
from services.chassis.messaging.access.passwords import PasswordFolder, new_password, put_in_place, write_private
from services.contracts.principals import Principal, Principals

SEEN_LIMIT_S: Final = 10.0
LOOK_EVERY_S: Final = 0.05


def check_access(admin: KafkaAdminClient, principals: Principals) -> list[Difference]:
    """Every difference between broker and tables. Raises AccessRefused, KafkaError."""
    return compare(principals, read_access(admin))


def apply_access(
    admin: KafkaAdminClient, principals: Principals, passwords: PasswordFolder | None = None
) -> list[Difference]:
    """Corrects every difference but what is denied by hand, and returns those it found.

    A user who is missing gets the password that `passwords` holds for it, or a new one, written there. Raises
    AccessRefused, having changed nothing, if users are missing and there is no folder.
    """
    access = read_access(admin)
    differences = compare(principals, access)
    missing = [one.user for one in differences if one.kind == "user missing"]
    if missing and passwords is None:
        raise AccessRefused(f"without a password: {', '.join(missing)}; give --passwords FOLDER, where theirs are kept")
    withdraw(admin, [one.rule for one in differences if one.kind == "right extra" and one.rule])
    for gone in (one.user for one in differences if one.kind == "user extra"):
        revoke(admin, gone, access)
    limits = {one.user: one.quotas() for one in standing(principals, access)}
    wrong = [one.user for one in differences if one.kind == "quota"]
    set_quotas(admin, {user: limits.get(user, {}) for user in wrong}, access.quotas)
    allow(admin, [one.rule for one in differences if one.kind == "right missing" and one.rule])
    if passwords is not None:
        _make_users(admin, missing, passwords)
    if differences:
        _wait(admin, lambda now: not any(one.corrected for one in compare(principals, now)), "all of it")
    return differences


def subscribe(
    admin: KafkaAdminClient, principals: Principals, one: Principal, password: str, files: Mapping[Path, str]
) -> None:
    """Gives one principal its quota, its rights, then the password that `files` hold: another one, if it had one."""
    write_private(files)
    permit(admin, principals, one)
    set_passwords(admin, {one.user: password})
    put_in_place(files)
    _wait(admin, lambda now: one.user in now.users, one.user)


def permit(admin: KafkaAdminClient, principals: Principals, one: Principal) -> None:
    """Rights and quota of one principal as in the tables."""
    access = read_access(admin)
    wanted = {rule_of(right) for right in principals.rights[one.user]}
    withdraw(admin, [rule for rule in _rights(access, one.user) if rule not in wanted])
    if access.quotas.get(one.user, {}) != one.quotas():
        set_quotas(admin, {one.user: one.quotas()}, access.quotas)
    allow(admin, sorted(wanted - access.rules))
    _wait(admin, lambda now: set(_rights(now, one.user)) == wanted, one.user)


def rotate(admin: KafkaAdminClient, user: str, password: str, files: Mapping[Path, str]) -> None:
    """Another password for a user that stands; `files` hold it. What is connected stays connected."""
    if user not in read_access(admin).users:
        raise AccessRefused(f"{user}: has no password to change; `closedloop kafka apply` or `department add` makes it")
    write_private(files)
    set_passwords(admin, {user: password})
    put_in_place(files)


def revoke(admin: KafkaAdminClient, user: str, access: Access | None = None) -> int:
    """Withdraws every right of the user, which ends its reading and writing at once; then its password and quota.

    Returns how many rights it had. May be repeated.
    """
    access = access or read_access(admin)
    withdrawn = withdraw_all_of(admin, user)
    if user in access.users:
        remove_passwords(admin, [user])
    if user in access.quotas:
        set_quotas(admin, {user: {}}, access.quotas)
    _wait(admin, lambda now: user not in now.users and user not in now.quotas and not _rights(now, user), user)
    return withdrawn


def _rights(access: Access, user: str) -> list[Rule]:
    return [rule for rule in access.rules if rule.user == user and rule.permission == "allow"]


def _wait(admin: KafkaAdminClient, holds: Callable[[Access], bool], what: str) -> None:
    """A change is answered when the controller has stored it; brokers obey it some tenths of a second later."""
    until = time.monotonic() + SEEN_LIMIT_S
    while not holds(read_access(admin)):
        if time.monotonic() > until:
            raise AccessRefused(f"the broker does not show {what} after {SEEN_LIMIT_S:.0f} s; is it changed elsewhere?")
        time.sleep(LOOK_EVERY_S)


def _make_users(admin: KafkaAdminClient, users: list[str], folder: PasswordFolder) -> None:
    given = {user: folder.given(user) for user in users}
    made = {user: new_password() for user, password in given.items() if password is None}
    files = {folder.file(user): f"{password}\n" for user, password in made.items()}
    write_private(files)
    set_passwords(admin, {user: password for user, password in given.items() if password is not None} | made)
    put_in_place(files)
