"""Asks the broker for its users, rules and quotas, and changes them: kafka-python's admin client and its protocol."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, Literal

from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka.errors import NoError, SecurityDisabledError
from kafka.protocol.admin.client_quotas import AlterClientQuotasRequest, DescribeClientQuotasRequest

from services.chassis.messaging.access.compare import Access, Quotas, Rule
from services.chassis.messaging.transport import MECHANISM

ITERATIONS: Final = 8192
"""Of the salted password (RFC 7677 asks for 4096 or more). Our passwords are random and long: more gains nothing."""
_USER: Final = "user"
_ANY_NAME: Final = 2
"""Of DescribeClientQuotas: entities of the type with whatever name."""


class AccessRefused(RuntimeError):
    """The broker did not do what it was asked. The message says what, why, and what to do."""


def read_access(admin: KafkaAdminClient) -> Access:
    """Raises AccessRefused where nobody is asked for rights: a broker without an authorizer lets everybody in;
    ClusterAuthorizationFailedError, a KafkaError, to who is no administrator."""
    rules = _rules(admin)  # first: who may not ask is refused here, and left without an answer about users
    return Access(_users(admin), rules, _quotas(admin))


def allow(admin: KafkaAdminClient, rules: Collection[Rule]) -> None:
    if not rules:
        return
    failed = admin.create_acls([_acl(rule) for rule in rules])["failed"]
    if failed:
        raise AccessRefused(f"the broker refused {len(failed)} of {len(rules)} rights: {failed[0].__name__}")


def withdraw(admin: KafkaAdminClient, rules: Collection[Rule]) -> None:
    """What the rules allow ends at once, also on connections that stand."""
    if not rules:
        return
    for _, _, error in admin.delete_acls([_exactly(rule) for rule in rules]):
        if error is not NoError:
            raise AccessRefused(f"the broker did not withdraw all of {len(rules)} rights: {error.__name__}; try again")


def withdraw_all_of(admin: KafkaAdminClient, user: str) -> int:
    """Every rule of the user, whatever it is about; how many there were."""
    everything = ACLFilter(
        principal=f"User:{user}",
        host=None,
        operation=ACLOperation.ANY,
        permission_type=ACLPermissionType.ALLOW,
        resource_pattern=ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
    )
    ((_, gone, error),) = admin.delete_acls([everything])
    if error is not NoError:
        raise AccessRefused(f"{user}: the broker did not withdraw its rights: {error.__name__}; try again")
    return len(gone)


def set_passwords(admin: KafkaAdminClient, passwords: Mapping[str, str]) -> None:
    """New users, or another password of those that stand. Who is connected stays connected."""
    _alter_users(
        admin, [UserScramCredentialUpsertion(user, MECHANISM, word, ITERATIONS) for user, word in passwords.items()]
    )


def remove_passwords(admin: KafkaAdminClient, users: Iterable[str]) -> None:
    """They cannot log in again, by whatever mechanism. Who is connected stays so: withdraw the rights first."""
    found = admin.describe_user_scram_credentials(list(users))
    _alter_users(
        admin,
        [
            UserScramCredentialDeletion(user, credential["mechanism"])
            for user, one in found.items()
            for credential in one["credential_infos"]
        ],
    )


def set_quotas(admin: KafkaAdminClient, quotas: Mapping[str, Quotas], found: Mapping[str, Quotas]) -> None:
    """Makes the quotas of these users exactly so; `found` are those that they have."""
    entries = [
        AlterClientQuotasRequest.EntryData(
            entity=[AlterClientQuotasRequest.EntryData.EntityData(entity_type=_USER, entity_name=user)],
            ops=[
                AlterClientQuotasRequest.EntryData.OpData(key=key, value=wanted.get(key, 0.0), remove=key not in wanted)
                for key in sorted(wanted.keys() | found.get(user, {}).keys())
            ],
        )
        for user, wanted in quotas.items()
    ]
    if not entries:
        return
    answer = _ask(admin, AlterClientQuotasRequest(entries=entries, validate_only=False))
    for entry in answer.entries:
        if entry.error_code:
            raise AccessRefused(f"{entry.entity[0].entity_name}: the broker refused the quota: {entry.error_message}")


def _users(admin: KafkaAdminClient) -> frozenset[str]:
    described = admin.describe_user_scram_credentials()
    return frozenset(user for user, found in described.items() if found["credential_infos"])


def _rules(admin: KafkaAdminClient) -> frozenset[Rule]:
    everything = ACLFilter(
        principal=None,
        host=None,
        operation=ACLOperation.ANY,
        permission_type=ACLPermissionType.ANY,
        resource_pattern=ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
    )
    try:
        found, _ = admin.describe_acls(everything)
    except SecurityDisabledError:
        raise AccessRefused(
            "the broker asks nobody for rights: set authorizer.class.name (docs/runbooks/kafka-rights.md)"
        ) from None
    return frozenset(map(_rule, found))


def _quotas(admin: KafkaAdminClient) -> dict[str, Quotas]:
    component = DescribeClientQuotasRequest.ComponentData(entity_type=_USER, match_type=_ANY_NAME, match=None)
    answer = _ask(admin, DescribeClientQuotasRequest(components=[component], strict=True))
    if answer.error_code:
        raise AccessRefused(f"the broker does not tell its quotas: {answer.error_message}")
    return {
        entry.entity[0].entity_name: {value.key: value.value for value in entry.values}
        for entry in answer.entries or ()
    }


def _alter_users(admin: KafkaAdminClient, alterations: list[Any]) -> None:
    if not alterations:
        return
    refused = {user: why for user, why in admin.alter_user_scram_credentials(alterations).items() if why is not None}
    if refused:
        raise AccessRefused("\n".join(f"{user}: the broker refused it: {why}" for user, why in refused.items()))


def _ask(admin: KafkaAdminClient, request: Any) -> Any:
    # The library speaks these two requests, and its admin client has no method for them.
    return admin._manager.run(admin._manager.send, request)


def _acl(rule: Rule) -> ACL:
    return ACL(
        principal=rule.principal,
        host=rule.host,
        operation=ACLOperation[_constant(rule.operation)],
        permission_type=ACLPermissionType[_constant(rule.permission)],
        resource_pattern=ResourcePattern(
            ResourceType[_constant(rule.resource)], rule.name, ACLResourcePatternType[_constant(rule.pattern)]
        ),
    )


def _exactly(rule: Rule) -> ACLFilter:
    acl = _acl(rule)
    return ACLFilter(acl.principal, acl.host, acl.operation, acl.permission_type, acl.resource_pattern)


def _rule(acl: ACL) -> Rule:
    pattern: Literal["literal", "prefixed"] = (
        "prefixed" if acl.resource_pattern.pattern_type == ACLResourcePatternType.PREFIXED else "literal"
    )
    permission: Literal["allow", "deny"] = "deny" if acl.permission_type == ACLPermissionType.DENY else "allow"
    return Rule(
        acl.principal,
        _word(acl.operation.name),
        _word(acl.resource_pattern.resource_type.name),
        acl.resource_pattern.resource_name,
        pattern,
        acl.host,
        permission,
    )


def _constant(word: str) -> str:
    return word.upper().replace(" ", "_")


def _word(constant: str) -> str:
    return constant.lower().replace("_", " ")
