"""What the broker lets people do, against what the tables say. Pure: the broker is asked in broker.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.contracts.principals import Operation, Principal, Principals, Resource, Right

Quotas = Mapping[str, float]


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """One access rule as the broker keeps it. Those that the tables know are Rights; the rest has another operation,
    another resource, one host, or denies."""

    principal: str
    operation: str
    resource: str
    name: str
    pattern: Literal["literal", "prefixed"] = "literal"
    host: str = "*"
    permission: Literal["allow", "deny"] = "allow"

    def __str__(self) -> str:
        name = f"{self.name}*" if self.pattern == "prefixed" else self.name
        host = "" if self.host == "*" else f" from {self.host}"
        return f"{self.permission} {self.operation} {self.resource} {name}{host}"

    @property
    def user(self) -> str:
        return self.principal.removeprefix("User:")


def rule_of(right: Right) -> Rule:
    pattern: Literal["literal", "prefixed"] = "prefixed" if right.prefixed else "literal"
    return Rule(f"User:{right.user}", right.operation.value, right.resource.value, right.name, pattern)


@dataclass(frozen=True, slots=True)
class Access:
    """What the broker has: `users` with a password, all rules, quotas by user."""

    users: frozenset[str] = frozenset()
    rules: frozenset[Rule] = frozenset()
    quotas: Mapping[str, Quotas] = field(default_factory=dict)


Kind = Literal["user missing", "user extra", "right missing", "right extra", "denied", "quota", "not subscribed"]
_SAYS: Mapping[Kind, tuple[str, str]] = {
    "user missing": ("has no password", "`closedloop kafka apply --passwords FOLDER` makes one"),
    "user extra": ("is a user that principals.yaml does not name any more", "`closedloop kafka apply` revokes it"),
    "right missing": ("may not {wanted}", "`closedloop kafka apply` allows it"),
    "right extra": ("has a right that the tables do not give: {found}", "`closedloop kafka apply` withdraws it"),
    "denied": ("is denied by hand: {found}", "nothing is changed, whoever denied it has to take it back"),
    "quota": ("has the quota {found}, not {wanted}", "`closedloop kafka apply` sets it"),
    "not subscribed": ("has no user", "`closedloop department add` makes it"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between broker and tables. `rule` is set where it is about a right."""

    user: str
    kind: Kind
    wanted: str | None = None
    found: str | None = None
    rule: Rule | None = None

    @property
    def corrected(self) -> bool:
        """Whether `apply` does something about it."""
        return self.kind not in ("denied", "not subscribed")

    @property
    def what(self) -> str:
        return f"{self.user} {_SAYS[self.kind][0].format(wanted=self.wanted, found=self.found)}"

    def __str__(self) -> str:
        return f"{self.what}; {_SAYS[self.kind][1]}"


def standing(principals: Principals, access: Access) -> list[Principal]:
    """Those that have to have a user now: all but departments that do not subscribe."""
    return [one for one in principals.users.values() if one.made_by == "apply" or one.user in access.users]


def compare(principals: Principals, access: Access) -> list[Difference]:
    """Every difference, what gives too much first."""
    wanted = standing(principals, access)
    rules = {rule_of(right) for one in wanted for right in principals.rights[one.user]}
    return [
        *_extra(principals, access, rules),
        *_missing(wanted, access, rules),
        *_quotas(principals, wanted, access),
    ]


def _extra(principals: Principals, access: Access, rules: set[Rule]) -> Iterator[Difference]:
    for rule in sorted(access.rules - rules):
        if rule.permission == "deny":
            if _concerns_us(principals, rule):
                yield Difference(rule.user, "denied", None, str(rule), rule)
        elif _concerns_us(principals, rule):
            yield Difference(rule.user, "right extra", None, str(rule), rule)
    for user in sorted(access.users - principals.users.keys()):
        if principals.owns(user):
            yield Difference(user, "user extra")


def _missing(wanted: list[Principal], access: Access, rules: set[Rule]) -> Iterator[Difference]:
    for rule in sorted(rules - access.rules):
        yield Difference(rule.user, "right missing", str(rule).removeprefix("allow "), None, rule)
    for one in wanted:
        if one.user not in access.users:
            yield Difference(one.user, "user missing")


def _quotas(principals: Principals, wanted: list[Principal], access: Access) -> Iterator[Difference]:
    limits = {one.user: one.quotas() for one in wanted}
    for user in sorted(limits.keys() | access.quotas.keys()):
        found, limit = dict(access.quotas.get(user, {})), limits.get(user, {})
        if found != limit and principals.owns(user):
            yield Difference(user, "quota", _said(limit), _said(found))


def _said(quotas: Quotas) -> str:
    return ", ".join(f"{key} {limit:.0f}" for key, limit in sorted(quotas.items())) or "none"


def _concerns_us(principals: Principals, rule: Rule) -> bool:
    """One of our users, everybody, or a stranger with a right to what is ours: the broker may serve others, too."""
    if rule.principal == "User:*" or principals.owns(rule.user):
        return True
    return any(_reaches(rule, right) for rights in principals.rights.values() for right in rights)


def _reaches(rule: Rule, right: Right) -> bool:
    if rule.resource != right.resource.value:
        return False
    if rule.pattern == "literal":
        return rule.name == "*" or right.covers(right.resource, rule.name)
    return right.name.startswith(rule.name) or (right.prefixed and rule.name.startswith(right.name))


def may(access: Access, user: str, operation: Operation, resource: Resource, name: str) -> bool:
    """Whether the rules allow it, as the broker judges: a denial outranks every permission."""
    hits = [
        rule
        for rule in access.rules
        if rule.principal in (f"User:{user}", "User:*")
        and rule.operation in (operation.value, "all")
        and rule.resource == resource.value
        and (name.startswith(rule.name) if rule.pattern == "prefixed" else rule.name in ("*", name))
    ]
    return bool(hits) and all(rule.permission == "allow" for rule in hits)
