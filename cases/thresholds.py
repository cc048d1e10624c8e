"""How far things may go: the steps of the ladder, what each level may try, how long a way back is
open. Figures are data with a day they hold from (`ThresholdRule`); these names are what the code
asks for, and these values what an installation starts with.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Threshold(StrEnum):
    """A figure that a centre may set; `STANDARDS` says what it means."""

    NEAR_PERCENT = "near_percent"
    NEAR_DAYS = "near_days"
    NEAR_HOURS = "near_hours"
    ANSWER_DAYS = "answer_days"
    RED_DAYS = "red_days"
    TALK_DAYS = "talk_days"
    STILL_DAYS = "still_days"
    WHISTLE_MINUTES = "whistle_minutes"
    RECALL_MINUTES = "recall_minutes"
    UNDO_CLAIM_MINUTES = "undo_claim_minutes"
    RETURN_DAYS = "return_days"
    PAUSE_DAYS = "pause_days"
    REOPEN_DAYS = "reopen_days"
    UNMERGE_DAYS = "unmerge_days"
    COMPULSORY_MINUTES = "compulsory_minutes"
    ATTEMPTS = "attempts"
    LEVEL_DAYS = "level_days"
    TASK_DAYS = "task_days"
    CLUE_DAYS = "clue_days"
    PETITION_MORE_DAYS = "petition_more_days"
    OVERRIDES_PERCENT = "overrides_percent"
    OVERRIDES_LEAST = "overrides_least"
    SIGN_PERSONS = "sign_persons"
    SIGN_DAYS = "sign_days"
    SIGN_RECENT_DAYS = "sign_recent_days"
    SIGN_BEFORE_DAYS = "sign_before_days"
    SIGN_FEWEST = "sign_fewest"
    SIGN_PERCENT = "sign_percent"
    SIGN_SEASON_DAYS = "sign_season_days"
    SIGN_VISITS = "sign_visits"


@dataclass(frozen=True)
class Standard:
    """What a threshold is called, what it counts in, and between what it may be set."""

    label: str
    unit: str
    value: int
    least: int
    most: int
    hint: str = ""
    by_level: bool = False  # whether levels may differ


STANDARDS: dict[Threshold, Standard] = {
    Threshold.NEAR_PERCENT: Standard("临期：剩下不到", "%", 20, 1, 50, "与临期天数取长的"),
    Threshold.NEAR_DAYS: Standard("临期：最少提前", "个工作日", 1, 1, 10),
    Threshold.NEAR_HOURS: Standard("临期：一天以内的时限提前", "个工作小时", 4, 1, 8),
    Threshold.ANSWER_DAYS: Standard("督办单几天内答复", "个工作日", 2, 1, 10),
    Threshold.RED_DAYS: Standard("超期几天记红牌", "个工作日", 5, 1, 60, "一超期先记黄牌"),
    Threshold.TALK_DAYS: Standard(
        "督办单过期几天建议约谈", "个工作日", 0, 0, 30, "0 为一过期就建议"
    ),
    Threshold.STILL_DAYS: Standard("多久没动静算久无进展", "个工作日", 5, 1, 60),
    Threshold.WHISTLE_MINUTES: Standard("吹哨后多久要应哨", "分钟", 30, 5, 480),
    Threshold.RECALL_MINUTES: Standard("派出后多久能撤回", "分钟", 5, 1, 60),
    Threshold.UNDO_CLAIM_MINUTES: Standard("签收后多久能撤销", "分钟", 10, 1, 60),
    Threshold.RETURN_DAYS: Standard(
        "收到后几天内能退回", "个工作日", 5, 1, 30, "信访工作条例第二十三条：5 个工作日"
    ),
    Threshold.PAUSE_DAYS: Standard("最长暂停计时", "天", 30, 1, 180),
    Threshold.REOPEN_DAYS: Standard("结案后多久能重新办理", "天", 180, 1, 1095),
    Threshold.UNMERGE_DAYS: Standard("并案后多久能撤销", "天", 7, 1, 30),
    Threshold.COMPULSORY_MINUTES: Standard("强制报告最晚", "分钟", 30, 5, 240, "不分昼夜"),
    Threshold.ATTEMPTS: Standard(
        "这一级最多调几次", "次", 3, 1, 20, "用完就可以提级", by_level=True
    ),
    Threshold.LEVEL_DAYS: Standard(
        "这一级最多办几天", "天", 0, 0, 365, "0 为不按天数提级", by_level=True
    ),
    Threshold.TASK_DAYS: Standard("会商任务默认几天办完", "个工作日", 5, 1, 60),
    Threshold.CLUE_DAYS: Standard("移送的线索几天内签收", "个工作日", 1, 1, 10),
    Threshold.PETITION_MORE_DAYS: Standard(
        "信访办结最多延长", "天", 30, 1, 30, "信访工作条例第三十四条：不超过 30 日"
    ),
    Threshold.OVERRIDES_PERCENT: Standard("分流规则：改派超过多少要看看", "%", 30, 1, 100),
    Threshold.OVERRIDES_LEAST: Standard("分流规则：至少命中几次才看", "次", 10, 1, 1000),
    Threshold.SIGN_PERSONS: Standard("苗头：同一对方被几个人反映", "人起", 3, 2, 50),
    Threshold.SIGN_DAYS: Standard("苗头：同一对方看最近几天", "天", 90, 7, 365),
    Threshold.SIGN_RECENT_DAYS: Standard("苗头：上升的类型，看最近几天", "天", 30, 7, 180),
    Threshold.SIGN_BEFORE_DAYS: Standard(
        "苗头：上升的类型，和此前几天比", "天", 90, 7, 365, "按天数折成一样长再比"
    ),
    Threshold.SIGN_FEWEST: Standard("苗头：上升的类型，最少几件才提示", "件", 5, 1, 1000),
    Threshold.SIGN_PERCENT: Standard(
        "苗头：上升的类型，到此前平均的多少", "%", 150, 101, 1000, "150% 就是 1.5 倍"
    ),
    Threshold.SIGN_SEASON_DAYS: Standard("苗头：春节前几天起提示欠薪", "天", 90, 7, 180),
    Threshold.SIGN_VISITS: Standard("苗头：来访几次算反复来访", "次起", 3, 2, 50),
}
