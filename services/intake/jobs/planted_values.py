"""Secrets planted in sentences, each in many writings: what redaction is measured on where no file is given."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.intake.jobs.evaluate_redaction import Planted
from services.intake.jobs.planted_writings import WRITINGS

VARIANTS: Final = 40

_WECHAT: Final = (
    *("微信", "微信号", "薇信", "威信", "V信", "v信", "VX", "vx", "wx", "WX号", "weixin", "WeChat"),
    *("加我v", "加V", "加微", "➕v", "薇❤", "微", "卫星"),
)
_QQ: Final = (
    *("QQ", "qq", "QQ号", "扣扣", "扣扣号", "企鹅", "企鹅号", "q号", "Q", "加Q", "加扣", "叩叩", "ＱＱ", "Q群"),
)
_FRAMES: Final[Mapping[str, Sequence[str]]] = {
    "phone": ("我的电话是{}，请回复", "联系方式：{}", "{}", "请打{}联系我", "手机{}（白天打）", "有事找我{}谢谢"),
    "landline": ("家里电话{}", "座机：{}", "{}请打这个", "请拨{}，谢谢"),
    "id": ("身份证号{}", "本人身份证：{}，请核实", "我是业主，{}", "证件号码是{}，请查"),
    "card": ("银行卡号{}", "钱打到{}", "卡号：{} 开户行虹口支行", "退款请退到{}，谢谢"),
    "permit": ("通行证{}", "港澳通行证号是{}", "台胞证号码：{}", "居住证 {}", "回乡证（{}）", "{}是我的通行证号"),
    "passport": ("护照号{}", "护照：{}，在国外", "{}是我的护照号", "passport {}"),
    "plate": ("车牌{}乱停", "一辆{}的车堵在门口", "{}这辆车停在消防通道", "车号：{}，占道", "黑色轿车{}违停"),
    "email": ("邮箱{}", "发到{}", "我的email是{}，请回复", "{}"),
    "wechat": ("{}是我微信", *(f"照片很多，{cue}{sign}{{}}" for cue in _WECHAT for sign in ("：", " ", "是", "（"))),
    "qq": ("{}是我QQ", *(f"照片发你，{cue}{sign}{{}}" for cue in _QQ for sign in ("：", "", "是"))),
    "flat": (
        *("我家{}漏水", "A座{}", "{}业主反映漏水", "3号楼1单元{}", "我是{}的住户", "楼上{}装修", "隔壁{}太吵"),
        *("住{}，请来", "12号{}室",),
        *("{}室", "{}房", "3-{}", "2栋{}", "房号{}", "门牌号：{}", "{}那户人家", "三单元{}", "我们楼{}"),
    ),
    "name": ("我叫{}，住这里", "本人{}反映楼顶漏水", "{}来电", "请联系{}"),
    "tail": ("尾号{}", "手机尾号是{}", "后四位：{}", "{}结尾的号码", "银行卡尾号{}", "最后四位是{}"),
}  # fmt: skip
_FIELDS: Final = ("{}", "{}先生", "{}女士", "{}（女）", "姓名：{}", "{}/李红")


def planted_values(seed: int, variants: int = VARIANTS) -> Iterator[Planted]:
    """The same for the same seed; `variants` of each kind, of the writings and sentences one after the other."""
    chance = random.Random(seed)
    for kind, writings in WRITINGS.items():
        frames = list(_FRAMES[kind])
        chance.shuffle(frames)
        for number in range(variants):
            secret = _secret(kind, chance)
            written = writings[number % len(writings)](secret)
            text = frames[number % len(frames)].format(written)
            name = chance.choice(_FIELDS).format(secret) if kind == "name" else None
            yield Planted(kind, secret, text, name)


def _secret(kind: str, chance: random.Random) -> str:
    def digits(count: int) -> str:
        return "".join(chance.choice("0123456789") for _ in range(count))

    match kind:
        case "phone":
            return f"1{chance.choice('3456789')}{digits(9)}"
        case "landline":
            return f"{chance.choice('56')}{digits(7)}"
        case "id":
            day = f"{chance.randint(1940, 2005)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
            return f"310109{day}{digits(3)}{chance.choice('0123456789X')}"
        case "card":
            return _with_check(f"6222{digits(14)}")
        case "permit":
            return chance.choice(("C", "H", "W")) + digits(8)
        case "passport":
            return f"{chance.choice(('E', 'G', 'EA', 'EJ'))}{digits(8)}"[:9]
        case "plate":
            return chance.choice(
                (f"沪A{digits(5)}", f"沪AD{digits(5)}", f"苏E{digits(2)}K{digits(2)}", f"浙B{digits(4)}T")
            )
        case "email":
            person, host = chance.choice(("wang.li", "zhao_88", "chen-xu", "lin2020")), chance.choice(("163", "qq"))
            return f"{person}{digits(2)}@{host}.com"
        case "wechat":
            return f"{chance.choice(('zs_', 'lily-', 'wxid_', 'chenxu'))}{digits(5)}"
        case "qq":
            return f"{chance.choice('123456789')}{digits(8)}"
        case "flat":
            return f"{chance.randint(2, 28)}{chance.randint(1, 8):02}"
        case "name":
            return chance.choice(("王小明", "欧阳建国", "李桂兰", "慕容雪", "陈国强"))
    return digits(4)


def _with_check(number: str) -> str:
    """A card's number ends in a digit that checks the others (Luhn)."""
    doubled = [int(one) * (1 if place % 2 else 2) for place, one in enumerate(reversed(number))]
    return f"{number}{-sum(one // 10 + one % 10 for one in doubled) % 10}"
