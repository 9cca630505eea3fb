"""The register as it was published, over the list that was imported."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.estate import Estate
from services.classifier.domain.places import Register
from services.classifier.domain.register_facts import RegisterFact, RegisterFacts
from services.contracts.estate_events import EstateRegistered, EstateRemoved

QUYANG, JIAXING = "310109010", "310109014"
NAMES = {QUYANG: ["曲阳路街道"], JIAXING: ["嘉兴路街道"]}
LISTED = [
    Estate(id="moon-1", name="明月小区", sub_district=QUYANG, aliases=("月亮苑",), lanes=("云锦路10弄",)),
    Estate(id="stars-1", name="星辰公寓"),
]


def registered(version: int, name: str, estate: str = "moon-1", sub_district: str | None = JIAXING) -> RegisterFact:
    return EstateRegistered(version=version, estate_id=estate, estate_name=name, sub_district=sub_district)


def over(*facts: RegisterFact) -> dict[str, Estate]:
    known = RegisterFacts()
    for fact in facts:
        known.take(fact)
    return {estate.id: estate for estate in known.over(LISTED)}


def test_without_facts_the_list_is_as_it_was_imported() -> None:
    assert list(over().values()) == LISTED


def test_a_renamed_estate_keeps_its_names_and_addresses_and_lies_where_it_is_registered() -> None:
    moon = over(registered(2, "望月小区"))["moon-1"]
    assert (moon.name, moon.aliases, moon.lanes) == ("望月小区", ("明月小区", "月亮苑"), ("云锦路10弄",))
    assert moon.sub_district == JIAXING
    assert over(registered(2, "月亮苑"))["moon-1"].aliases == ("明月小区",)
    assert over(registered(2, "明月小区", sub_district=None))["moon-1"] == LISTED[0]


def test_what_is_located_follows_the_facts() -> None:
    found = Register(
        over(registered(1, "湖畔花园", "lake-1"), EstateRemoved(version=2, estate_id="stars-1")).values(), NAMES
    )
    assert found.locate("湖畔花园漏雨", "").place.estate == "lake-1"
    assert found.locate("星辰公寓漏雨", "").place.estate is None


FACTS = [registered(1, "明月小区"), EstateRemoved(version=2, estate_id="moon-1"), registered(3, "望月小区"),
         EstateRemoved(version=1, estate_id="stars-1"), registered(2, "新星公寓", "stars-1")]  # fmt: skip


@given(st.permutations(FACTS), st.lists(st.sampled_from(FACTS)))
def test_any_order_and_every_repetition_come_to_the_same_register(
    order: list[RegisterFact], more: list[RegisterFact]
) -> None:
    assert over(*order, *more) == over(*FACTS)
    assert {estate: one.name for estate, one in over(*FACTS).items()} == {"moon-1": "望月小区", "stars-1": "新星公寓"}
