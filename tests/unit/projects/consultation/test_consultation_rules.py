"""The rules that come with the service, and files of other people."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from services.contracts.data_files import InvalidData
from services.projects.files.consultation_rules import rules_of, shipped_rules

OWN = """name: lift
version: 3
conditions:
  - {name: estate, electorate: estate, count: heads, denominator: all, op: ">=", num: 2, den: 3, basis: 2014年试点}
  - {name: block, electorate: building, count: heads, denominator: all, op: ">=", num: 9, den: 10, basis: 2014年试点}
silence: null
invalid_takes_part: false
duplicates: {origins: [paper, electronic], again: first}
proxy: written
"""
BY_ITEM = """default: ordinary
items:
  roof: {}
  shed: {rule: special, text_hash: abc}
  stairs: {rule: building-ordinary, building: 3}
"""


def written(folder: Path, content: str) -> str:
    file = folder / "own.yaml"
    file.write_text(content, encoding="utf-8")
    return str(file)


def test_the_rules_are_those_of_the_law() -> None:
    shares = {
        name: {one.name: (one.counted, one.denominator, one.op, Fraction(one.num, one.den)) for one in rule.conditions}
        for name, rule in shipped_rules().items()
    }
    participation = ("taking_part", "all", ">=", Fraction(2, 3))
    half, most = (("agreeing", "participants", ">", Fraction(1, 2)), ("agreeing", "participants", ">=", Fraction(3, 4)))
    for name, approval in (("ordinary", half), ("special", most)):
        expected = {"participation_area": participation, "participation_heads": participation}
        expected |= {"approval_area": approval, "approval_heads": approval}
        for rule in (name, f"{name}-silence", f"building-{name}", f"hallway-{name}"):
            if rule in shares:
                assert shares.pop(rule) == expected
    assert shares == {
        "two-thirds-of-all": {"consent_heads": ("agreeing", "all", ">=", Fraction(2, 3))},
        "contracts-95": {"contracts_signed": ("agreeing", "all", ">=", Fraction(95, 100))},
    }


@pytest.mark.parametrize("rule", shipped_rules().values(), ids=list(shipped_rules()))
def test_a_condition_counts_what_its_name_and_its_rule_say(rule: object) -> None:
    from services.projects.domain.consultation.rules import ConsultationRule

    assert isinstance(rule, ConsultationRule)
    level = rule.name.split("-")[0]
    for one in rule.conditions:
        assert one.electorate == (level if level in ("building", "hallway") else "estate")
        assert one.name.endswith((f"_{one.count}", "_signed"))
        assert one.basis
    assert (rule.silence is not None) == rule.name.endswith("-silence")


def test_a_file_may_hold_one_rule(tmp_path: Path) -> None:
    found = rules_of(written(tmp_path, OWN))
    assert (found.default.name, found.default.version, len(found.default.conditions)) == ("lift", 3, 2)
    assert dict(found.items) == {}


def test_a_file_may_give_each_item_its_rule(tmp_path: Path) -> None:
    found = rules_of(written(tmp_path, BY_ITEM))
    assert {item: (rule.name, row.building, row.text_hash) for item, (rule, row) in found.items.items()} == {
        "roof": ("ordinary", None, None),
        "shed": ("special", None, "abc"),
        "stairs": ("building-ordinary", "3", None),
    }
    own = "\n".join(f"    {line}" for line in OWN.splitlines())
    both = f"default: lift\nrules:\n  -\n{own}\nitems:\n  roof: {{rule: ordinary}}\n"
    found = rules_of(written(tmp_path, both))
    assert (found.default.name, found.items["roof"][0].name) == ("lift", "ordinary")


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("num: 2, den: 3", "num: 4, den: 3", "line 4: conditions.0: >= 4/3 can never be met; correct it"),
        ("num: 2, den: 3", "num: 2, den: 0", "line 4: conditions.0.den: Input should be greater than 0"),
        ("num: 2, den: 3", "num: 0.66, den: 1", "line 4: conditions.0.num: Input should be a valid integer"),
        ('op: ">=", num: 9', 'op: "=>", num: 9', "line 5: conditions.1.op: Input should be '>=' or '>'"),
        (", basis: 2014年试点}\n  - ", "}\n  - ", "line 4: conditions.0.basis: Field required; add it"),
        ("name: block", "name: estate", "line 1: the file: two conditions are called estate"),
        ("silence: null\n", "", "silence: Field required; add it"),
        ("invalid_takes_part: false\n", "", "invalid_takes_part: Field required; add it"),
        ("proxy: written", "proxy: written\nquorum: 1", "line 10: quorum: Extra inputs are not permitted; remove it"),
        ("[paper, electronic]", "[paper, paper]", "origins holds one twice"),
        ("name: lift", "name: ordinary", "line 1: another rule is called ordinary; give this one a name of its own"),
        ("count: heads", "count: flats", "conditions.0.count: Input should be 'area', 'heads' or 'contracts'"),
        (
            "count: heads, denominator: all",
            "counted: taking_part, count: heads, denominator: participants",
            "taking_part over participants is always 1",
        ),
    ],
)
def test_a_fault_is_reported_with_its_line_and_remedy(tmp_path: Path, was: str, becomes: str, why: str) -> None:
    assert was in OWN
    with pytest.raises(InvalidData) as refused:
        rules_of(written(tmp_path, OWN.replace(was, becomes, 1)))
    assert "own.yaml, line " in str(refused.value)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (BY_ITEM.replace("special", "extraordinary"), "line 4: items.shed.rule: no rule is called 'extraordinary'"),
        (BY_ITEM.replace("ordinary\n", "lift\n", 1), "line 1: default: no rule is called 'lift'; there are ordinary"),
        (BY_ITEM.replace("text_hash", "text"), "line 4: items.shed.text: Extra inputs"),
        ("", "line 1: the file: holds no rule; write it as in"),
        ("part_id,building", "line 1: the file: holds no rule; write it as in"),
        ("default: ordinary\nitems:\n  roof:\n", "line 3: items.roof: Input should be a valid dictionary; correct it"),
        ("a: [", "is not YAML"),
    ],
)
def test_a_fault_of_items_is_reported_with_its_line(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(InvalidData) as refused:
        rules_of(written(tmp_path, content))
    assert why in str(refused.value)


def test_a_rule_that_is_neither_name_nor_file_is_reported_with_the_names() -> None:
    with pytest.raises(InvalidData, match="give a file, or one of ordinary, ordinary-silence"):
        rules_of("unanimous")


def test_the_example_of_the_documentation_is_a_rule(tmp_path: Path) -> None:
    page = (Path(__file__).parents[4] / "docs/consultation.md").read_text(encoding="utf-8")
    found = rules_of(written(tmp_path, page.partition("```yaml\n")[2].partition("```")[0]))
    assert {item: rule.name for item, (rule, _) in found.items.items()} == {
        "lift of building 3": "lift",
        "bicycle shed": "special",
    }
