"""Why a row of the register was rejected, for the clerk who corrects the file in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

COLUMN = "拒收原因"
BY_FIELD: Mapping[str, str] = {
    "name": "小区名称为空、过长或含不可见字符，请填写小区名称",
    "aliases": "别名每个应为2至60字，多个别名用|隔开",
    "address": "地址为空，请填写路名和弄号或门牌号",
    "lng, lat": "经纬度不是本市范围内的两个数（可能填反），请改正，或两格都留空",
    "sub_district": "不是本区的街道，请填写街道名称或代码，或留空",
    "committee": "居委会名称不能使用，请改正或留空",
    "property_kind": "房屋性质不在清单内，请填商品房、售后公房、公有租赁住房或混合，或留空",
    "floor_area_m2": "建筑面积不是有效的平方米数，请改正或留空",
    "built": "建成年份不是有效年份，请改正或留空",
    "owner": "业主为空，请填业主编号；未售出的填开发商",
    "area_m2": "面积有误：应为大于零、最多两位小数的平方米数，且各部分合计不得超出小区建筑面积的2%",
    "part_id": "部位编号为空、有误或在本小区内重复，请按底册填写",
    "building": "楼栋为空或写法有误，请按底册填写",
    "block": "楼栋为空或写法有误，请按底册填写",
    "hallway": "单元或门号写法有误，请按底册填写",
    "estate": "小区未登记，或有几个小区同名，请改正名称、填写小区编号，或先导入小区",
}
"""By the field that a reason names before its colon."""
HELD_BACK = "本小区另有行有误，整个小区暂不录入；改正那些行即可"
UNREADABLE = "该行读不出来（格数与表头不符，或格内有无法识别的内容），请对照表头改正"


def in_chinese(reason: str) -> str:
    """What is wrong, and what to do; the English reason has the values."""
    if reason.startswith("is held back"):
        return HELD_BACK
    return BY_FIELD.get(reason.partition(":")[0], UNREADABLE)
