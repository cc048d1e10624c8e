"""The files a city would hand in: people by the million, a year of events. Nobody in them lives."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

CITY, COUNTIES, TOWNS, VILLAGES = 1, 9, 90, 400  # 500 centres
GRIDS, MICRO, WORKERS, EVENTS = 4058, 24763, 7339, 760_000

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹"
FIRST = "建志德光正文家永国世忠兴学朝春金长绍开树"
SECOND = "明华顺荣平斌福昌良贵义旺文阳生宝林云祥清才佑亮杰然轩航豪东宇"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LAST = "10X98765432"
_DAYS = 7300  # twenty years from 1900: nobody born then is left
_CATEGORIES = ("矛盾纠纷", "安全隐患", "治安", "环境卫生", "民生求助", "设施损坏", "其他")
_ENDINGS = ("已处置", "已处置", "当场办了", "已处置", "核实不属实")


def village_codes() -> Iterator[str]:
    """The codes of the villages, spread over the towns."""
    for n in range(VILLAGES):
        town = n % TOWNS
        yield f"9901{town % COUNTIES + 1:02d}{100 + town:03d}{1 + n // TOWNS:03d}"


def grid_codes() -> Iterator[str]:
    """The codes of the grids, some ten in each village."""
    villages = list(village_codes())
    for n in range(GRIDS):
        yield f"{villages[n % VILLAGES]}{1 + n // VILLAGES:03d}"


def name(n: int) -> str:
    """A name; common surnames come more often."""
    k = n * 2654435761 % (1 << 32)
    surname = SURNAMES[int(len(SURNAMES) * ((k & 0xFFFF) / 65536) ** 1.8)]
    return surname + FIRST[(k >> 16) % len(FIRST)] + SECOND[(k >> 8) % len(SECOND)]


def id_number(n: int) -> str:
    """A number with a good last digit, another for every n below 7.2 million."""
    day = date(1900, 1, 1) + timedelta(days=n % _DAYS)
    first = f"990101{day.year}{day.month:02d}{day.day:02d}{1 + n // _DAYS:03d}"
    return first + _LAST[sum(int(d) * w for d, w in zip(first, _WEIGHTS, strict=True)) % 11]


def write_residents(path: Path, start: int, end: int) -> None:
    """Write people from `start` on, in no order of their grids."""
    codes = list(grid_codes())
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("姓名", "身份证号", "网格编码"))
        out.writerows((name(n), id_number(n), codes[n * 7919 % GRIDS]) for n in range(start, end))


def write_events(path: Path, now: datetime, count: int = EVENTS) -> None:
    """Write a year of events up to yesterday, each by a worker of its grid."""
    codes, first = list(grid_codes()), now - timedelta(days=366)
    step = timedelta(days=365) / count
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(
            (
                "编号",
                "网格编码",
                "类别",
                "说一句",
                "在哪",
                "上报时间",
                "上报人账号",
                "办结时间",
                "结果",
            )
        )
        for n in range(count):
            at, g = first + n * step, n * 7919 % GRIDS
            out.writerow(
                (
                    *(f"E{n}", codes[g], _CATEGORIES[n % 7], f"巡查看到的第{n}件，已和住户说明"),
                    *("小区门口", f"{at:%Y-%m-%d %H:%M:%S}", f"worker{g + 1}"),
                    *(f"{at + timedelta(hours=n % 20 + 1):%Y-%m-%d %H:%M:%S}", _ENDINGS[n % 5]),
                )
            )
