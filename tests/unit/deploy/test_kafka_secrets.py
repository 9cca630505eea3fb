"""deploy/kafka/make-secrets.sh: what the broker starts with, made once."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from services.localstack.closed_kafka import NODE
from tests.unit.deploy.files import ROOT

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed here")


def make(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(ROOT / "deploy" / "kafka" / "make-secrets.sh"), str(folder), *names]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificates(file.read_bytes())[0]


def test_the_certificate_is_the_super_users_and_for_the_names_that_were_given(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    done = make(folder, "kafka.hongkou.example", "10.9.8.7")
    assert done.returncode == 0, done.stderr
    broker, ca = certificate(folder / "broker.pem"), certificate(folder / "ca.pem")
    broker.verify_directly_issued_by(ca)
    assert broker.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == NODE
    names = broker.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["kafka", "localhost", "kafka.hongkou.example"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "10.9.8.7"]
    assert (folder.stat().st_mode & 0o777, (folder / "ca.key").stat().st_mode & 0o777) == (0o700, 0o600)
    assert len((folder / "admin.password").read_text().strip()) == 64


def test_what_is_there_stays(tmp_path: Path) -> None:
    make(tmp_path)
    before = contents(tmp_path)
    assert make(tmp_path).returncode == 0
    assert contents(tmp_path) == before
    (tmp_path / "broker.pem").unlink()
    assert make(tmp_path).returncode == 0
    certificate(tmp_path / "broker.pem").verify_directly_issued_by(certificate(tmp_path / "ca.pem"))


def test_without_the_authoritys_key_nothing_is_signed(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "ca.key").unlink()
    (tmp_path / "broker.pem").unlink()
    refused = make(tmp_path)
    assert refused.returncode == 1
    assert "ca.key is away" in refused.stderr
    assert not (tmp_path / "broker.pem").exists()
