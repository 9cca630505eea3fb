"""The table of what callers are sent: its faults are named, and every message can be said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.contracts.data_files import InvalidData
from services.contracts.hot_issue_events import DecisionKind
from services.contracts.taxonomy import taxonomy
from services.intake.domain.follow_up import Stage
from services.intake.domain.occasion import LANGUAGES, Audience, Language, Occasion
from services.intake.domain.steps import BACK, SAME, STEPS, TicketStep
from services.intake.domain.telling import Way
from services.intake.domain.telling_words import TellingWords
from services.intake.domain.works_news import KnownWorks, Of, WorksNews
from services.intake.files.occasions import FILE, occasions

TABLE = occasions()
WORDS = TellingWords(TABLE)
REASON = "属于正常养护范围，已向居委会说明"
FACTS: dict[str, Any] = {
    "number": "260701083000000123",
    "type_code": "MJ01",
    "place": {"sub_district": "310109016", "estate_name": "凉城二村"},
    "limit": "2026-07-09T00:00:00+08:00",
    "count": 12,
    "line": "119",
    "reason": REASON,
    "start": "2027-03-01",
    "link": "https://12345.example.cn/a/Zk3vQ0d8",
    "cut": "parking_closed",
    "blocks": ["3", "5", "12"],
    "begin": "2026-07-16T09:00:00+08:00",
    "end": "2026-07-16T15:00:00+08:00",
}
LONGER: dict[str, str] = {}
"""Messages in Chinese that take more than one text message, and why they may."""


@dataclass(frozen=True)
class Message:
    occasion: str
    facts: dict[str, Any] = field(default_factory=lambda: FACTS)


EVERY = [
    pytest.param(one, language, way, id=f"{one.code} {language} {way}")
    for one in TABLE.occasions
    for language in LANGUAGES
    for way in Way
]


@pytest.mark.parametrize(("occasion", "language", "way"), EVERY)
def test_every_message_can_be_said_in_every_language_by_every_way(
    occasion: Occasion, language: Language, way: Way
) -> None:
    said = WORDS(Message(occasion.code), language, way)
    assert "{" not in said
    assert "None" not in said
    assert ("http" in said) == (occasion.asks is not None and way is not Way.CALL)
    assert (language == "zh") == any(
        "\u4e00" <= letter <= "\u9fff" for letter in said.replace("凉城二村", "").replace(REASON, "")
    )


@pytest.mark.parametrize(("occasion", "language", "way"), EVERY)
def test_a_message_can_be_said_of_a_matter_of_which_only_the_number_is_known(
    occasion: Occasion, language: Language, way: Way
) -> None:
    said = WORDS(Message(occasion.code, {"number": "1"}), language, way)
    assert "None" not in said
    assert "{" not in said


@pytest.mark.parametrize("occasion", [one for one in TABLE.occasions if Way.SMS in one.ways], ids=lambda one: one.code)
def test_a_message_in_chinese_is_one_text_message(occasion: Occasion) -> None:
    said = WORDS(Message(occasion.code), "zh", Way.SMS)
    assert (len(said) > 70) == (occasion.code in LONGER), f"{len(said)}: {said}"


def test_a_message_does_not_end_where_it_goes_on_by_another_way() -> None:
    """By telephone a question is asked; in writing it is answered by the link."""
    assert WORDS(Message("answered"), "zh", Way.SMS) == (
        "您的诉求260701083000000123已答复。解决了吗？请答：https://12345.example.cn/a/Zk3vQ0d8"
    )
    assert WORDS(Message("answered"), "zh", Way.CALL).endswith("请问问题解决了吗？您对办理满意吗？")
    assert REASON in WORDS(Message("explained"), "en", Way.EMAIL)
    assert REASON not in WORDS(Message("explained"), "zh", Way.SMS)


@pytest.mark.parametrize(
    ("limit", "chinese", "english"),
    [
        ("2026-07-09T00:00:00+08:00", "7月8日", "8 July"),
        ("2026-07-08T16:00:00+00:00", "7月8日", "8 July"),
        ("2026-07-08T17:30:00+08:00", "7月8日17:30", "17:30 on 8 July"),
    ],
)
def test_a_limit_at_midnight_is_over_with_the_day_before(limit: str, chinese: str, english: str) -> None:
    message = Message("received", FACTS | {"limit": limit})
    assert f"最迟{chinese}答复您" in WORDS(message, "zh", Way.SMS)
    assert f"an answer by {english}." in WORDS(message, "en", Way.SMS)


def test_a_place_is_never_a_building() -> None:
    place = {"sub_district": "310109016", "estate_name": None, "building": "12"}
    assert "12" not in WORDS(Message("asked", FACTS | {"place": place, "link": ""}), "zh", Way.SMS)


@pytest.mark.parametrize("decision", [DecisionKind.SERVICE, DecisionKind.RULE, None])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", Way)
def test_where_no_works_are_decided_nobody_hears_of_works(
    decision: DecisionKind | None, language: Language, way: Way
) -> None:
    for stage, state in ((Stage.PLANNED, "decided"), (Stage.UNDER_WAY, "in cure"), (Stage.CARRIED_OUT, "observing")):
        occasion = TABLE.of_stage(stage, Stage.NOTED, state, decision)
        assert occasion
        said = WORDS(Message(occasion.code), language, way)
        assert not any(word in said for word in ("works", "repair", "工程", "修缮", "施工"))


@pytest.mark.parametrize(
    ("stage", "before", "state", "decision", "joining", "code"),
    [
        (Stage.NOTED, Stage.NOTED, "suspected", None, True, None),
        (Stage.NOTED, Stage.NOTED, "confirmed", None, True, "problem found"),
        (Stage.PLANNED, Stage.NOTED, "decided", DecisionKind.PROJECT, False, "works decided"),
        (Stage.PLANNED, Stage.SUSPENDED, "decided", DecisionKind.PROJECT, False, "works resumed"),
        (Stage.IN_WORKS, Stage.SUSPENDED, "in cure", DecisionKind.PROJECT, False, "works resumed"),
        (Stage.IN_WORKS, Stage.PLANNED, "in cure", DecisionKind.PROJECT, False, "works start"),
        (Stage.ENDED, Stage.NOTED, "explained", DecisionKind.EXPLAIN, False, "explained"),
        (Stage.ENDED, Stage.NOTED, "merged", DecisionKind.MERGE, False, None),  # another issue goes on with them
        (Stage.ENDED, Stage.NOTED, "lapsed", None, False, None),
        (Stage.ENDED, Stage.NOTED, "withdrawn", None, False, "ended"),
        (Stage.ENDED, Stage.NOTED, "withdrawn", None, True, None),
        (Stage.SOLVED, Stage.ASKED, "observing", DecisionKind.PROJECT, False, None),
    ],
)
def test_the_first_row_that_fits_the_issue_counts(
    stage: Stage, before: Stage, state: str, decision: DecisionKind | None, joining: bool, code: str | None
) -> None:
    found = TABLE.of_stage(stage, before, state, decision, joining=joining)
    assert (found.code if found else None) == code


def test_a_message_is_true_in_the_state_to_which_its_step_leads() -> None:
    """In any other state it would be withheld as overtaken."""
    for occasion in TABLE.occasions:
        for step in set(occasion.steps) - {TicketStep.UPHOLD_RETURN}:  # which a dispatch follows at once
            before = {state for state, taken in STEPS if taken is step}
            after = {STEPS[state, step] for state in before}
            if after == {SAME}:
                assert before & {*occasion.holds_in}, occasion.code
            elif after == {BACK}:
                assert {state for state, taken in STEPS if taken is TicketStep.MERGE} == {*occasion.holds_in}
            else:
                assert after <= {*occasion.holds_in}, occasion.code


def test_every_step_that_ends_or_moves_a_matter_has_an_occasion() -> None:
    steps = {step for one in TABLE.occasions for step in one.steps}
    assert {
        *(TicketStep.DISPATCH, TicketStep.SETTLE, TicketStep.ORDER_REDO, TicketStep.MERGE, TicketStep.UNMERGE),
        *(TicketStep.TRANSFER, TicketStep.REJECT, TicketStep.RECONSIDER, TicketStep.PAUSE, TicketStep.RESUME),
        *(TicketStep.GRANT_EXTENSION, TicketStep.REDISPATCH),
    } <= steps


Change = Callable[[dict[str, Any]], Any]
FAULTS: dict[str, tuple[Change, str]] = {
    "a field that nobody knows then": (
        lambda table: table["occasions"][0].update(zh="受理，原因{reason}"),
        r"occasions\.yaml, occasions\.received: .*zh: \{reason\} is not known on this occasion; there are",
    ),
    "a field that there is not": (
        lambda table: table["occasions"][0].update(en="{name}, it is accepted"),
        r"occasions\.received: .*\{name\} is not known",
    ),
    "braces that do not close": (lambda table: table["occasions"][0].update(zh="{number"), r"occasions\.received: "),
    "a way without words": (
        lambda table: table["occasions"][0].update(zh={"sms": "受理"}),
        r"occasions\.received: .*zh: has no words for email",
    ),
    "an unknown step": (
        lambda table: table["occasions"][0].update(steps=["sneeze"]),
        r"occasions\.received\.steps\.0: ",
    ),
    "no trigger": (lambda table: table["occasions"][0].pop("steps"), r"occasions\.received: .*give `steps` for the"),
    "news for whom it is not": (
        lambda table: next(one for one in table["occasions"] if one["code"] == "defect mended").update(
            audience="concerned"
        ),
        r"occasions\.defect mended: .*a defect and a need are told to who reported them",
    ),
    "states and those that were left": (
        lambda table: next(one for one in table["occasions"] if one["code"] == "works listed")["works"].update(
            left=["need"]
        ),
        r"occasions\.works listed\.works: .*give either states, or those that were left",
    ),
    "kinds of a project": (
        lambda table: next(one for one in table["occasions"] if one["code"] == "works listed")["works"].update(
            kinds=["noise"]
        ),
        r"occasions\.works listed\.works: .*kinds are of disturbances alone",
    ),
    "no states": (
        lambda table: table["occasions"][0].pop("holds_in"),
        r"occasions\.received: .*each, holds_in: needed",
    ),
    "no code": (lambda table: table["occasions"][0].pop("code"), r"occasions\.row 1\.code: "),
    "an unknown state of an issue": (
        lambda table: next(one for one in table["occasions"] if one["code"] == "ended").update(
            when={"state": ["gone"]}
        ),
        r"occasions\.ended\.when\.state: .*gone: no state of a hot issue",
    ),
    "a code that stands twice": (
        lambda table: table["occasions"].append(table["occasions"][0]),
        "received stands twice",
    ),
    "no quiet hours left": (lambda table: table["quiet"].update(end="21:00"), "quiet: .*begin and end are the same"),
    "a question without a link": (
        lambda table: table["words"]["questions"]["visit"]["zh"].update(sms="解决了吗？"),
        r"words: .*questions\.visit\.zh\.sms: must ask, in writing with \{link\}",
    ),
    "a frame without the message": (
        lambda table: table["words"]["frames"]["en"].update(email="Hello"),
        r"words: .*frames\.en\.email: must have \{text\}",
    ),
    "a limit of nothing": (lambda table: table["limits"]["usual"][0].update(most=0), r"limits\.usual\.0\.most: "),
    "no source": (lambda table: table["occasions"][0].pop("source"), r"occasions\.received\.source: "),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_table_is_refused_and_the_row_is_named(tmp_path: Path, fault: str) -> None:
    change, named = FAULTS[fault]
    table = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    change(table)
    file = tmp_path / "occasions.yaml"
    file.write_text(yaml.safe_dump(table, allow_unicode=True), encoding="utf-8")
    with pytest.raises(InvalidData, match=named):
        occasions(file)


def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "occasions.yaml"
    file.write_text("occasions: [", encoding="utf-8")
    with pytest.raises(InvalidData, match="is not YAML"):
        occasions(file)


@pytest.mark.parametrize(
    ("blocks", "chinese", "english"),
    [
        ([], "凉城二村全小区因修缮", "凉城二村, the whole estate: no water"),
        (["3", "5"], "凉城二村3、5号楼因修缮", "凉城二村, block 3, 5: no water"),
        (["1", "2", "3", "4"], "凉城二村4栋楼因修缮", "凉城二村, 4 blocks: no water"),
    ],
)
def test_a_cut_names_its_blocks_and_its_time(blocks: list[str], chinese: str, english: str) -> None:
    message = Message("cut announced", FACTS | {"cut": "water_cut", "blocks": blocks})
    assert WORDS(message, "zh", Way.SMS) == f"{chinese}7月16日09:00起停水，至7月16日15:00，请提前准备。"
    assert f"{english} from 09:00 on 16 July to 15:00 on 16 July." in WORDS(message, "en", Way.SMS)


def news(of: Of, state: str, left: str | None = None, kind: str | None = None) -> WorksNews:
    return WorksNews(of, "id", "project", 3, state, left, kind)


@pytest.mark.parametrize(
    ("audience", "latest", "code"),
    [
        (Audience.CONCERNED, news(Of.PROJECT, "listed"), "works listed"),
        (Audience.CONCERNED, news(Of.PROJECT, "consulted"), "residents consulted"),
        (Audience.CONCERNED, news(Of.PROJECT, "scheme_public"), "scheme published"),
        (Audience.CONCERNED, news(Of.PROJECT, "approved"), None),
        (Audience.CONCERNED, news(Of.PROJECT, "started"), None),  # whoever follows an issue hears it there
        (Audience.COMPLAINANTS, news(Of.PROJECT, "started"), "works near start"),
        (Audience.COMPLAINANTS, news(Of.PROJECT, "accepted"), "works near accepted"),
        (Audience.COMPLAINANTS, news(Of.PROJECT, "suspended", "building"), "works near stopped"),
        (Audience.COMPLAINANTS, news(Of.PROJECT, "building", "suspended"), "works near resumed"),
        (Audience.COMPLAINANTS, news(Of.PROJECT, "cancelled", "suspended"), "works near cancelled"),
        (Audience.COMPLAINANTS, news(Of.PROJECT, "building", "started"), None),
        (Audience.CONCERNED, news(Of.IMPACT, "announced", kind="water_cut"), "cut announced"),
        (Audience.CONCERNED, news(Of.IMPACT, "cancelled", kind="path_closed"), "cut cancelled"),
        (Audience.CONCERNED, news(Of.IMPACT, "announced", kind="noise"), None),
        (Audience.CONCERNED, news(Of.IMPACT, "ended", kind="water_cut"), None),
        (Audience.REPORTER, news(Of.DEFECT, "closed"), "defect mended"),
        (Audience.CONCERNED, news(Of.VOTE, "noticed"), "vote announced"),
        (Audience.CONCERNED, news(Of.VOTE, "annulled"), None),
        (Audience.REPORTER, news(Of.NEED, "listed"), "need listed"),
        (Audience.REPORTER, news(Of.NEED, "postponed"), "need postponed"),
        (Audience.REPORTER, news(Of.NEED, "refused"), "need refused"),
        (Audience.REPORTER, news(Of.DEFECT, "cured"), None),
        (Audience.CONCERNED, news(Of.CASE, "ruled"), "rule made"),
        (Audience.CONCERNED, news(Of.CASE, "closed"), None),
    ],
)
def test_who_hears_which_news_of_works(audience: Audience, latest: WorksNews, code: str | None) -> None:
    found = TABLE.of_works(audience, latest)
    assert (found.code if found else None) == code


NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "known", "true"),
    [
        ("works listed", KnownWorks(3, "listed"), True),
        ("works listed", KnownWorks(4, "approved"), False),
        ("works near resumed", KnownWorks(4, "building"), True),
        ("works near resumed", KnownWorks(4, "suspended"), False),
        ("cut announced", KnownWorks(1, "announced", NOW + timedelta(hours=1)), True),
        ("cut announced", KnownWorks(1, "announced", NOW), False),
        ("cut announced", KnownWorks(2, "cancelled", NOW + timedelta(hours=1)), False),
        ("defect mended", KnownWorks(4, "open"), False),
    ],
)
def test_news_that_is_overtaken_is_not_sent(code: str, known: KnownWorks, true: bool) -> None:
    occasion = TABLE.find(code)
    assert occasion
    assert occasion.works
    assert occasion.works.still_holds(known, NOW) is true


def test_the_longest_name_of_a_type_still_fits() -> None:
    """The types whose names make the first message longer than one text message."""
    said = [WORDS(Message("received", FACTS | {"type_code": code}), "zh", Way.SMS) for code in taxonomy().types]
    assert max(map(len, said)) <= 70
