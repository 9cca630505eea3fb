"""Names of estates that are an office's, a landmark's or a road's with a general word behind: 燃气公司宿舍, 徐家汇花园.

Without that word the office is meant, not the estate: whoever complains of the gas company lives anywhere.
"""

from __future__ import annotations

import re
from typing import Final

DWELLINGS: Final = ("小区", "宿舍", "宿舍楼", "家属院", "家属楼", "大院", "新村", "公房")
"""What people call the houses of an office by, whatever the register calls them."""

_OFFICE: Final = re.compile(
    r".*(?:公司|集团|厂|局|所|院|校|大学|中学|小学|学院|幼儿园|幼儿|托儿|医院|银行|部队|支队|大队|总队|司令部|警备区|军区|机关|政府"
    r"|[省市区县]委|人大|政协|委员会|管委会|居委会|街道|派出所|法院|检察院|研究|设计院|报社|电视台|电台|剧团|歌舞团|出版社|合作社|供销社"
    r"|中心|车站|火车站|汽车站|客运站|地铁站|码头|港务|机场|公园|广场|体育场|体育馆|市场|商场|超市|百货|商城|酒店|宾馆|饭店|剧院|影院"
    r"|(?<!公)馆|教堂|寺|庙|塔|大桥|医学院|学校|铁路|电力|电信|邮局|邮政|税务|公安|消防|卫生|教育|水务|燃气|煤气|自来水|供电"
    r"|公交|地铁|航运|海关|烟草|石油|石化|钢铁|机床|化工|纺织|粮食)"
)
_ROAD: Final = re.compile(r"[^0-9]*(?:路|街|大道|巷)")
_LANDMARK: Final = re.compile(
    r"徐家汇|陆家嘴|五角场|静安寺|城隍庙|人民广场|外滩|北外滩|南外滩|豫园|七宝|莘庄|虹桥|中山公园|鲁迅公园|和平公园|四川北路|提篮桥|大柏树"
    r"|江湾镇|江湾|五里桥|打浦桥|曹家渡|老西门|十六铺|八佰伴|世纪公园|龙华寺?|漕河泾|曹杨|真如|大宁|彭浦|控江|鞍山|四平|曲阳|凉城|广中|嘉兴"
    r"|欧阳|新天地|田子坊|上海滩|东方明珠|世博园?|迪士尼|国际饭店|大世界"
)


def is_no_estate(form: str) -> bool:
    """Whether a name without its general word is an office, a landmark or a road."""
    return any(pattern.fullmatch(form) for pattern in (_OFFICE, _ROAD, _LANDMARK))
