"""Characters that are written for others: pairs of what stands and what is meant.

What the traditional table of hanziconv lacks or has otherwise, and signs for which Unicode gives no plain one.
"""

from __future__ import annotations

from typing import Final

_HAN: Final = """
著着洩泄裡里裏里邨村衖弄乾干後后於于夥伙徵征摺折麽么藉借佈布佔占併并侷局俬私倖幸僱雇儁俊兇凶冑胄凈净剎刹剷铲卹恤卽即厠厕
厤历叄叁吶呐唸念喫吃嚥咽垻坝埰采墰坛墻墙壎埙壜坛壠垅奼姹姦奸嫺娴嬀妫孃娘寀采峯峰崑昆崙仑嵗岁巖岩廕荫弒弑弔吊彔录彫雕
恆恒悽凄慄栗慼戚慾欲捱挨採采擣捣敎教旣既朮术枴拐柺拐査查桿杆棊棋榘矩榦干槓杠樑梁欅榉殭僵殻壳氂牦氾泛汎泛沖冲泝溯
溼湿滙汇潙沩濾滤燬毁燻熏燄焰爲为牀床牠它獃呆琱雕甦苏甯宁畵画痠酸癒愈皁皂盃杯盪荡眞真礆硷祂他祕秘稜棱箇个簑蓑糉粽糭粽絃弦
絶绝綑捆綵彩緑绿罈坛羣群羶膻翫玩脣唇脩修舘馆菴庵菸烟葯药蒐搜蓆席蔘参藴蕴蝨虱衆众衕同衚胡衞卫覈核託托註注証证説说謡谣
譁哗譟噪譭毁贜赃踰逾蹟迹輓挽週周遡溯醖酝醣糖釐厘釦扣鈅钥鈡钟鉅巨鉆钻鋭锐録录鍊炼鍼针鎌镰鎚锤鎭镇鑑鉴鑛矿閙闹閲阅闇暗陞升霑沾
頽颓餚肴餬糊餵喂鵰雕麪面麫面麴曲鹼碱抬抬擡抬妳你棃梨痺痹薰熏砲炮礮炮汚污蔴麻竃灶烖灾裱裱躭耽跥跺戸户徳德気气発发図图対对広广
舖铺峽峡硷碱谘咨嗬呵矽硅両两楽乐渋涩沢泽駅驿浄净険险関关闘斗鉄铁焼烧労劳営营栄荣桜樱帯带帰归権权転转軽轻辺边
"""
"""Variants, some Japanese forms among them; 著 means 着 here, for whoever writes 著火 must be heard."""

_RADICALS: Final = """
⺃乚⺅亻⺉刂⺌小⺍小⺒巳⺓幺⺖忄⺘扌⺙攵⺛旡⺝月⺞歺⺟母⺠民⺡氵⺣灬⺦丬⺧牛⺨犭⺩王⺪疋⺫罒⺬示⺭礻⺮竹⺰纟⺵网⺶羊⺷羊⺸羊
⺹耂⺺聿⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑长⻓长⻔门⻕阜⻖阝⻗雨⻘青
⻙韦⻚页⻛风⻜飞⻝食⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫齐⻬齐⻭齿⻮齿⻯龙⻰龙⻱龟⻲龟⻳龟
"""
"""What comes out of a PDF in place of a character. Unicode maps the other radicals itself."""

_SIGNS: Final = "➕+➖-○〇◯〇〡1〢2〣3〤4〥5〦6〧7〨8〩9"

_LOOK_ALIKES: Final = (
    "АAВBСCЕEНHІIЈJКKМMОOРPЅSТTХXаaеeоoрpсcуyхxіiјjѕsԛqԝw"  # Cyrillic
    "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοoνv"  # Greek
)


def _pairs(listed: str) -> dict[str, str]:
    signs = "".join(listed.split())
    return dict(zip(signs[::2], signs[1::2], strict=True))


def _latin_emoji() -> dict[str, str]:
    """Letters in black squares and circles, and those that make up flags."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return {chr(first + n): letter for first in (0x1F150, 0x1F170, 0x1F1E6) for n, letter in enumerate(letters)}


VARIANTS: Final = {
    **(_pairs(_HAN) | _pairs(_RADICALS) | _pairs(_SIGNS) | _pairs(_LOOK_ALIKES) | _latin_emoji()),
    **{"🔟": "10", "🐧": "企鹅"},
}
