"""The register of estates: imported, published when it changes, read by detection."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.chassis.database.work import Workshop
from services.cli.commands import register, register_parts
from services.cli.main import app
from services.contracts.estate_events import EstateRegistered, EstateRemoved
from services.localstack import run_directory
from services.projects.http import register_bodies
from services.projects.store.estates import HeldFloorAreas, SqlEstateBook, SqlFloorAreas
from tests.harness.term_key import TERM_KEY
from tests.integration.applications import application, clients_of
from tests.integration.projects.asking import ask
from tests.integration.projects.events import dispatched, take
from tests.integration.projects.issues import ROOF, issues, published
from tests.integration.projects.loop_of import District
from tests.integration.projects.wired import wired

MOON = {"id": "quyang-1", "name": "明月小区", "sub_district": "310109014", "property_kind": "sold-public",
        "built": 1988, "floor_area_m2": "128000.50"}  # fmt: skip
STARS = {"id": "quyang-2", "name": "星辰公寓"}
PARTS = """part_id,estate,building,hallway,area_m2,owner
1-101,明月小区,1号楼,1单元,80.25,王小明
1-102,明月小区,1号楼,1单元,55.5,李大山
5甲-101,明月小区,5甲幢,2号门,"1,020.05",开发商
"""


@pytest.fixture
def district(workshop: Workshop) -> District:
    return District(workshop)


def registered(district: District, *estates: dict[str, Any]) -> list[Any]:
    answer = district.hub.post("/estates/batch", json={"estates": estates})
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["results"]
    return found


def put(district: District, *parts: dict[str, Any], estate: str = "quyang-1") -> Any:
    return district.hub.post(f"/estates/{estate}/parts", json={"parts": parts})


def part(number: str, area: str = "50", **other: str) -> dict[str, Any]:
    return {"part_id": number, "block": "1", "area_m2": area, "owner": "a" * 32} | other


def registrations(district: District) -> list[EstateRegistered]:
    return [event for event in published(district.workshop, "estates") if isinstance(event, EstateRegistered)]


def test_estates_are_published_once_for_each_change(district: District) -> None:
    assert [(one["version"], one["changed"]) for one in registered(district, MOON, STARS)] == [(1, True), (1, True)]
    assert [one["changed"] for one in registered(district, MOON, STARS)] == [False, False]
    (answer,) = registered(district, MOON | {"built": 1989})
    assert (answer["version"], answer["changed"]) == (2, True)
    assert [(one.estate_id, one.version, one.built) for one in registrations(district)] == [
        ("quyang-1", 1, 1988),
        ("quyang-2", 1, None),
        ("quyang-1", 2, 1989),
    ]
    assert registrations(district)[0].floor_area == 12_800_050


def test_an_estate_that_is_removed_is_published_once_and_its_versions_go_on(district: District) -> None:
    registered(district, MOON, STARS)
    put(district, part("1-101"))
    path = "/estates/quyang-1/removal"
    assert district.hub.post(path, json={"version": 1}).json()["current_version"] == 2
    assert district.hub.post(path, json={"version": 2}).json() == {"estate_id": "quyang-1", "version": 3}
    assert district.hub.post(path, json={"version": 3}).status_code == 404
    assert put(district, part("1-101")).status_code == 404
    assert district.hub.get("/estates/quyang-1").status_code == 404
    assert [one["estate_id"] for one in district.hub.get("/estates").json()["items"]] == ["quyang-2"]
    assert ask(district, "E01").status_code == 422
    (answer,) = registered(district, MOON)
    assert (answer["version"], answer["changed"]) == (4, True)
    shown = district.hub.get("/estates/quyang-1").json()
    assert (shown["parts"], shown["blocks"]) == (0, [])
    gone = [one for one in published(district.workshop, "estates") if isinstance(one, EstateRemoved)]
    assert [(one.estate_id, one.version) for one in gone] == [("quyang-1", 3)]


def test_an_estate_that_asks_for_repair_is_not_removed(district: District) -> None:
    registered(district, MOON)
    (need,) = ask(district, "E01").json()["items"]
    refused = district.hub.post("/estates/quyang-1/removal", json={"version": 1})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body.estate_id")
    refusal = {"version": need["version"], "reason": "not_shown"}
    assert district.hub.post(f"/needs/{need['need_id']}/refusal", json=refusal).status_code == 200
    assert district.hub.post("/estates/quyang-1/removal", json={"version": 1}).status_code == 200


def test_parts_make_blocks_and_owners_stand_in_no_event(district: District) -> None:
    registered(district, MOON)
    assert put(district, part("1-101"), part("5-101", block="5甲号楼", hallway="2单元")).json()["version"] == 2
    assert put(district, part("5-101", block="5甲", hallway="2"), part("1-101")).json()["changed"] is False
    newest = registrations(district)[-1]
    assert [(one.block, one.hallways, one.parts, one.area) for one in newest.blocks] == [
        ("1", ("",), 1, 5000),
        ("5甲", ("2",), 1, 5000),
    ]
    assert "a" * 32 not in newest.model_dump_json()
    sold = put(district, part("1-101", owner="b" * 32), part("5-101", block="5甲", hallway="2"))
    assert sold.json() == {"estate_id": "quyang-1", "version": 2, "changed": True}
    assert registrations(district)[-1] == newest
    with district.workshop.open() as work:
        assert SqlEstateBook().parts(work, "quyang-1")[0].owner == "b" * 32


@pytest.mark.parametrize(
    ("parts", "field", "why"),
    [
        ([part("1"), part("1")], "body.parts.1.part_id", "stands twice"),
        ([part("1", "130600")], "body.parts.area_m2", "add up to 130600.00 m², the floor area is 128000.50 m²"),
        ([part("1", block="东门岗亭")], "body.parts.0.block", ""),
        ([part("1", "-5")], "body.parts.0.area_m2", "greater than 0"),
        ([part("1", "5.123")], "body.parts.0.area_m2", "2 decimal places"),
        ([part("1", owner="王小明")], "body.parts.0.owner", ""),
    ],
)
def test_parts_that_cannot_be_are_refused_by_row_and_field_and_nothing_is_kept(
    district: District, parts: list[dict[str, Any]], field: str, why: str
) -> None:
    registered(district, MOON)
    put(district, part("9"))
    known = published(district.workshop, "estates")
    answer = put(district, *parts)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["field"] == field
    assert why in fault["message"]
    assert published(district.workshop, "estates") == known
    assert district.hub.get("/estates").json()["items"][0]["parts"] == 1


def test_a_floor_area_below_its_parts_is_refused_and_the_others_of_the_list_are_taken(district: District) -> None:
    registered(district, MOON)
    put(district, part("1", "1000"))
    small, other = registered(district, MOON | {"floor_area_m2": "980"}, STARS)
    assert (small["changed"], small["problem"]["field"], other["changed"]) == (False, "floor_area_m2", True)
    assert registered(district, MOON | {"floor_area_m2": "981"})[0]["changed"]


def test_an_estate_that_is_not_registered_has_no_parts_and_only_the_hub_registers(district: District) -> None:
    assert put(district, part("1")).status_code == 404
    assert district.as_("department:housing").post("/estates/batch", json={"estates": [MOON]}).status_code == 403
    registered(district, MOON, STARS)
    seen = district.as_("subdistrict:310109014").get("/estates").json()["items"]
    assert [one["estate_id"] for one in seen] == ["quyang-1"]
    first = district.hub.get("/estates?limit=1").json()
    assert first["next"] == "quyang-1"
    assert district.hub.get("/estates?limit=1&after=quyang-1").json()["items"][0]["estate_id"] == "quyang-2"


@pytest.mark.parametrize(
    ("listed", "field", "said"),
    [
        ([MOON, STARS, MOON | {"built": 1999}], "body.estates", "estates.0 and estates.2 are both quyang-1"),
        ([STARS | {"sub_district": "310109999"}], "body.estates.0.sub_district", "known are 310109009, "),
    ],
)
def test_a_list_that_contradicts_itself_or_names_an_unknown_place_is_refused_whole(
    district: District, listed: list[dict[str, Any]], field: str, said: str
) -> None:
    answer = district.hub.post("/estates/batch", json={"estates": listed})
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["field"]) == (422, field)
    assert said in fault["message"]
    assert district.hub.post("/estates/batch", json={"estates": [STARS, STARS]}).status_code == 200


def test_detection_and_heat_read_the_registered_floor_area(district: District) -> None:
    registered(district, MOON)
    take(district.workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n) for n in range(1, 10)))
    assert [one.id for one in issues(district.workshop) if one.state != "suspected"] == []
    take(district.workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n / 10) for n in range(10, 16)))
    heat = district.issue(ROOF)["heat"]
    assert heat["floor_area_100k_m2"] == 1.28
    with district.workshop.open() as work:
        assert HeldFloorAreas().of(work, "quyang-1") == SqlFloorAreas().of(work, "quyang-1") == 128000.5
        assert HeldFloorAreas().of(work, "quyang-2") is None


@pytest.fixture
def command(district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`command("parts", text)` imports a file of this text, as on the machine where projects runs."""
    for module in (register, register_parts):
        monkeypatch.setattr(module, "register_client", lambda *_: district.as_("hub"))
    monkeypatch.setattr(register_parts, "running_stack", lambda _: {})
    monkeypatch.setattr(run_directory, "read_state", lambda _: {})
    monkeypatch.setattr(register_parts, "term_key", lambda _: TERM_KEY)

    def run(what: str, content: str) -> Any:
        file = tmp_path / f"{what}.csv"
        file.write_text(content, encoding="utf-8")
        options = ["--rejects", str(tmp_path / "rejects.csv"), "--run-dir", str(tmp_path)]
        registers = ["--registers", str(tmp_path / "registers")] if what == "import" else []
        return CliRunner().invoke(app, ["register", what, str(file), *options, *registers])

    return run


def test_a_list_and_its_parts_are_imported_and_the_same_files_again_change_nothing(
    district: District, command: Any
) -> None:
    listed = "name,address,property_kind,floor_area_m2,built\n明月小区,云锦路10弄,售后公房,1500,1988年\n"
    assert "projects: 1 estates new or changed" in command("import", listed).output
    assert "projects: 0 estates new or changed" in command("import", listed).output
    (estate,) = district.hub.get("/estates").json()["items"]
    assert (estate["name"], estate["property_kind"], estate["built"]) == ("明月小区", "sold-public", 1988)
    done = command("parts", PARTS)
    assert "3 rows: 3 parts of 1 estates, 1 of them changed; 0 rows rejected" in done.output
    assert "0 of them changed" in command("parts", PARTS).output
    (estate,) = district.hub.get("/estates").json()["items"]
    assert (estate["parts"], estate["parts_area_m2"]) == (3, "1155.80")
    with district.workshop.open() as work:
        owners = [one.owner for one in SqlEstateBook().parts(work, estate["estate_id"])]
    assert len(set(owners)) == 3
    assert all(len(one) == 32 for one in owners)


def test_an_import_takes_out_what_the_list_has_no_more_unless_somebody_asks_for_it(
    district: District, command: Any
) -> None:
    listed = "name,address\n明月小区,云锦路10弄\n星辰公寓,北斗路5号\n湖畔花园,玉泉路310弄\n"
    command("import", listed)
    estates = {one["name"]: one["estate_id"] for one in district.hub.get("/estates").json()["items"]}
    ask(district, "E01", estate=estates["星辰公寓"])
    done = command("import", "name,address\n明月小区,云锦路10弄\n")
    assert "projects: 0 estates new or changed, 1 removed" in done.output
    assert "星辰公寓 refused by projects: has needs that are not settled" in done.output
    assert {one["name"] for one in district.hub.get("/estates").json()["items"]} == {"明月小区", "星辰公寓"}
    assert "1 estates new or changed, 0 removed" in command("import", listed).output


def test_an_estate_with_a_wrong_row_is_held_back_whole_and_listed(
    district: District, command: Any, tmp_path: Path
) -> None:
    registered(district, MOON, STARS)
    wrong = PARTS.replace("55.5", "fifty") + "1,星辰公寓,1,,60,甲\n2,星辰公寓,1,,60,乙\n3,无名里,1,,60,丙\n"
    done = command("parts", wrong)
    assert "6 rows: 2 parts of 1 estates, 1 of them changed; 4 rows rejected" in done.output
    assert "row 3 rejected: area_m2: 'fifty' is no area" in done.output
    assert "row 7 rejected: estate: '无名里' is not registered" in done.output
    listed = (tmp_path / "rejects.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in listed] == ["rejected_row", "2", "3", "4", "7"]
    assert "is held back" in listed[1]
    assert [row[2][:4] for row in csv.reader(listed)] == ["拒收原因", "本小区另", "面积有误", "本小区另", "小区未登"]
    again = command("parts", PARTS.replace("55.5", "130000"))
    assert again.exit_code == 1
    assert "row 2 rejected: area_m2: the parts add up to" in again.output


def test_an_estate_as_large_as_any_is_taken_in_one_request(district: District) -> None:
    """高行绿洲: 117 blocks, 8,400 homes (docs/domain.md §4.4)."""
    registered(district, MOON | {"floor_area_m2": "650000"})
    parts = [part(f"{n}-{home}", "75.5", block=str(n)) for n in range(1, 118) for home in range(72)]
    app = application(wired(district.workshop).routes(district.workshop), register_bodies.BODY_LIMITS)
    answer = clients_of(app)("hub").post("/estates/quyang-1/parts", json={"parts": parts})
    assert answer.status_code == 200, answer.text
    (estate,) = district.hub.get("/estates").json()["items"]
    assert (estate["parts"], len(estate["blocks"])) == (8424, 117)


def test_a_file_that_was_cut_short_is_refused(district: District, command: Any) -> None:
    registered(district, MOON)
    cut = command("parts", PARTS.rstrip().removesuffix(",开发商"))
    assert cut.exit_code == 1
    assert "was cut short" in cut.output
    assert district.hub.get("/estates").json()["items"][0]["parts"] == 0
