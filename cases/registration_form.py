"""新登记: what the window types while the visitor is talking, and its shape (`ux.md` §2.3)."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django import forms

from cases import choices
from cases.duplicates import Sketch
from cases.models import DisputeType
from cases.secrecy_question import SecrecyQuestion
from cases.services.registration import GROUP_SIZE, MOST_DELEGATES, PartyInput, Registration
from cases.suggestions import TypeSuggestion, suggest_types
from cases.vocabulary import PartyRole, Source, Special, Willing
from grids.models import GridEvent
from orgs.models import Department, Post, Region
from orgs.permissions import Permission
from zongzhi.lib.identity import IdKind, check_identity, check_phone

TO_TRIAGE = "triage"
ANOTHER = "other"  # the answer 另一件事
NARRATIVE_LEAST = 10
CHIPS = 4
NO_CARD = [("forgot", "没带证件"), ("refused", "不愿提供")]
_OTHER_PAPERS = [pair for pair in IdKind.choices if pair[0] != IdKind.RESIDENT]

# A name that ends like this is a unit's, not a person's.
_UNIT = re.compile(
    "(?:公司|集团|企业|工厂|厂|商店|店|超市|酒店|宾馆|医院|卫生院|卫生室|诊所|学校|小学|中学|大学|幼儿园|银行"
    "|信用社|合作社|物业|业委会|委员会|村委会|居委会|村民小组|政府|中心|局|处|所|站|队|办公室|工地|项目部|"
    "经营部|协会|养殖场|农场|林场|市场)$"
)

# A name and, behind it, a phone as people write it.
_DELEGATE = re.compile(r"(.*?)[\s:：(（]*([\d＋+][\d\s\-－]{4,}\d)?[)）]?", re.DOTALL)


class RegistrationForm(SecrecyQuestion):
    """The nine required things, and the few that may be known already."""

    TITLE: ClassVar[str] = "新登记"
    about: ClassVar[str] = "narrative"

    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    phone = forms.CharField(label="手机号", required=False, max_length=30)
    no_phone = forms.BooleanField(label="没有电话", required=False)
    name = forms.CharField(
        label="姓名",
        min_length=2,
        max_length=30,
        error_messages={
            "required": "还没填“姓名”",
            "min_length": "姓名至少 2 个字",
            "max_length": "姓名最多 30 个字",
        },
    )
    visitors = forms.IntegerField(
        label="人数",
        initial=1,
        min_value=1,
        max_value=500,
        error_messages={
            "required": "还没填“人数”，一个人就填 1",
            "invalid": "人数要写数字",
            "min_value": "人数至少是 1",
            "max_value": "人数最多 500",
        },
    )
    id_kind = forms.ChoiceField(
        label="换证件",
        required=False,
        initial=IdKind.RESIDENT.value,
        choices=[(IdKind.RESIDENT.value, "身份证"), ("换证件", _OTHER_PAPERS)],
        error_messages={"invalid_choice": "没有这种证件，重选一次"},
    )
    id_number = forms.CharField(label="身份证号", required=False, max_length=30)
    no_card = forms.ChoiceField(
        label="没有证件号", required=False, choices=[("", "有证件号"), *NO_CARD]
    )
    address = forms.CharField(
        label="住址",
        required=False,
        max_length=100,
        error_messages={"max_length": "住址最多 100 个字"},
    )
    delegates = forms.CharField(
        label="代表",
        required=False,
        max_length=300,
        help_text=f"推 1 到 {MOST_DELEGATES} 名代表；还没推好可以空着，不影响登记",
        error_messages={"max_length": "代表写得太长，只写姓名和手机号"},
    )
    opponents = forms.CharField(label="对方", required=False, max_length=200)
    place = forms.ChoiceField(
        label="发生地",
        error_messages={"required": "还没选“发生地”", "invalid_choice": "没有这个地方，重选一次"},
    )
    narrative = forms.CharField(
        label="事情和要求",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "还没写“事情和要求”，说清“因为什么、要什么”",
            "max_length": "事情和要求最多 2000 个字",
        },
    )
    type = forms.ChoiceField(
        label="类型",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "没有这个类型，重选一次"},
    )
    other_type = forms.ChoiceField(
        label="更多类型",
        required=False,
        error_messages={"invalid_choice": "没有这个类型，重选一次"},
    )
    special = forms.MultipleChoiceField(
        label="特别情况",
        choices=Special.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "还没选“特别情况”，没有就选 0",
            "invalid_choice": "特别情况里没有“%(value)s”",
        },
    )
    willing = forms.ChoiceField(
        label="愿意调解",
        choices=Willing.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "还没选“愿意调解”", "invalid_choice": "重选“愿意调解”"},
    )
    destination = forms.ChoiceField(
        label="去向",
        initial=TO_TRIAGE,
        error_messages={"required": "还没选“去向”", "invalid_choice": "没有这个单位，重选一次"},
    )
    same = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)
    group = forms.BooleanField(label="建议并为群体事项", required=False)
    direct = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    consultation = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    grid_event = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        post: Post,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.post = post
        fresh = {"submission_id": uuid.uuid4(), **(initial or {})}
        super().__init__(data, initial=fresh)
        self.draft_id = as_uuid(self.typed("submission_id")) or uuid.uuid4()
        self.suggested = suggest_types(self.typed("narrative"))
        self._offer_types()
        self._offer_places()
        self._choices("destination", [(TO_TRIAGE, "交分流台研判"), *_units(post)])
        for name, attrs in _ATTRS.items():
            self.fields[name].widget.attrs.update(attrs)

    def typed(self, name: str) -> str:
        """What the field holds now, checked or not: as it was sent, or as the page begins."""
        given = self[name].value()
        return str(given or "").strip()

    def _offer_types(self) -> None:
        """The suggested types as the first chips, then the usual ones; the rest under 更多."""
        named = dict(choices.type_options())
        usual = choices.usual_types(self.post.center, most=CHIPS)
        chosen, other = self.typed("type"), self.typed("other_type")
        codes = dict.fromkeys([*(s.code for s in self.suggested), *usual])
        chips = [code for code in codes if code in named and code != other][:CHIPS]
        if chosen in named and chosen not in chips:
            chips = [*chips[: CHIPS - 1], chosen]
        self._choices("type", [(code, named[code]) for code in chips])
        rest = [(code, name) for code, name in named.items() if code not in chips]
        self._choices("other_type", [("", "更多…"), *rest])

    def _offer_places(self) -> None:
        """Villages by town; the script makes two selects of it and needs their initials."""
        center = self.post.center
        self._choices("place", [("", "选村（社区）"), *choices.places_below(center)])
        initials = json.dumps(choices.place_initials(center), ensure_ascii=False)
        self.fields["place"].widget.attrs["data-initials"] = initials

    @cached_property
    def event(self) -> GridEvent | None:
        """The grid event that this is raised from; whether it may be is for the door to say."""
        number = self.typed("grid_event")
        return GridEvent.objects.filter(number=number).first() if number else None

    @property
    def chosen_type(self) -> str:
        return self.typed("type") or self.typed("other_type")

    @property
    def best_type(self) -> TypeSuggestion | None:
        """What the text reads like, while nobody has chosen."""
        return self.suggested[0] if self.suggested else None

    @property
    def asks_for_type(self) -> bool:
        """「没看出类型，请选」: there is a text, and no word in it speaks for any type."""
        return bool(self.typed("narrative")) and not self.suggested and not self.chosen_type

    def _choices(self, name: str, options: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = options

    @property
    def type_errors(self) -> list[str]:
        return [*self["type"].errors, *self["other_type"].errors]

    def clean_phone(self) -> str:
        text = str(self.cleaned_data["phone"]).strip()
        if text:
            return _checked(check_phone, text)
        if not self.data.get("no_phone"):
            raise forms.ValidationError("还没填“手机号”。没有电话可勾“没有电话”")
        return ""

    def clean_id_number(self) -> str:
        text = str(self.cleaned_data["id_number"]).strip()
        if text:
            return _checked(self._check_paper, text)
        if not self.data.get("no_card"):
            said = f"还没填“{self.paper.number_label}”。没带可选“没带证件”"
            raise forms.ValidationError(said)
        return ""

    @property
    def paper(self) -> IdKind:
        """The paper whose number is typed; a 身份证 until another is chosen."""
        kind = self.typed("id_kind")
        return IdKind(kind) if kind in IdKind.values else IdKind.RESIDENT

    def _check_paper(self, number: str) -> str:
        return check_identity(self.paper, number)

    def clean_delegates(self) -> list[tuple[str, str]]:
        found = delegates_in(str(self.cleaned_data["delegates"]))
        if len(found) > MOST_DELEGATES:
            said = f"代表最多 {MOST_DELEGATES} 人，现在是 {len(found)} 人"
            raise forms.ValidationError(said)
        return [_checked_delegate(name, phone) for name, phone in found]

    def clean_narrative(self) -> str:
        text = str(self.cleaned_data["narrative"]).strip()
        if len(text) < NARRATIVE_LEAST:
            raise forms.ValidationError(
                f"事情和要求写得太短（{len(text)} 字），至少说清“因为什么、要什么”"
            )
        return text

    def clean_special(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["special"]
        if Special.NONE in chosen and len(chosen) > 1:
            raise forms.ValidationError("选了“都没有”，就不能再选别的特别情况")
        return chosen

    def clean_destination(self) -> str:
        """Threats go to the triage desk, whatever was chosen: it decides who is told first."""
        threat = Special.THREAT in self.cleaned_data.get("special", [])
        return TO_TRIAGE if threat else str(self.cleaned_data["destination"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, other = data.get("type"), data.get("other_type")
        if kind and other:
            self.add_error("type", "类型选了两个，留一个")
        elif not kind and not other and "type" not in self.errors:
            self.add_error("type", "还没选“类型”")
        self.ask_secrecy()
        return data

    def sketch(self) -> Sketch:
        """What is known so far, from a form that need not be complete."""
        return Sketch(
            phones=_if_checked(check_phone, self.typed("phone")),
            id_numbers=_if_checked(self._check_paper, self.typed("id_number")),
            type_code=self.chosen_type,
            opponents=opponent_names(self.typed("opponents")),
            region_code=self.typed("place"),
            submission_id=self.draft_id,
        )

    def registration(
        self, *, separate_from: Sequence[int] = (), group_with: Sequence[int] = ()
    ) -> Registration:
        """What was typed, ready for the service, with what was said about other cases."""
        data = self.cleaned_data
        unit = data["destination"]
        whole = self.post.gives(Permission.VIEW_CENTER)
        return Registration(
            source=Source.WINDOW if whole and not self.event else Source.GRID,
            narrative=data["narrative"],
            type=DisputeType.objects.get(code=data["type"] or data["other_type"]),
            occurred_region=Region.objects.get(code=data["place"]),
            parties=[self._applicant(), *self._opponents(), *self._delegates()],
            special=[Special(flag) for flag in data["special"]],
            willing_to_mediate=Willing(data["willing"]),
            visitors=data["visitors"],
            suggested_unit=None if unit == TO_TRIAGE else Department.objects.get(code=unit),
            submission_id=data["submission_id"],
            no_id_reason="" if data["id_number"] else data["no_card"],
            not_secret=self.said_not_secret,
            separate_from=separate_from,
            group_with=group_with,
            consultation_id=data["consultation"],
            grid_event=data["grid_event"],
            grid=self.event.grid if self.event else None,
            direct_rule=data["direct"],
        )

    def _applicant(self) -> PartyInput:
        data = self.cleaned_data
        return PartyInput(
            role=PartyRole.APPLICANT,
            name=data["name"].strip(),
            phone=data["phone"],
            id_number=data["id_number"],
            id_kind=self.paper,
            address=data["address"],
        )

    def _delegates(self) -> list[PartyInput]:
        """Only of a group: what was typed before the number went down again is not theirs."""
        if self.cleaned_data["visitors"] < GROUP_SIZE:
            return []
        given = self.cleaned_data["delegates"]
        return [PartyInput(role=PartyRole.DELEGATE, name=name, phone=tel) for name, tel in given]

    def _opponents(self) -> list[PartyInput]:
        return [
            PartyInput(role=PartyRole.RESPONDENT, name=name, is_organization=is_unit_name(name))
            for name in opponent_names(self.cleaned_data["opponents"])
        ]


_ATTRS: dict[str, dict[str, Any]] = {
    "phone": {"inputmode": "numeric", "autocomplete": "off", "data-focus": ""},
    "name": {"autocomplete": "off"},
    "visitors": {
        "class": "control--short",
        "inputmode": "numeric",
        "data-group-from": str(GROUP_SIZE),
    },
    "id_number": {"autocomplete": "off"},
    "id_kind": {"class": "register__paper"},
    "no_card": {"class": "control--auto", "data-other-of": "id_number"},
    "delegates": {
        "autocomplete": "off",
        "placeholder": "姓名 手机号，可多个，用顿号隔开",
    },
    "address": {"autocomplete": "off"},
    "opponents": {"autocomplete": "off", "placeholder": "姓名或单位，可多个，用顿号隔开"},
    "place": {"data-place": ""},
    "narrative": {"placeholder": "谁和谁、因为什么、要求怎么解决。两三句话即可，详细情况可以后补"},
    "other_type": {"class": "control--auto", "data-other-of": "type"},
}


def opponent_names(text: str) -> list[str]:
    """The other side, as typed: several names between commas of any kind, each once."""
    names = (part.strip()[:60] for part in re.split(r"[、，,;；]", text))
    return list(dict.fromkeys(name for name in names if name))


def delegates_in(text: str) -> list[tuple[str, str]]:
    """The 代表 as typed, each once: (name, phone), the phone behind the name or not given."""
    parts = (part.strip() for part in re.split(r"[、，,;；\n]", text))
    found = [_DELEGATE.fullmatch(part) for part in parts if part]
    return list(dict.fromkeys((m[1].strip(), (m[2] or "").strip()) for m in found if m))


def _checked_delegate(name: str, phone: str) -> tuple[str, str]:
    if not 2 <= len(name) <= 30:
        raise forms.ValidationError("代表的姓名要写 2 到 30 个字，手机号写在姓名后面")
    try:
        return name, check_phone(phone) if phone else ""
    except ValueError as error:
        raise forms.ValidationError(f"代表{name}：{error}") from error


def is_unit_name(name: str) -> bool:
    """Whether a name reads like a unit's, as the window types it."""
    return bool(_UNIT.search(name))


def _if_checked(check: Any, text: str) -> list[str]:
    """The number as it is stored, once it is a whole one."""
    try:
        return [str(check(text))] if text else []
    except ValueError:
        return []


def as_uuid(text: str) -> uuid.UUID | None:
    """The submission id a text names; None when it names none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _checked(check: Any, text: str) -> str:
    try:
        return str(check(text))
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


def _units(post: Post) -> list[tuple[str, Any]]:
    """Whom the window may suggest: the bureaus and bodies of its centre, the centres below."""
    units = Department.objects.filter(is_active=True)
    ours = units.filter(center=post.center).exclude(runs=post.center)
    groups: dict[str, list[tuple[str, str]]] = {}
    for unit in ours.order_by("kind", "pk"):
        groups.setdefault(unit.get_kind_display(), []).append((unit.code, unit.name))
    below = units.filter(runs__parent=post.center).exclude(center=post.center)
    lower = [(unit.code, unit.name) for unit in below]
    return [*groups.items(), *([("下级中心", lower)] if lower else [])]
