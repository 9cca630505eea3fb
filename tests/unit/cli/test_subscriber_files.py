"""What a department connects by: complete, consistent, readable again."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import way_in
from services.cli.main import app
from services.cli.subscriber_files import AUTHORITY, BadCredentials, Login, department_files, read_credentials

LOGIN = Login("kafka-1:9092,kafka-2:9092", "department-fire", "s3cret-of-fire", Path(AUTHORITY))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    for file, content in department_files(tmp_path, "fire", LOGIN, "-----BEGIN").items():
        file.write_text(content)
    read = read_credentials(tmp_path / "librdkafka.properties")
    assert read == Login(LOGIN.bootstrap, LOGIN.user, LOGIN.password, tmp_path / AUTHORITY)
    assert (tmp_path / AUTHORITY).read_text() == "-----BEGIN"


def test_the_password_stands_in_the_two_files_of_properties_alone() -> None:
    files = department_files(Path("to"), "fire", LOGIN, "")
    assert {file.name for file, content in files.items() if LOGIN.password in content} == {
        "librdkafka.properties",
        "java.properties",
    }
    assert LOGIN.password not in repr(LOGIN)


def test_no_file_names_another_department() -> None:
    for content in department_files(Path("to"), "fire", LOGIN, "").values():
        assert "{" not in content.replace("dict(", "")
        assert "departments.fire" in content or "department" not in content.replace("department-fire", "")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        ("", "lacks bootstrap.servers, sasl.username, sasl.password"),
        ("bootstrap.servers=a:1\nsasl.username=u\nsasl.password=\n", "lacks sasl.password"),
        ("# bootstrap.servers=a:1\nsasl.username=u\nsasl.password=p\n", "lacks bootstrap.servers"),
    ],
)
def test_a_file_that_lacks_something_is_named_with_the_remedy(
    tmp_path: Path, content: str | None, message: str
) -> None:
    file = tmp_path / "librdkafka.properties"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BadCredentials, match=message) as bad:
        read_credentials(file)
    assert "`department add`" in str(bad.value)


@pytest.mark.parametrize(
    ("option", "asked"), [([], None), (["--kafka", "other:9093"], "other:9093")], ids=["the file's", "the option's"]
)
def test_a_check_with_a_file_asks_its_broker_whatever_the_environment_says(
    option: list[str], asked: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []
    monkeypatch.setattr(way_in, "walk", lambda _file, kafka, *_: seen.append(kafka) or [])
    monkeypatch.setenv("CLOSEDLOOP_KAFKA_BOOTSTRAP", "operators:9092")
    command = ["kafka", "check", "--as", "department:fire", "--credentials", "fire.properties"]
    assert CliRunner().invoke(app, [*command, *option]).exit_code == 0
    assert seen == [asked]
