"""法定途径期限: how long each legal way may take, to be read when somebody is sent there.

Knowledge, not a clock: nothing is reckoned from it. A row names the law it comes from; the article
only where it is known. The text in force decides, so the page asks to look it up.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LegalTerm:
    """A way, how long its steps may take, and the law that says so."""

    way: str
    steps: tuple[str, ...]
    law: str
    note: str = ""


LEGAL_TERMS = (
    LegalTerm(
        "信访登记、转送",
        (
            "信访部门 15 日内按三种方式处理",
            "其他机关当场或者 15 日内书面告知；收到转办的，15 日内书面告知信访人",
            "不属于本机关职权的，5 个工作日内提出异议",
        ),
        "《信访工作条例》第二十三条",
    ),
    LegalTerm(
        "信访办理（申诉求决走信访程序的）",
        ("60 日内办结", "负责人批准可以延长，不超过 30 日，并告知理由"),
        "《信访工作条例》第三十一条第六项、第三十四条",
    ),
    LegalTerm(
        "信访复查、复核",
        (
            "收到答复 30 日内请求",
            "30 日内出意见，听证的时间不算",
            "复核以后，同一事由不再受理",
        ),
        "《信访工作条例》",
    ),
    LegalTerm(
        "劳动争议调解、仲裁",
        (
            "调解 15 日没有达成协议，可以申请仲裁",
            "仲裁 45 日，可以延长不超过 15 日",
            "申请仲裁的时效 1 年",
            "拖欠报酬等协议不履行的，可以申请支付令",
        ),
        "《劳动争议调解仲裁法》",
    ),
    LegalTerm(
        "劳动监察",
        ("立案起 60 个工作日", "可以延长 30 个工作日"),
        "《劳动保障监察条例》",
    ),
    LegalTerm(
        "医疗纠纷人民调解、行政调解",
        (
            "30 个工作日，鉴定的时间不算，可以约定延长",
            "行政调解 5 个工作日内决定受不受理",
            "已经起诉的、别处已经受理的，不受理",
        ),
        "《医疗纠纷预防和处理条例》",
    ),
    LegalTerm(
        "交警调解损害赔偿",
        (
            "收到事故认定书 10 日内共同申请",
            "调解 10 日",
            "从丧葬结束、治疗终结、定残或者损失确定起算",
        ),
        "《道路交通安全法实施条例》",
    ),
    LegalTerm(
        "土地承包仲裁",
        ("60 日，可以延长不超过 30 日", "不服的，30 日内起诉"),
        "《农村土地承包经营纠纷调解仲裁法》",
    ),
    LegalTerm(
        "林权争议",
        (
            "审查 30 日",
            "调解不超过 6 个月，可以延长 6 个月",
            "裁决不超过 6 个月，可以延长 6 个月",
        ),
        "广东的地方规定",
        "别的省按本省的规定",
    ),
    LegalTerm(
        "行政复议",
        (
            "知道起 60 日内申请",
            "5 日内审查",
            "普通程序 60 日，可以延长不超过 30 日",
            "简易程序 30 日",
        ),
        "《行政复议法》",
    ),
    LegalTerm(
        "行政调解",
        (
            "不属于职能的，3 个工作日内移送",
            "5 个工作日内决定受不受理，复杂、跨部门的 10 个工作日",
            "调解 30 日",
        ),
        "深圳的地方条例",
        "别的地方按本地的规定",
    ),
    LegalTerm(
        "法律援助",
        ("7 日内审查", "3 日内指派"),
        "《法律援助法》",
    ),
    LegalTerm(
        "治安调解",
        (
            "民间纠纷引起、情节较轻的可以调解",
            "达成协议的不处罚",
            "没有达成或者不履行的，处罚，并告知可以民事诉讼",
        ),
        "《治安管理处罚法》第九条",
        "按 2012 年文本，2025 年修订以后的没有核对",
    ),
)
