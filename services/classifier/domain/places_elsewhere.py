"""Places that are not the district's: another district of the city, another city or province."""

from __future__ import annotations

import re
from typing import Final

from services.contracts.districts import district

_DISTRICTS: Final = (
    "黄浦区|徐汇区|长宁区|静安区|普陀区|虹口区|杨浦区|闵行区|宝山区|嘉定区|浦东新区|浦东区|金山区|松江区|青浦区|奉贤区|崇明区|崇明县|卢湾区"
    "|闸北区|南汇区"
)
_PROVINCES: Final = (
    "河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海"
)
_CITIES: Final = (
    "北京|天津|重庆|香港|澳门|台北|高雄|南京|苏州|无锡|常州|南通|扬州|镇江|徐州|泰州|盐城|昆山|太仓|常熟|张家港|启东|杭州|宁波|温州|嘉兴"
    "|绍兴|金华|台州|湖州|义乌|合肥|芜湖|蚌埠|福州|厦门|泉州|南昌|九江|济南|青岛|烟台|郑州|洛阳|武汉|宜昌|长沙|株洲|广州|深圳|东莞|佛山"
    "|珠海|海口|三亚|成都|绵阳|贵阳|昆明|西安|兰州|西宁|银川|乌鲁木齐|呼和浩特|石家庄|太原|沈阳|大连|长春|哈尔滨|南宁|桂林|拉萨"
)
_NAMED: Final = (
    rf"(?P<name>{_DISTRICTS}|(?:{_PROVINCES})省|(?:{_CITIES})(?:市|(?=[^\W\d_]{{1,3}}区))|广西|内蒙古|宁夏|新疆|西藏)"
)
_IN_AN_ADDRESS: Final = re.compile(rf"{_NAMED}(?!路|街)")
_ADDRESSED: Final = re.compile(
    rf"{_NAMED}(?!路|街)[^\W_的了是在我你他她们和与及有被到来从把让请说去过]{{1,12}}?"
    r"(?:路|街|弄|号|镇|乡|村|小区|花园|苑|公寓|新城|家园|大厦|广场)"
)


def elsewhere(address: str, text: str) -> str | None:
    """The district, city or province in which a normalised address says the matter is, or without an address the
    text; None where neither names another than the own."""
    said, pattern = (address, _IN_AN_ADDRESS) if address else (text, _ADDRESSED)
    if district().name_cn in said:
        return None
    found = pattern.search(said)
    return found["name"] if found else None
