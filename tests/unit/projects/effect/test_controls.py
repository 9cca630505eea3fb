"""Which estates a repaired one is compared with."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.taxonomy import taxonomy
from services.projects.domain.effect.controls import RegisteredKind, Treated, adjoining, controls_for, neighbouring
from services.projects.domain.months import Month
from services.projects.files.effect_rules import effect_rules

RULES = effect_rules()
SPAN = (Month(2026, 8), Month(2028, 3))
KINDS = st.builds(
    RegisteredKind,
    st.sampled_from([None, "sold-public", "commodity"]),
    st.one_of(st.none(), st.integers(1900, 2030)),
    st.none(),
    st.floats(121.48, 121.49),
    st.floats(31.27, 31.28),
)
MONTHS = st.builds(Month, st.integers(2025, 2029), st.integers(1, 12))
WORKS = st.builds(Treated, st.sampled_from("abcdef"), MONTHS, st.one_of(st.none(), MONTHS))


def registered(**kinds: tuple[str | None, int | None]) -> dict[str, RegisteredKind]:
    return {name: RegisteredKind(kind, built, None) for name, (kind, built) in kinds.items()}


def test_of_the_same_kind_and_band_of_years() -> None:
    known = registered(
        own=("sold-public", 1985),
        alike=("sold-public", 1980),
        younger=("sold-public", 1990),
        other=("commodity", 1985),
        unknown=(None, 1985),
        undated=("sold-public", None),
    )
    assert controls_for(["own"], known, [], SPAN, (), RULES.age_bands) == ["alike"]
    assert controls_for(["unknown"], known, [], SPAN, (), RULES.age_bands) == []
    assert controls_for(["elsewhere"], known, [], SPAN, (), RULES.age_bands) == []


def test_without_works_in_any_month_compared() -> None:
    known = registered(**dict.fromkeys(("own", "before", "during", "going_on", "later"), ("sold-public", 1985)))
    treated = [
        Treated("before", Month(2025, 1), Month(2026, 7)),
        Treated("during", Month(2027, 1), Month(2027, 3)),
        Treated("going_on", Month(2026, 1), None),
        Treated("later", Month(2028, 4), None),
    ]
    assert controls_for(["own"], known, treated, SPAN, (), RULES.age_bands) == ["before", "later"]


@given(register=st.dictionaries(st.sampled_from("abcdef"), KINDS), treated=st.lists(WORKS, max_size=4))
def test_a_control_is_never_repaired_adjoining_or_of_an_unknown_kind(
    register: dict[str, RegisteredKind], treated: list[Treated]
) -> None:
    near = adjoining(["a"], register, RULES.adjoining_m)
    found = controls_for(["a"], register, treated, SPAN, near, RULES.age_bands)
    assert "a" not in near
    assert not {"a", *near} & set(found)
    for estate in found:
        assert register[estate].property_kind == register["a"].property_kind is not None
        assert not any(one.estate == estate and one.touches(*SPAN) for one in treated)


def test_near_is_measured_on_the_ground_and_an_unknown_place_is_near_nothing() -> None:
    known = {
        "own": RegisteredKind(None, None, None, 121.4850, 31.2712),
        "near": RegisteredKind(None, None, None, 121.4873, 31.2712),  # 219 m
        "far": RegisteredKind(None, None, None, 121.4850, 31.2738),  # 289 m
        "unknown": RegisteredKind(None, None, None),
    }
    assert adjoining(["own"], known, 250) == {"near"}
    assert adjoining(["unknown"], known, 250) == set()


def test_neighbouring_types_share_an_element_and_never_speak_of_works() -> None:
    types = taxonomy().types
    assert neighbouring(["MJ01"], types, RULES.apart) == {"MJ02", "MJ12"}
    assert neighbouring(["MJ01", "MJ02"], types, RULES.apart) == {"MJ12"}
    assert neighbouring(["SC01"], types, RULES.apart) == set()
