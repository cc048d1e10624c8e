"""Identity numbers (GB 11643), telephone numbers and names: checked, read and masked.

A refusal is a ValueError whose message is a sentence for the person typing (ux.md §3.6).
"""

import re
import unicodedata
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import TextChoices

from zongzhi.lib import clock

ADULT = 18
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"

_COMPOUND = (
    "欧阳 上官 司马 东方 独孤 南宫 夏侯 诸葛 尉迟 赫连 澹台 皇甫 濮阳 公孙 慕容 钟离 长孙 宇文 "
    "司徒 司空 令狐 轩辕 端木 百里 呼延 东郭 西门 闻人 申屠 太史 鲜于 拓跋 闾丘 公冶 万俟 完颜"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())


class IdKind(TextChoices):
    """身份证 and the papers that stand in its place (换证件)."""

    RESIDENT = "resident", "居民身份证"
    PASSPORT = "passport", "护照"
    HONGKONG = "hongkong", "港澳居民来往内地通行证"
    TAIWAN = "taiwan", "台湾居民来往大陆通行证"
    FOREIGNER = "foreigner", "外国人永久居留身份证"
    OTHER = "other", "其他证件"

    @property
    def number_label(self) -> str:
        """What its number is called: 身份证号, 护照号."""
        return "身份证号" if self == IdKind.RESIDENT else f"{self.label}号"


class _Length(NamedTuple):
    least: int
    most: int


# Old and new issues; letters and digits are all that can be checked without the issuer.
_LENGTHS = {
    IdKind.PASSPORT: _Length(5, 15),
    IdKind.HONGKONG: _Length(9, 11),
    IdKind.TAIWAN: _Length(8, 11),
    IdKind.FOREIGNER: _Length(15, 18),
    IdKind.OTHER: _Length(5, 30),
}


def check_identity(kind: str, text: str) -> str:
    """Return the normalised number of a paper of that kind, or raise ValueError."""
    if kind == IdKind.RESIDENT:
        return check_id_number(text)
    paper = IdKind(kind)
    number = re.sub(r"[-‐-―−()]", "", normalise_id(text))
    if strange := re.sub(r"[A-Z0-9]", "", number):
        raise ValueError(f"{paper.number_label}只能是字母和数字，现在有“{strange[0]}”")
    least, most = _LENGTHS[paper]
    if not least <= len(number) <= most:
        raise ValueError(f"{paper.number_label}应为 {least} 到 {most} 位，现在是 {len(number)} 位")
    return number


def normalise_id(text: str) -> str:
    """Return the number as stored: half-width, no spaces, x as X."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def check_id_number(text: str) -> str:
    """Return the normalised number of a real 18-digit identity card, or raise ValueError."""
    number = normalise_id(text)
    if len(number) != 18:
        raise ValueError(f"身份证号应为 18 位，现在是 {len(number)} 位")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise ValueError("身份证号只能是数字，最后一位可以是 X，再核对一次")
    birth = number[6:14]
    try:
        born = birth_date(number)
    except ValueError:
        raise ValueError(f"身份证号第 7–14 位“{birth}”不是日期，再核对一次") from None
    if born > clock.today():
        raise ValueError(f"身份证号第 7–14 位“{birth}”还没有到，再核对一次")
    if number[17] != (expected := check_digit(number)):
        raise ValueError(f"身份证号最后一位对不上，应为 {expected}。可能前面抄错了一位")
    return number


def check_digit(number: str) -> str:
    """Return the last character that the first 17 digits ask for (ISO 7064, MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return CHECK_DIGITS[total % 11]


def birth_date(number: str) -> date:
    """Return the date of birth written in a normalised number; ValueError if it is no date."""
    return datetime.strptime(number[6:14], "%Y%m%d").date()  # noqa: DTZ007 a date has no zone


def sex(number: str) -> str:
    """Return 男 or 女 as a checked number says."""
    return "男" if int(number[16]) % 2 else "女"


def age(number: str, today: date) -> int:
    """Return the completed years of life on that day."""
    born = birth_date(number)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def is_minor(number: str, today: date) -> bool:
    """Say whether the holder of a checked number is under 18 on that day (民法典 17 条)."""
    return age(number, today) < ADULT


def normalise_phone(text: str) -> str:
    """Return the number as stored: digits only, no spaces, hyphens, brackets or +86."""
    bare = re.sub(r"[\s\-‐-―−()]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"^(\+|00)86", "", bare)


def check_phone(text: str) -> str:
    """Return a normalised mobile number, or landline with area code, or raise ValueError."""
    number = normalise_phone(text)
    if strange := re.sub(r"[0-9]", "", number):
        raise ValueError(f"电话只能有数字和短横，现在有“{strange[0]}”")
    if number.startswith("00"):
        raise ValueError("区号只以一个 0 开头，再核对一次")
    if number.startswith("0"):
        if not 10 <= len(number) <= 12:
            raise ValueError(f"座机连区号应为 10 到 12 位，现在是 {len(number)} 位")
    elif 7 <= len(number) <= 8 and not number.startswith("1"):
        raise ValueError("座机前面要加区号，例如 0873-7221234")
    elif len(number) != 11:
        raise ValueError(f"手机号应为 11 位，现在是 {len(number)} 位。没有电话可勾“没有电话”")
    elif not number.startswith("1"):
        raise ValueError("手机号应以 1 开头，座机应以区号 0 开头，再核对一次")
    return number


def mask_id(number: str) -> str:
    """Return the first 6 and last 4 characters with stars between; all stars if it is short."""
    hidden = len(number) - 10
    return number[:6] + "*" * hidden + number[-4:] if hidden > 0 else "*" * len(number)


def mask_identity(kind: str, number: str) -> str:
    """Return the number of a paper of that kind behind stars; others than 身份证 show 3 digits."""
    if kind == IdKind.RESIDENT:
        return mask_id(number)
    return "*" * (len(number) - 3) + number[-3:]


def mask_phone(number: str) -> str:
    """Return a normalised number with four digits hidden: 138****5621, 0873****234."""
    shown = 3 if re.match(r"1|010|02", number) else 4
    if len(number) < 10:
        return "*" * len(number)
    return number[:shown] + "****" + number[shown + 4 :]


def mask_name(name: str, *, minor: bool = False, organisation: bool = False) -> str:
    """Return 张** for a person and 李某 for a minor; organisations keep their name."""
    if organisation or not name:
        return name
    surname = name[:2] if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else name[0]
    return surname + ("某" if minor else "**")
