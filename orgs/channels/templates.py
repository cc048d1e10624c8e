"""The messages that can go out, by name. The gateway knows the same names and fills in the words.

No free text goes out and no name of a party: only what stands in `parameters`. The texts here are
what an e-mail says and what has to be registered with the gateway (docs/channels.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orgs.models.notices import Topic


@dataclass(frozen=True)
class Template:
    """One message. `text` has its parameters in braces; for a citizen it says 您, for staff not."""

    name: str
    label: str
    text: str
    parameters: tuple[str, ...]
    for_citizens: bool = False


CITIZEN_REGISTERED = "citizen_registered"
CITIZEN_RESULT = "citizen_result"
CITIZEN_RESULT_LINK = "citizen_result_link"
CITIZEN_MEETING = "citizen_meeting"
CITIZEN_MEETING_OFF = "citizen_meeting_off"
TEST = "test"

_STAFF = {
    Topic.NEAR: "事项 {number} 快到期，登录系统查看。",
    Topic.OVERDUE: "事项 {number} 已到期或超期，登录系统查看。",
    Topic.SUPERVISED: "事项 {number} 有督办、批示或约谈，登录系统查看。",
    Topic.URGENT: "事项 {number} 要强制报告，马上登录系统处理。",
    Topic.WHISTLE: "有吹哨（{number}），马上登录系统查看。",
    Topic.PAPER: "事项 {number} 有文书待签收回执，登录系统签收。",
}

TEMPLATES: dict[str, Template] = {
    template.name: template
    for template in (
        *(
            Template(f"staff_{topic}", topic.label, text, ("number",))
            for topic, text in _STAFF.items()
        ),
        Template(
            CITIZEN_REGISTERED,
            "登记后告诉来访人",
            "您反映的事已登记，编号 {number}。要问进度打 {phone}。",
            ("number", "phone"),
            for_citizens=True,
        ),
        Template(
            CITIZEN_RESULT,
            "有结果告诉来访人",
            "您反映的事（编号 {number}）已有结果。要问打 {phone}。",
            ("number", "phone"),
            for_citizens=True,
        ),
        Template(
            CITIZEN_RESULT_LINK,
            "有结果告诉来访人（带网址）",
            "您反映的事（编号 {number}）已有结果。查看和评价：{link}，或打 {phone}。",
            ("number", "phone", "link"),
            for_citizens=True,
        ),
        Template(
            CITIZEN_MEETING,
            "请来访人来参加调解",
            "请您 {time} 到{place}（编号 {number}）。来不了打 {phone}。",
            ("time", "place", "number", "phone"),
            for_citizens=True,
        ),
        Template(
            CITIZEN_MEETING_OFF,
            "约好的不用来了",
            "原定 {time} 的安排取消（编号 {number}），不用来了。要问打 {phone}。",
            ("time", "number", "phone"),
            for_citizens=True,
        ),
        Template(TEST, "试发", "这是一条测试，收到说明通道是通的。", ()),
    )
}


def staff_template(topic: str) -> str:
    """The name of the message that a notice of this topic sends."""
    return f"staff_{topic}"


def wording(name: str, parameters: Mapping[str, str]) -> str:
    """The words of a message, where we are the ones to write them out."""
    return TEMPLATES[name].text.format_map(dict(parameters))
