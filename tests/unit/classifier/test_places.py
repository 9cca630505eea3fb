"""services/classifier/domain/places.py: one place, or none."""

from __future__ import annotations

import pytest

from services.classifier.domain.lexicon import normalise
from services.classifier.domain.places import Estate, Register
from services.contracts.ticket_events import Place

QUYANG, OUYANG, LIANGCHENG = "310109010", "310109009", "310109016"
REGISTER = Register(
    [
        Estate(id="youdian-2", name="邮电二村", sub_district=QUYANG, aliases=("邮电2村",), lanes=("曲阳路1301弄",)),
        Estate(id="chunhui-q", name="春晖苑", sub_district=QUYANG),
        Estate(id="chunhui-o", name="春晖苑", sub_district=OUYANG),
        Estate(id="yinhe", name="银禾里", sub_district=QUYANG),
        Estate(id="liangcheng", name="凉城路1201弄", sub_district=LIANGCHENG),
    ],
    {QUYANG: ["曲阳路街道"], OUYANG: ["欧阳路街道"], LIANGCHENG: ["凉城新村街道"]},
)


def place(text: str, address: str = "") -> Place:
    return REGISTER.place_of(normalise(text), normalise(address))


@pytest.mark.parametrize(
    "written", ["邮电二村14号", "邮电2村", "邮电２村", "曲阳路 1301 弄 5 号", "虹口区曲阳路1301弄"]
)
def test_an_estate_is_known_by_its_name_its_aliases_and_its_lane(written: str) -> None:
    assert place("漏水", written) == Place(sub_district=QUYANG, estate="youdian-2", estate_name="邮电二村")


def test_an_estate_named_only_in_the_text_is_found() -> None:
    assert place("我们银禾里路灯不亮").estate == "yinhe"


def test_the_address_outranks_the_text() -> None:
    assert place("不如隔壁的银禾里", "凉城路1201弄").estate == "liangcheng"


def test_a_name_two_estates_share_is_unknown() -> None:
    assert place("春晖苑漏水") == Place()


def test_a_name_two_estates_share_is_decided_by_the_sub_district_that_is_named() -> None:
    assert place("欧阳路街道春晖苑漏水").estate == "chunhui-o"
    assert place("漏水，在曲阳路街道", "春晖苑").estate is None
    assert place("春晖苑漏水", "曲阳路街道").estate == "chunhui-q"


def test_two_estates_of_one_sub_district_leave_the_sub_district() -> None:
    assert place("银禾里和邮电二村之间") == Place(sub_district=QUYANG)


def test_two_estates_of_two_sub_districts_leave_nothing() -> None:
    assert place("银禾里和凉城路1201弄") == Place()


def test_a_sub_district_alone_is_still_a_place() -> None:
    assert place("欧阳路街道的路灯不亮") == Place(sub_district=OUYANG)


def test_an_estate_outside_the_sub_district_that_is_named_is_not_believed() -> None:
    assert place("漏水", "凉城新村街道银禾里") == Place(sub_district=LIANGCHENG)


def test_a_bare_road_is_no_place() -> None:
    assert place("曲阳路上有人摆摊") == Place()


def test_an_estate_in_an_unknown_sub_district_is_refused() -> None:
    with pytest.raises(ValueError, match="sub_district 310109099"):
        Register([Estate(id="nowhere", name="无处里", sub_district="310109099")], {QUYANG: ["曲阳路街道"]})


def test_an_estate_id_that_stands_twice_is_refused() -> None:
    twice = Estate(id="yinhe", name="银禾里", sub_district=QUYANG)
    with pytest.raises(ValueError, match="yinhe stands twice"):
        Register([twice, twice], {QUYANG: ["曲阳路街道"]})
