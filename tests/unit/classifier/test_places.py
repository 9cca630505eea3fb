"""services/classifier/domain/places.py: one place, or none."""

from __future__ import annotations

import pytest

from services.classifier.domain.estate import Estate
from services.classifier.domain.lexicon import normalise
from services.classifier.domain.places import Register
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
    return REGISTER.locate(normalise(text), normalise(address)).place


@pytest.mark.parametrize(
    "written", ["邮电二村14号", "邮电2村", "邮电２村", "曲阳路 1301 弄 5 号", "虹口区曲阳路1301弄"]
)
def test_an_estate_is_known_by_its_name_its_aliases_and_its_lane(written: str) -> None:
    found = place("漏水", written)
    assert (found.sub_district, found.estate, found.estate_name) == (QUYANG, "youdian-2", "邮电二村")


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


@pytest.mark.parametrize(
    "written", ["邮电第二村", "郵電二村", "曲阳路一千三百零一弄", "曲阳路一三〇一弄", "曲阳路上，1301弄那里"]
)
def test_numerals_and_traditional_characters_are_read(written: str) -> None:
    assert place(written).estate == "youdian-2"


@pytest.mark.parametrize(
    ("written", "building"),
    [
        ("邮电二村14号", "14"),
        ("邮电二村十四号楼漏水", "14"),
        ("曲阳路1301弄5号302室", "5"),
        ("邮电二村六楼漏水", "6"),
        ("邮电二村漏水，3幢", "3"),
        ("邮电二村漏水", None),
        ("邮电二村，住6楼", None),
    ],
)
def test_the_building_is_a_number_behind_the_estate_or_one_named_as_such(written: str, building: str | None) -> None:
    assert place(written).building == building


def test_several_estates_are_candidates_and_none_is_named() -> None:
    found = REGISTER.locate(normalise("春晖苑漏水"), "")
    assert (found.place.estate, found.candidates) == (None, ("chunhui-o", "chunhui-q"))


NEIGHBOURS = Register(
    [
        Estate(id="mingyue-1", name="明月新城(一期)", lanes=("(虹口凉城)云锦路10弄,云锦路12-18号",)),
        Estate(id="fangcao-2", name="芳草二村", lanes=("虹口-凉城-云锦路20弄1-30号",)),
        Estate(id="hupan", name="湖畔银杏花园", lanes=("玉泉路310弄", "玉泉路320弄9号")),
    ],
    {QUYANG: ["曲阳路街道"]},
    {QUYANG: ["芳芳社区"]},
)


@pytest.mark.parametrize(
    ("written", "estate"),
    [
        ("湖畔银杏花圆漏水", "hupan"),  # wrong
        ("湖畔杏花园漏水", "hupan"),  # missing
        ("湖畔杏银花园漏水", "hupan"),  # swapped
        ("湖畔银杏漏水", "hupan"),  # short
        ("玉全路310弄漏水", "hupan"),  # a road
        ("芳草三村漏水", None),  # another estate, not a slip
        ("明月新城三期漏水", None),
        ("明月新城(一期)漏水", "mingyue-1"),
        ("云锦路16号漏水", "mingyue-1"),
        ("云锦路17号漏水", None),  # the other side of the street
        ("云锦路20弄31号漏水", None),
        ("玉泉路311弄漏水", None),
        ("玉泉路的公交310路", None),
    ],
)
def test_slips_are_forgiven_and_neighbours_kept_apart(written: str, estate: str | None) -> None:
    assert NEIGHBOURS.locate(normalise(written), "").place.estate == estate


def test_part_of_an_estate_that_may_have_others_is_a_candidate() -> None:
    assert NEIGHBOURS.locate(normalise("明月新城漏水"), "").candidates == ("mingyue-1",)


def test_a_committee_tells_the_sub_district() -> None:
    assert NEIGHBOURS.locate(normalise("芳芳居委会不管"), "").place == Place(sub_district=QUYANG)


HARD = [
    "",
    "\x00",
    "🏠" * 50,
    "\ud800苑",
    "小区" * 10_000,
    "云锦路" * 10_000,
    "1弄" * 100_000,
    "一" * 100_000,
    "(" * 9_999,
]


@pytest.mark.parametrize("text", HARD)
def test_no_text_is_too_hard(text: str) -> None:
    assert NEIGHBOURS.locate(normalise(text), normalise(text[:1000])).place.estate is None


OFFICES = Register(
    [
        Estate(id="gas", name="燃气公司宿舍", lanes=("丰镇路88弄",)),
        Estate(id="board", name="教育局宿舍", lanes=("同心路128弄",)),
        Estate(id="xujiahui", name="徐家汇花园", lanes=("丰镇路5弄",)),
        Estate(id="huarun", name="华润置地广场", lanes=("曲阳路20弄",)),
        Estate(id="yaju", name="雅居乐花园", lanes=("曲阳路30弄",)),
        Estate(id="zhujiang", name="珠江郦城", lanes=("曲阳路40弄",)),
    ],
    {},
)


def meant(text: str, address: str = "") -> str | None:
    return OFFICES.locate(normalise(text), normalise(address)).place.estate


@pytest.mark.parametrize(
    "text", ["燃气公司停气两天", "打燃气公司的电话没人接", "教育局不管", "从徐家汇来要倒两部车", "徐家汇花展"]
)
@pytest.mark.parametrize("address", ["", "四平路"])
def test_an_office_or_a_landmark_is_no_estate(text: str, address: str) -> None:
    assert meant(text, address) is None


@pytest.mark.parametrize(
    "text", ["燃气公司宿舍停气", "燃气公司小区停气", "燃气公司家属楼漏水", "丰镇路88弄燃气公司停气"]
)
def test_an_office_with_its_dwellings_or_its_address_is_the_estate(text: str) -> None:
    assert meant(text) == "gas"


def test_an_address_on_another_road_contradicts_the_text() -> None:
    assert meant("燃气公司宿舍停气", "四平路") is None
    assert meant("教育局宿舍漏水", "四平路100弄") is None
    assert meant("教育局宿舍漏水", "同心路") == "board"
    assert meant("教育局宿舍漏水", "在路口") == "board"


@pytest.mark.parametrize(
    "text", ["华润置地小区漏水", "华润置地公寓漏水", "雅居乐家园漏水", "龙湖春江郦城漏水", "邮电局宿舍漏水"]
)
def test_a_name_with_another_general_word_or_more_before_it_is_another_estate(text: str) -> None:
    assert meant(text) is None


def test_a_short_form_and_a_slip_are_still_heard() -> None:
    assert (meant("华润置地漏水"), meant("住珠江郎城"), meant("雅居乐花圆漏水")) == ("huarun", "zhujiang", "yaju")


@pytest.mark.parametrize(
    ("written", "estate"),
    [
        ("同心路一百廿八弄", "board"),
        ("同心路128弄", "board"),
        ("同心路壹佰贰拾捌弄", "board"),
        ("同心路幺二八弄", "board"),
        ("丰镇路88弄5支弄3号", "gas"),
        ("丰镇路590弄5支弄", None),
        ("丰镇路590弄五支弄", None),
        ("丰镇路某88弄", None),
        ("丰镇路*5弄", None),
        ("丰镇路廿五弄", None),
        ("丰镇路8八八8弄", None),
    ],
)
def test_a_part_of_a_number_is_not_the_number(written: str, estate: str | None) -> None:
    assert meant("漏水", written) == estate


@pytest.mark.parametrize(
    ("text", "address", "there"),
    [
        ("漏水", "浦东新区丰镇路88弄", "浦东新区"),
        ("漏水", "杭州西湖区文三路1号", "杭州"),
        ("漏水", "上海市静安区", "静安区"),
        ("杭州市西湖区文三路漏水", "", "杭州市"),
        ("江苏省苏州市人民路10号漏水", "", "江苏省"),
        ("漏水", "上海市虹口区丰镇路88弄", None),
        ("我从浙江省来，住丰镇路88弄", "", None),
        ("静安区那边的亲戚说", "丰镇路88弄", None),
    ],
)
def test_a_place_of_another_district_is_found_and_no_estate_of_ours(text: str, address: str, there: str | None) -> None:
    located = OFFICES.locate(normalise(text), normalise(address))
    assert located.elsewhere == there
    assert (located.place.estate is None) is (there is not None)
