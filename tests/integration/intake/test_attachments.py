"""Photographs, PDFs, texts and recordings on a ticket: who may attach and open them; wrong ones leave nothing."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from services.intake.domain.attachment import MOST, Media, Unacceptable
from services.intake.files.attachment_folder import ContentFolder
from services.intake.outbound.scanner import ScannerUnavailable
from services.intake.wiring import BODY_LIMITS
from tests.integration.applications import application
from tests.integration.intake.conftest import Intake, problem
from tests.integration.intake.settling import HOUSING, dispatched
from tests.unit.intake.files import PDF, SECRET, bomb, photograph

HUB, HELPER, FOREIGN = ("hub",), ("department:liangcheng",), ("department:market",)


def attach(
    client: TestClient, ticket_id: str, content: bytes, declared: str | None = "application/octet-stream", **form: str
) -> Any:
    return client.post(
        f"/tickets/{ticket_id}/attachments",
        data={"purpose": "evidence"} | form,
        files={"file": ("王女士家.jpg", content, declared)},
    )


def opened(client: TestClient, ticket_id: str, attachment: dict[str, Any]) -> Any:
    return client.get(f"/tickets/{ticket_id}/attachments/{attachment['attachment_id']}")


def kept(intake: Intake) -> list[Path]:
    contents = intake.wiring.contents
    assert isinstance(contents, ContentFolder)
    return [path for path in contents._folder.rglob("*") if path.is_file()]


def test_a_photograph_is_attached_shown_on_the_ticket_and_opened_without_its_exif(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    version = intake.show(ticket_id)["version"]
    answer = attach(intake.client(HOUSING, subject="li"), ticket_id, photograph(orientation=6), "image/jpeg")
    assert answer.status_code == 201, answer.text
    one = answer.json()
    assert (one["purpose"], one["media_type"], one["actor"]) == ("evidence", "image/jpeg", "li")
    assert answer.headers["location"] == f"/tickets/{ticket_id}/attachments/{one['attachment_id']}"
    shown = intake.show(ticket_id)
    assert (shown["attachments"], shown["version"]) == ([one], version)
    assert intake.client(*HELPER).get(f"/tickets/{ticket_id}/attachments").json() == {"items": [one]}

    content = opened(intake.client(*HELPER), ticket_id, one)
    assert content.status_code == 200
    assert SECRET not in content.content
    assert len(content.content) == one["size"]
    with Image.open(io.BytesIO(content.content)) as picture:
        assert picture.size == (20, 40)
    assert content.headers["content-type"] == "image/jpeg"
    assert content.headers["content-disposition"] == f'attachment; filename="{one["attachment_id"]}.jpg"'
    assert content.headers["x-content-type-options"] == "nosniff"


def test_a_pdf_a_text_and_a_recording_are_attached_each_for_its_purpose(intake: Intake) -> None:
    ticket_id = dispatched(intake, caller={"name": "欧阳建国"})
    unit = intake.client(HOUSING)
    proof = attach(unit, ticket_id, PDF, "application/pdf", purpose="return-proof").json()
    assert opened(unit, ticket_id, proof).content == PDF
    text = attach(unit, ticket_id, "答复欧阳建国，电话13812345678".encode(), "text/plain", purpose="answer").json()
    redacted = opened(unit, ticket_id, text)
    assert redacted.headers["content-type"].startswith("text/plain")
    assert redacted.text.startswith("答复")
    assert "欧阳建国" not in redacted.text
    assert "13812345678" not in redacted.text
    form = {"purpose": "evidence", "recording": "records/260701/7"}
    recording = unit.post(f"/tickets/{ticket_id}/attachments", data=form)
    assert recording.status_code == 201, recording.text
    elsewhere = opened(unit, ticket_id, recording.json())
    assert (elsewhere.status_code, elsewhere.headers["content-location"]) == (204, "records/260701/7")
    assert [one["purpose"] for one in intake.show(ticket_id)["attachments"]].count("evidence") == 1


def test_the_same_again_is_the_same_attachment(intake: Intake) -> None:
    ticket_id, other = dispatched(intake), dispatched(intake)
    first, again = (attach(intake.client("hub"), ticket_id, photograph()).json() for _ in range(2))
    assert again == first
    for_another_purpose = attach(intake.client("hub"), ticket_id, photograph(), purpose="answer").json()
    elsewhere = attach(intake.client("hub"), other, photograph()).json()
    assert len({one["attachment_id"] for one in (first, for_another_purpose, elsewhere)}) == 3
    assert len(kept(intake)) == 1
    problem(intake.client("hub").get(f"/tickets/{other}/attachments/{first['attachment_id']}"), 404)


def test_what_is_attached_to_a_sensitive_ticket_is_for_the_hub_and_the_lead(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    evidence = attach(intake.client("hub"), ticket_id, photograph()).json()
    answer = attach(intake.client("hub"), ticket_id, PDF, purpose="answer").json()
    intake.execute("UPDATE tickets SET restricted = true")
    for attached in (evidence, answer):
        for role in ("hub", HOUSING):
            assert opened(intake.client(role), ticket_id, attached).status_code == 200
        for role in (*HELPER, *FOREIGN, "supervisor", "admin", "subdistrict:310109016"):
            problem(opened(intake.client(role), ticket_id, attached), 404)


WRONG: dict[str, tuple[bytes, str | None, int, str]] = {
    "a PDF that is no PDF": (b"%PDF-1.4 only in name", "application/pdf", 422, "send the whole PDF"),
    "a picture declared a PDF": (photograph(), "application/pdf", 422, "send it as what it is"),
    "an image bomb": (bomb(), "image/png", 422, "send it smaller"),
    "half a picture": (photograph()[:200], "image/jpeg", 422, "send it whole"),
    "nothing": (b"", "image/jpeg", 422, "send the file itself"),
    "a program": (b"MZ\x90\x00\x03\x00", "image/jpeg", 422, "send a picture"),
    "too long a text": (b"a" * (Media.TEXT.limit + 1), "text/plain", 413, "send it smaller"),
    "too large a PDF": (PDF[:10] + bytes(Media.PDF.limit) + PDF, "application/pdf", 413, "send it smaller"),
    "more than any file may have": (bytes(22 * 2**20), "application/pdf", 413, "The limit is"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_file_is_refused_with_its_reason_and_leaves_nothing(lasting: Intake, what: str) -> None:
    content, declared, status, remedy = WRONG[what]
    ticket_id = dispatched(lasting)
    rows, files = lasting.rows(), kept(lasting)
    problem(attach(lasting.client("hub"), ticket_id, content, declared), status, remedy=remedy)
    assert (lasting.rows(), kept(lasting)) == (rows, files)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "body.purpose"),
        ({"purpose": "fun"}, "body.purpose"),
        ({"purpose": "evidence"}, "body.file"),
        ({"purpose": "evidence", "recording": "电话 13812345678"}, "body.recording"),
    ],
)
def test_a_wrong_form_names_its_field(lasting: Intake, form: dict[str, str], field: str) -> None:
    ticket_id = dispatched(lasting)
    problem(lasting.client("hub").post(f"/tickets/{ticket_id}/attachments", data=form), 422, field=field)


def test_a_body_that_is_no_form_is_refused(lasting: Intake) -> None:
    path, client = f"/tickets/{dispatched(lasting)}/attachments", lasting.client("hub")
    problem(client.post(path, json={"purpose": "evidence"}), 422)
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    problem(client.post(path, content=b"--y\r\nnonsense", headers=broken), 400)


def test_a_ticket_takes_so_many_and_no_more(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    client = intake.client("hub")
    path = f"/tickets/{ticket_id}/attachments"
    for number in range(MOST):
        form = {"purpose": "evidence", "recording": f"records/{number:04d}"}
        assert client.post(path, data=form).status_code == 201
    problem(client.post(path, data={"purpose": "evidence", "recording": "records/more"}), 422, remedy="one PDF")
    assert client.post(path, data={"purpose": "evidence", "recording": "records/0001"}).status_code == 201
    assert len(intake.show(ticket_id)["attachments"]) == MOST


def test_a_content_that_the_store_has_lost_is_said_to_be_lost(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    one = attach(intake.client("hub"), ticket_id, photograph()).json()
    (file,) = kept(intake)
    file.unlink()
    problem(opened(intake.client("hub"), ticket_id, one), 503, remedy="restore")


def refuse(_: bytes) -> None:
    raise Unacceptable("was refused by the scanner: do not send it again")


def away(_: bytes) -> None:
    raise ScannerUnavailable


@pytest.mark.parametrize(
    ("lacking", "status"), [({"contents": None}, 503), ({"scan": refuse}, 422), ({"scan": away}, 503)]
)
def test_without_a_store_or_past_a_scanner_nothing_is_kept(
    intake: Intake, lacking: dict[str, Any], status: int
) -> None:
    ticket_id = dispatched(intake)
    wiring = replace(intake.wiring, **lacking)
    app = application(wiring.routes(intake.workshop), BODY_LIMITS)
    client = replace(intake, app=app).client("hub")
    rows = intake.rows()
    problem(attach(client, ticket_id, photograph()), status)
    assert (intake.rows(), kept(intake)) == (rows, [])
