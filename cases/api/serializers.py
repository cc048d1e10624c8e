"""What the API takes to register a case, and what it says of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from rest_framework import serializers

from cases.acts import allowed
from cases.lights import colour_of
from cases.models import Case, DisputeType, Party
from cases.presenting import show_party
from cases.services.registration import PartyInput, Registration
from cases.vocabulary import (
    Closure,
    Complexity,
    Label,
    PartyRole,
    Risk,
    Source,
    Special,
    Stage,
    Willing,
)
from orgs.models import Region, User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.copies import Copies
from zongzhi.lib.identity import IdKind, check_identity, check_phone
from zongzhi.lib.light import MARKS

MOST_PARTIES = 50
MOST_VISITORS = 500
LEAST_WORDS, MOST_WORDS = 10, 2000
ANY_TOKEN = "-" * 22


def _not_given(label: str) -> dict[str, Any]:
    said = f"还没填“{label}”"
    return {"required": said, "blank": said, "null": said, "invalid": f"“{label}”要是文字"}


def _chosen(choices: Any, label: str) -> serializers.ChoiceField:
    said = f"还没选“{label}”"
    return serializers.ChoiceField(
        choices=choices,
        label=label,
        error_messages={
            "required": said,
            "null": said,
            "invalid_choice": f"{label}里没有“{{input}}”",
        },
    )


class StrictCharField(serializers.CharField):
    """Text only: a number where a word belongs is a mistake of the client."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class ByCode(StrictCharField):
    """A row of reference data, named by its code."""

    def __init__(self, rows: Copies[Any], *, label: str, unknown: str) -> None:
        self.rows = rows
        messages: dict[str, Any] = {**_not_given(label), "unknown": unknown}
        super().__init__(label=label, error_messages=messages)

    def to_internal_value(self, data: Any) -> Any:
        code = super().to_internal_value(data)
        user: User = self.context["request"].user
        row = self.rows.of([code], user.reference_revision).get(code)
        if row is None:
            self.fail("unknown", input=code)
        return row


class Checked(StrictCharField):
    """Text that one of `zongzhi.lib.identity` checks; its sentence is the error."""

    def __init__(self, check: Callable[[str], str], *, label: str) -> None:
        self.check = check
        super().__init__(
            label=label,
            required=False,
            allow_blank=True,
            allow_null=True,
            default="",
            max_length=40,
            error_messages={"invalid": f"“{label}”要是文字"},
        )

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return self.check(text) if text else ""
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error


class PartyInputSerializer(serializers.Serializer[Any]):
    role = _chosen(PartyRole.choices, "身份")
    name = StrictCharField(label="姓名或单位名称", max_length=60, error_messages=_not_given("姓名"))
    phone = Checked(check_phone, label="电话")
    id_kind = serializers.ChoiceField(
        choices=IdKind.choices,
        label="证件",
        default=IdKind.RESIDENT.value,
        error_messages={"invalid_choice": "证件里没有“{input}”", "null": "还没选“证件”"},
    )
    id_number = Checked(str.strip, label="证件号")
    address = StrictCharField(
        label="住址",
        required=False,
        allow_blank=True,
        allow_null=True,
        default="",
        max_length=100,
        error_messages={"invalid": "“住址”要是文字"},
    )
    is_organization = serializers.BooleanField(label="是单位", required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["is_organization"] and attrs["id_number"]:
            raise serializers.ValidationError({"id_number": "单位不填身份证号"})
        if attrs["id_number"]:
            attrs["id_number"] = self._checked(attrs["id_kind"], attrs["id_number"])
        return attrs

    def _checked(self, kind: str, number: str) -> str:
        try:
            return check_identity(kind, number)
        except ValueError as error:
            raise serializers.ValidationError({"id_number": str(error)}) from error


class RegistrationSerializer(serializers.Serializer[Any]):
    """The nine things a registration needs (`ux.md` §2.3)."""

    source = _chosen(Source.choices, "来源")  # type: ignore[assignment]
    narrative = StrictCharField(
        label="事情和要求", max_length=MOST_WORDS, error_messages=_not_given("事情和要求")
    )
    type = ByCode(
        Copies(lambda: DisputeType.objects.filter(is_active=True), by="code", whole=True),
        label="类型",
        unknown="没有代码为“{input}”的类型，代码是两位数字",
    )
    occurred_region = ByCode(
        Copies(Region.objects.all, by="code", whole=True),
        label="发生地",
        unknown="没有代码为“{input}”的区划，代码是 12 位数字",
    )
    parties = serializers.ListField(
        child=PartyInputSerializer(),
        label="当事人",
        allow_empty=False,
        max_length=MOST_PARTIES,
        error_messages={
            "required": "还没填来访人",
            "empty": "还没填来访人",
            "null": "还没填来访人",
        },
    )
    visitors = serializers.IntegerField(
        label="人数",
        required=False,
        default=1,
        min_value=1,
        max_value=MOST_VISITORS,
        error_messages={"min_value": "人数至少是 1"},
    )
    special = serializers.ListField(
        child=_chosen(Special.choices, "特别情况"),
        label="特别情况",
        allow_empty=False,
        max_length=len(Special),
        error_messages={
            "required": "还没选“特别情况”，没有就写 none",
            "empty": "还没选“特别情况”，没有就写 none",
            "null": "还没选“特别情况”，没有就写 none",
        },
    )
    willing_to_mediate = _chosen(Willing.choices, "愿意调解")
    same_as = StrictCharField(
        label="同一件事的编号",
        help_text="填了就记一次再次来访，不另登记",
        required=False,
        allow_blank=True,
        allow_null=True,
        default=None,
        max_length=16,
        error_messages={"invalid": "“同一件事的编号”要是文字"},
    )

    def get_fields(self) -> dict[str, Any]:
        """The declared fields, each bound to this request, with their parts shared by all.

        Copied all the way down, as by default, they took a tenth of the time of a registration.
        """
        return {name: copy(declared) for name, declared in self._declared_fields.items()}

    def validate_narrative(self, text: str) -> str:
        if len(text) < LEAST_WORDS:
            raise serializers.ValidationError(
                f"事情和要求写得太短（{len(text)} 字），至少说清“因为什么、要什么”"
            )
        return text

    def registration(self) -> Registration:
        """What the service takes; only of a body that has proved valid."""
        data = {n: value for n, value in self.validated_data.items() if n != "same_as"}
        return Registration(
            **{
                **data,
                "source": Source(data["source"]),
                "parties": [_party(given) for given in data["parties"]],
                "special": [Special(flag) for flag in data["special"]],
                "willing_to_mediate": Willing(data["willing_to_mediate"]),
            }
        )


class RaisingSerializer(RegistrationSerializer):
    """The same, of a grid event: where it comes from is known."""

    source = None  # type: ignore[assignment]  # how DRF leaves a field out

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {**attrs, "source": Source.GRID.value}


def _party(given: dict[str, Any]) -> PartyInput:
    texts = {name: given[name] or "" for name in ("phone", "id_number", "address")}
    return PartyInput(
        role=PartyRole(given["role"]),
        name=given["name"],
        is_organization=given["is_organization"],
        id_kind=IdKind(given["id_kind"]),
        **texts,
    )


class PartySerializer(serializers.Serializer[Party]):
    """A party with its numbers behind the mask."""

    role = serializers.ChoiceField(choices=PartyRole.choices)
    name = serializers.CharField()
    phone = serializers.CharField(help_text="138****5621")
    id_kind = serializers.ChoiceField(choices=IdKind.choices)
    id_number = serializers.CharField(help_text="510101********1234")
    address = serializers.CharField()
    is_organization = serializers.BooleanField()


class CaseSerializer(serializers.Serializer[Case]):
    """A case as somebody who may see it reads it."""

    # The fields describe, `to_representation` writes, of what `load_for_reading` has brought: going
    # through each field of 25 cases one by one costs more than the database does.

    number = serializers.CharField(help_text="16 位编号")
    short_number = serializers.CharField(help_text="短号")
    stage = serializers.ChoiceField(choices=Stage.choices)
    label = serializers.CharField(help_text="工作人员看到的状态")  # type: ignore[assignment]
    label_code = serializers.ChoiceField(choices=Label.choices)
    light = serializers.ChoiceField(choices=sorted(MARKS))
    type = serializers.CharField(help_text="两位类型代码")
    narrative = serializers.CharField()
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    occurred_region = serializers.CharField(help_text="12 位区划代码")
    parties = PartySerializer(many=True)
    lead = serializers.CharField(allow_null=True, help_text="主办单位代码")
    assisting = serializers.ListField(child=serializers.CharField(), help_text="协办单位代码")
    complexity = serializers.ChoiceField(choices=Complexity.choices, allow_null=True)
    risk = serializers.ChoiceField(choices=Risk.choices, allow_null=True)
    round = serializers.IntegerField(help_text="第几次办理")
    visits = serializers.IntegerField(help_text="批次")
    registered_at = serializers.DateTimeField()
    dispatched_at = serializers.DateTimeField(allow_null=True)
    claim_due_at = serializers.DateTimeField(allow_null=True)
    handling_due_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closure = serializers.ChoiceField(choices=Closure.choices, allow_null=True)
    allowed_acts = serializers.ListField(
        child=serializers.CharField(), help_text="这个账号现在能办的"
    )
    query_url = serializers.URLField(
        allow_null=True, help_text="来访人查询的地址，只给登记的窗口；敏感事项没有"
    )
    version = serializers.IntegerField()

    def to_representation(self, instance: Case) -> dict[str, Any]:
        case, request = instance, self.context["request"]
        helpers = [part.unit.code for part in case.open_assignments if not part.is_lead]
        return {
            "number": case.number,
            "short_number": case.short_number,
            "stage": case.stage,
            "label": case.staff_label,
            "label_code": case.label,
            "light": _light(case),
            "type": case.type.code,
            "narrative": case.narrative,
            "source": case.source,
            "occurred_region": case.occurred_region.code,
            "parties": [_masked(party, case) for party in _parties(case)],
            "lead": case.unit.code if case.unit else None,
            "assisting": helpers,
            "complexity": case.complexity or None,
            "risk": case.risk or None,
            "round": case.round,
            "visits": case.visits_count,
            "registered_at": _moment(case.registered_at),
            "dispatched_at": _moment(case.dispatched_at),
            "claim_due_at": _moment(case.claim_due_at),
            "handling_due_at": _moment(case.handling_due_at),
            "closed_at": _moment(case.closed_at),
            "closure": case.closure or None,
            "allowed_acts": [act.verb for act in allowed(request.user, case)],
            "query_url": self._query_url(case, request.user),
            "version": case.version,
        }

    def _query_url(self, case: Case, user: User) -> str | None:
        """The citizen's page, for the window that hands out the slip; a silent case has none."""
        if case.is_silent or not user.can_at(Permission.REGISTER, case.center_id):
            return None
        return self._citizens_page.replace(ANY_TOKEN, case.token)

    @cached_property
    def _citizens_page(self) -> str:
        path = reverse("citizen:progress", args=[ANY_TOKEN])
        page: str = self.context["request"].build_absolute_uri(path)
        return page


def _light(case: Case) -> str:
    if case.stage == Stage.CLOSED:
        return "done" if case.is_finished else "none"
    return colour_of(case, clock.now())


def _parties(case: Case) -> Iterable[Party]:
    """As `load_for_reading` has left them, or of a case just registered."""
    loaded: list[Party] | None = getattr(case, "loaded_parties", None)
    return case.parties.all() if loaded is None else loaded


def _masked(party: Party, case: Case) -> dict[str, Any]:
    shown = show_party(party, case)
    return {
        "role": party.role,
        "name": shown.name,
        "phone": shown.phone,
        "id_kind": party.id_kind,
        "id_number": shown.id_number,
        "address": shown.address,
        "is_organization": party.is_organization,
    }


def _moment(value: datetime | None) -> str | None:
    return clock.local(value).isoformat() if value else None


class DuplicateSerializer(serializers.Serializer[Case]):
    number = serializers.CharField()
    short_number = serializers.CharField()
    label = serializers.CharField(source="staff_label")  # type: ignore[assignment]
    registered_at = serializers.DateTimeField()


class RegisteredSerializer(CaseSerializer):
    """What registering answers: the case, and what else the same people may have come for."""

    duplicates = DuplicateSerializer(many=True)


class EventSerializer(serializers.Serializer[Any]):
    """A line of the history."""

    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    verb = serializers.CharField(help_text="办了什么")
    title = serializers.CharField()
    text = serializers.CharField()
    by = serializers.CharField(help_text="谁；系统自动做的写“系统”")
    stage = serializers.ChoiceField(choices=Stage.choices, help_text="办完以后的阶段")
    round = serializers.IntegerField()
    public = serializers.BooleanField(help_text="可告知来访人")
