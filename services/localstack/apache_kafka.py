"""Apache Kafka (KRaft, one node) for the local stack and the fault tests: Java and Maven, no download by hand."""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from services.chassis.settings import KafkaFlavour
from services.localstack.brokers import Broker
from services.localstack.processes import StartFailed, free_port

POM = Path(__file__).parents[2] / "deploy" / "kafka" / "pom.xml"
CACHE = Path(__file__).parents[2] / ".cache" / "kafka"

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller_port}
controller.listener.names=CONTROLLER
log.dirs={logs}
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.max.timeout.ms=900000
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=3000
num.network.threads=2
num.io.threads=2
# a restarted broker may register only when its former session is over
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
"""

_OPEN = """\
listeners=PLAIN://127.0.0.1:{port},PROXIED://127.0.0.1:{proxied_port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAIN://127.0.0.1:{port},PROXIED://127.0.0.1:{proxy_port},CONTROLLER://127.0.0.1:{controller_port}
listener.security.protocol.map=PLAIN:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAIN
"""

_MACHINE = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
"""It runs for minutes on a machine it shares: a quick start is worth more to it than the best code in the end."""


class ApacheKafka(Broker):
    """One broker, open to all of this machine (ClosedKafka is not).

    Its log in `directory` outlives it: `start_and_wait` after `stop` or `kill` continues with it.

    To a client that connects to `proxied_port` the broker advertises `proxy_port`. Clients follow the advertised
    address, so a proxy there carries all of their traffic.
    """

    flavour = KafkaFlavour.APACHE
    stop_limit_s = 10.0
    start_limit_s = 120.0

    def __init__(self, directory: Path, log: Path) -> None:
        java = shutil.which("java")
        if java is None:
            raise StartFailed("Apache Kafka needs Java 17: install it (openjdk-17-jre-headless) and put it on PATH")
        self.port, self.proxied_port, self.proxy_port = free_port(), free_port(), free_port()
        directory = directory.resolve()
        directory.mkdir(parents=True, exist_ok=True)
        properties = directory / "server.properties"
        ports = {"port": self.port, "proxied_port": self.proxied_port, "proxy_port": self.proxy_port}
        ports["controller_port"] = free_port()
        properties.write_text(_PROPERTIES.format(**ports, logs=directory / "log") + self._listeners(directory, ports))
        libraries = jars()
        self.title = f"Apache Kafka {libraries.parent.name} (KRaft, one node)"
        program = [java, *_MACHINE, "-cp", f"{libraries}/*", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        self._format(program, properties)
        super().__init__("Apache Kafka", [*program, "-Xmx512m", "-Xms256m", "kafka.Kafka", str(properties)], log)

    def _listeners(self, directory: Path, ports: Mapping[str, int]) -> str:
        """The properties that say who may connect where."""
        return _OPEN.format(**ports)

    def _first_users(self) -> list[str]:
        """Options of the format that make users: later ones are made by a user."""
        return []

    def _format(self, program: list[str], properties: Path) -> None:
        arguments = ["--config", str(properties), "--cluster-id", "Y2xvc2VkbG9vcDEyMzQ1AA", "--standalone"]
        command = [*program, "kafka.tools.StorageTool", "format", "--ignore-formatted", *arguments]
        command += self._first_users()
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise StartFailed(f"Apache Kafka's storage could not be formatted:\n{result.stdout}{result.stderr}")


def jars() -> Path:
    """The folder of Kafka's jars, which Maven fetches once per version of the POM; others wait until it is whole."""
    pom = POM.read_text()
    version = re.search(r"<kafka\.version>(.+)</kafka\.version>", pom)
    assert version is not None, f"{POM} names no kafka.version"
    folder = CACHE / version[1] / "libs"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _fetch(pom, folder)
    return folder


def _fetch(pom: str, folder: Path) -> None:
    complete = folder.parent / "fetched-pom.xml"
    if complete.exists() and complete.read_text() == pom:
        return
    maven = shutil.which("mvn")
    if maven is None:
        raise StartFailed("Apache Kafka's jars are fetched with Maven: install it (maven) and put mvn on PATH")
    command = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
    result = subprocess.run([*command, f"-DoutputDirectory={folder}"], capture_output=True, text=True, check=False)
    if result.returncode:
        raise StartFailed(f"Maven could not fetch Apache Kafka's jars:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    complete.write_text(pom)
