"""The files by which a subscriber connects: for librdkafka (kcat …), for Java, the authority, an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LIBRDKAFKA: Final = "librdkafka.properties"
JAVA: Final = "java.properties"
AUTHORITY: Final = "ca.pem"
EXAMPLE: Final = "read.py"
NOTES: Final = "README.md"


class BadCredentials(ValueError):
    """A file of credentials that lacks something. The message names the field and the remedy."""


@dataclass(frozen=True, slots=True)
class Login:
    """How one user connects. Its password is never shown."""

    bootstrap: str
    user: str
    password: str
    ca: Path | None

    def __repr__(self) -> str:
        return f"Login({self.user} at {self.bootstrap})"

    def options(self) -> dict[str, Any]:
        """For a client of kafka-python."""
        return {
            "bootstrap_servers": self.bootstrap.split(","),
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
            "ssl_cafile": str(self.ca) if self.ca else None,
        }


def read_credentials(file: Path) -> Login:
    """A file in librdkafka's form; paths in it are relative to its folder. Raises BadCredentials."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadCredentials(f"cannot be read ({error}); give the {LIBRDKAFKA} of `department add`") from None
    fields = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    lacking = [name for name in ("bootstrap.servers", "sasl.username", "sasl.password") if not fields.get(name)]
    if lacking:
        raise BadCredentials(f"lacks {', '.join(lacking)}; give the {LIBRDKAFKA} of `department add`")
    ca = fields.get("ssl.ca.location")
    return Login(
        fields["bootstrap.servers"], fields["sasl.username"], fields["sasl.password"], file.parent / ca if ca else None
    )


def department_files(folder: Path, code: str, login: Login, authority: str) -> Mapping[Path, str]:
    """All that a department needs, by the file it belongs in. `authority` is the text of the PEM file."""
    values = {
        "code": code,
        "user": login.user,
        "password": login.password,
        "bootstrap": login.bootstrap,
        "librdkafka": LIBRDKAFKA,
        "java": JAVA,
        "ca": AUTHORITY,
        "example": EXAMPLE,
    }
    return {
        folder / LIBRDKAFKA: _LIBRDKAFKA.format(**values),
        folder / JAVA: _JAVA.format(**values),
        folder / EXAMPLE: _EXAMPLE.format(**values),
        folder / NOTES: _NOTES.format(**values),
        folder / AUTHORITY: authority,
    }


_LIBRDKAFKA = """\
bootstrap.servers={bootstrap}
security.protocol=SASL_SSL
sasl.mechanisms=SCRAM-SHA-512
sasl.username={user}
sasl.password={password}
ssl.ca.location={ca}
"""

_JAVA = """\
bootstrap.servers={bootstrap}
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
  username="{user}" password="{password}";
ssl.truststore.type=PEM
ssl.truststore.location={ca}
"""

_EXAMPLE = '''\
"""Prints the department's messages, and commits what was printed. Needs kafka-python 3."""

from pathlib import Path

from kafka import KafkaConsumer

folder = Path(__file__).parent
login = dict(line.split("=", 1) for line in (folder / "{librdkafka}").read_text().splitlines())
consumer = KafkaConsumer(
    "departments.{code}",
    bootstrap_servers=login["bootstrap.servers"].split(","),
    security_protocol="SASL_SSL",
    sasl_mechanism="SCRAM-SHA-512",
    sasl_plain_username=login["sasl.username"],
    sasl_plain_password=login["sasl.password"],
    ssl_cafile=str(folder / login["ssl.ca.location"]),
    group_id="{user}.example",
    auto_offset_reset="earliest",
    enable_auto_commit=False,
)
for record in consumer:
    print(dict(record.headers)["ce_type"].decode(), record.key.decode(), record.value.decode(), flush=True)
    consumer.commit()
'''

_NOTES = """\
# {code}: 订阅本单位消息 · subscribing

本目录含密码，仅限本单位使用，不得外传；遗失或换人请立即要求更换（`closedloop department credentials {code}`）。
This folder holds a password. Keep it to your unit; if it is lost or somebody leaves, ask for new credentials.

| | |
|---|---|
| 用户 user | `{user}` |
| 读 reads | `departments.{code}`, `departments.{code}.state`, `departments.sandbox`, `departments.sandbox.state` |
| 写 writes | `departments.{code}.replies` |
| 消费组 groups | 以 `{user}.` 开头 · names that begin with `{user}.` |
| {librdkafka} | kcat, librdkafka |
| {java} | Java |
| {ca} | 证书机构 · the authority that signs the brokers' certificates |
| {example} | Python |

在本目录中执行 · in this folder:

```
kcat -F {librdkafka} -C -t departments.{code} -o beginning -e -f '%h %k %s\\n'
kafka-console-consumer.sh --bootstrap-server {bootstrap} --consumer.config {java} \\
  --topic departments.{code} --group {user}.console --from-beginning
python {example}
```

kcat 等须用 librdkafka 2.6.1 以上（`kcat -V` 可查）；更早的版本会报 "invalid credentials"，与密码错误相同。
kcat and others need librdkafka 2.6.1 or newer (`kcat -V`); older ones are refused as if the password were wrong.

没有权限时，消费者可能不报错，只是收不到消息。请让运维执行：
A consumer without a right may get no error and wait in silence. Have the operator run

```
closedloop kafka check --as department:{code} --credentials {librdkafka}
```
"""
