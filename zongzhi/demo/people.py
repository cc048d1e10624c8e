"""Invented citizens: names, identity numbers and telephones that can belong to nobody.

Everything is a function of an index, so that the same index is the same person on every machine.
Identity numbers carry the invented division 990101 and a birth year 1900-1919; mobile numbers
come from 154, a prefix no operator has been given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

from zongzhi.lib.identity import check_digit

Sex = Literal["male", "female"]
SEXES: tuple[Sex, Sex] = ("male", "female")

# Common surnames come first and, by their weight, more often.
SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋"
    "杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙"
    "陶贺顾毛郝龚邵万覃武钱严洪汤施普字自茶"
)
COMPOUND_SURNAMES = ("欧阳", "司徒", "上官", "诸葛")

_MALE = """
建明 志华 德顺 光荣 正平 文斌 家福 永昌 国良 世贵 忠义 兴旺 学文 朝阳 春生 金宝 长林 绍云 开祥 树清
发祥 有才 宗林 天佑 明亮 俊杰 浩然 子轩 宇航 嘉豪 晓东 振宇 海涛 鹏程 少华 江涛 志远 立新 云飞 松柏
占云 顺才 加顺 应昌 自祥 洪福 荣贵 贵生 福林 树林
"""
_FEMALE = """
秀英 桂芬 丽华 美兰 玉珍 春梅 秋菊 凤仙 翠花 素芬 小红 晓燕 雪梅 丽萍 慧芳 艳琼 琼仙 彩霞 金凤 兰英
思雨 欣怡 雨桐 诗涵 佳琪 梦洁 文静 海燕 红梅 建芬 会芬 存芝 正仙 应芬 菊仙 荣芬 惠琼 明珍 加珍 顺芝
绍芬 树芬 学琴 永芳 开秀 竹英 莲芝 桂仙 云芬 志琴
"""
GIVEN: dict[Sex, tuple[str, ...]] = {
    "male": tuple(_MALE.split()),
    "female": tuple(_FEMALE.split()),
}
# Names that break naive software: 4-byte characters, the interpunct, many and few characters.
RARE_NAMES: tuple[tuple[str, Sex], ...] = (
    ("杨䶮", "male"),
    ("李𬍛", "female"),
    ("赵㼆", "female"),
    ("热孜宛古丽·买买提", "female"),
    ("阿不都·克里木", "male"),
    ("普𬀪", "male"),
    ("欧阳𫖯", "male"),
    ("吉克·阿依", "female"),
)
RARE_EVERY = 61

_FIRST_BIRTHDAY = date(1900, 1, 1)
_BIRTHDAYS = (date(1919, 12, 31) - _FIRST_BIRTHDAY).days + 1
_SERIALS = 499
_DIVISION = "990101"


@dataclass(frozen=True, slots=True)
class Citizen:
    name: str
    sex: Sex
    id_number: str
    phone: str


def id_number(index: int, sex: Sex) -> str:
    """A valid identity number of nobody; different for every index below 3.6 million."""
    # A prime stride scatters neighbours over the twenty years.
    birthday = _FIRST_BIRTHDAY + timedelta(days=index * 2819 % _BIRTHDAYS)
    serial = 2 * (index // _BIRTHDAYS % _SERIALS) + (1 if sex == "male" else 2)
    first17 = f"{_DIVISION}{birthday:%Y%m%d}{serial:03d}"
    return first17 + check_digit(first17)


def mobile(index: int) -> str:
    """A mobile number that rings nowhere; different for every index below 100 million."""
    return f"154{index * 7919 % 100_000_000:08d}"


def landline(index: int) -> str:
    """An office number that rings nowhere: no local number begins with 0."""
    return f"0990-{index % 100_000:07d}"


def name_of(index: int, sex: Sex) -> str:
    """An ordinary invented name. Two people may share one, as in life."""
    draw = Random(f"name-{index}")
    if draw.random() < 0.01:
        surname = draw.choice(COMPOUND_SURNAMES)
    else:
        surname = SURNAMES[int(len(SURNAMES) * draw.random() ** 1.8)]
    return surname + draw.choice(GIVEN[sex])


def citizen(index: int, sex: Sex | None = None) -> Citizen:
    """The citizen with this index. Every 61st has a name that tests fonts and columns."""
    drawn = Random(f"sex-{index}").choice(SEXES) if sex is None else sex
    name = name_of(index, drawn)
    if index % RARE_EVERY == RARE_EVERY - 1:
        rare, rare_sex = RARE_NAMES[index // RARE_EVERY % len(RARE_NAMES)]
        if sex in (None, rare_sex):
            name, drawn = rare, rare_sex
    return Citizen(name, drawn, id_number(index, drawn), mobile(index))
