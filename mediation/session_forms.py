"""What may be typed about a session: its arrangement, a new time, what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.http import QueryDict

from cases.clocks import clocks_of
from cases.forms import ActForm, choice, sentence
from cases.levels import standing_of
from cases.models import Case, Party
from cases.presenting import show_party
from cases.services.telling import may_text
from cases.vocabulary import PartyRole
from mediation.choosing_forms import HelpersField, why_all_the_same
from mediation.meetings import needed, planned_meetings, running_meetings
from mediation.models import Guest, Mediator, Presence, Session
from mediation.offering import not_refused, pool_of
from mediation.proceedings import open_mediation
from mediation.services.sessions import GuestGiven, Plan, Record, slots_for
from orgs.channels import is_on
from orgs.channels.sms import mobile
from orgs.models import Room, User
from orgs.models.notices import Channel
from zongzhi.lib import clock, dates

YEARS = range(2000, 2100)
MINUTES = [(30, "半小时"), (60, "1 小时"), (90, "1 个半小时"), (120, "2 小时"), (180, "3 小时")]
GUESTS = 3
LEAST = 4  # characters of a record
NOT_ASKED = [("", "不请")]
Invited = Presence.Invited
# 常用语: what is written most often, ticked instead of typed. They name nobody.
PHRASES = (
    "已向双方告知权利义务、调解员身份和调解结果的效力。",
    "双方各自陈述了事情经过和要求。",
    "对有争议的事实作了核对，双方没有异议。",
    "调解员讲了有关法律规定，分别做了工作。",
    "双方分歧较大，约定回去考虑后再谈。",
    "双方自愿达成一致，没有其他争议。",
    "已告知可以通过仲裁、行政、司法途径维护权利。",
)


def _named(party: Party, case: Case) -> str:
    """「来访人 张三丰」, a child's name behind its mask as on every page."""
    return f"{party.get_role_display()} {show_party(party, case).name}"


def _line(*, label: str, most: int, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=most,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": f"{label}最多 {most} 个字"},
    )


def _moment(label: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "900"}, format="%Y-%m-%dT%H:%M"
        ),
        error_messages={"invalid": "时间写成 2026-11-30 09:00 这样"},
    )


if TYPE_CHECKING:
    _One = forms.ModelChoiceField[Mediator]
else:
    _One = forms.ModelChoiceField


class HostField(_One):
    def label_from_instance(self, obj: Mediator) -> str:
        return f"{obj.name}（{obj.title}）" if obj.title else obj.name


def parties_asked(case: Case) -> list[Party]:
    """Who may be asked to come; an agent comes for one of them."""
    return [party for party in case.parties.all() if party.role != PartyRole.AGENT]


class _WhenAndWhere(ActForm):
    """The fields of a time and a place; `slot` is a free time that was pressed instead."""

    starts_at = _moment("开始")
    minutes = forms.IntegerField(
        label="多长",
        initial=60,
        min_value=MINUTES[0][0],
        max_value=MINUTES[-1][0],
        widget=forms.Select(choices=MINUTES),
        error_messages={
            "required": "还没选“多长”",
            "invalid": "没有这个长度",
            "min_value": "没有这个长度",
            "max_value": "没有这个长度",
        },
    )
    room = forms.ModelChoiceField(
        Room.objects.none(),
        to_field_name="name",
        label="房间",
        required=False,
        empty_label="不在本中心",
        error_messages={"invalid_choice": "本中心没有这个房间"},
    )
    place = _line(label="别的地点", most=60, help_text="上门、村里、企业，写清在哪里")
    video_link = _line(
        label="视频地址", most=300, help_text="用县里的视频系统开会，把会议地址粘到这里"
    )
    anyway = forms.BooleanField(label="仍然这样安排", required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        case: Case,
        user: User,
        on_page: bool = False,
        files: Any = None,
    ) -> None:
        if data is not None and data.get("slot"):
            data = _with_slot(data)
        self.asked: dict[str, Any] = {}
        super().__init__(data, case=case, user=user, on_page=on_page)

    def fit(self) -> None:
        room = self.fields["room"]
        if isinstance(room, forms.ModelChoiceField):
            room.queryset = self.case.center.rooms.all()

    def clean_starts_at(self) -> datetime:
        moment: datetime = self.cleaned_data["starts_at"]
        if moment.year not in YEARS:
            raise forms.ValidationError(f"年份要在 {YEARS[0]} 到 {YEARS[-1]} 之间")
        if moment.minute % 15:
            raise forms.ValidationError("时间按 15 分钟排，写成 09:00、09:15、09:30、09:45")
        return moment

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.asked = dict(data)
        return data

    def mediators_asked(self) -> list[Mediator]:
        """Who is to mediate at that time."""
        return []

    def parties_wanted(self) -> list[Party]:
        """Who is to come."""
        return []

    @property
    def slots(self) -> list[tuple[str, str]]:
        """The next times that fit everybody, as (value, words); after a clash, one press each."""
        asked = self.asked
        start = asked.get("starts_at")
        if not {"room", "host", "helpers", "starts_at"} & set(self.errors) or start is None:
            return []
        span = (start, start + timedelta(minutes=asked.get("minutes") or 60))
        mediators = self.mediators_asked()
        resources = needed(asked.get("room"), mediators, self.parties_wanted())
        owner = self.holds()
        return [
            (f"{moment:%Y-%m-%dT%H:%M}", _beside(moment, start))
            for moment in slots_for(self.case, resources, mediators, span, but=owner)
        ]

    def holds(self) -> str:
        """Whose bookings do not stand in the way: those that are given up."""
        return ""


def _with_slot(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was typed, with the free time that was pressed instead of the one that was not free."""
    if isinstance(data, QueryDict):
        typed = data.copy()
        typed["starts_at"] = str(data["slot"])
        return cast("Mapping[str, Any]", typed)
    return {**data, "starts_at": data["slot"]}


def _beside(moment: datetime, wanted: datetime) -> str:
    day = clock.local(wanted).date()
    return f"{moment:%H:%M}" if moment.date() == day else dates.moment(moment)


class _ScheduleForm(_WhenAndWhere):
    submit = "安排调解"
    field_order = ("host", "helpers", "room", "place", "video_link", "starts_at", "minutes")
    host = HostField(
        Mediator.objects.none(),
        label="主持",
        empty_label="选择调解员",
        error_messages={"required": "还没选“主持”", "invalid_choice": "不是本中心在册的调解员"},
    )
    helpers = HelpersField()
    overruled_why = why_all_the_same()
    invite = choice(Invited.choices, label="怎么通知", required=False, initial=Invited.PHONE)
    guests_agreed = forms.BooleanField(label="当事人同意请他们来", required=False)

    def fit(self) -> None:
        super().fit()
        host, helpers = self.fields["host"], self.fields["helpers"]
        offered = not_refused(pool_of(self.case.center), open_mediation(self.case))
        if isinstance(host, forms.ModelChoiceField):
            host.queryset = offered
        if isinstance(helpers, forms.ModelMultipleChoiceField):
            helpers.queryset = offered
            helpers.widget.attrs["size"] = 4
        self.parties = parties_asked(self.case)
        if self.on_page:
            del self.fields["invite"]
            for party in self.parties:
                self.fields[f"invite_{party.pk}"] = self._how(party)
            if not self.is_bound:
                self._suggest()

    def _how(self, party: Party) -> forms.ChoiceField:
        texts = may_text(self.case) and is_on(Channel.SMS) and bool(mobile(party.phone))
        offered = [c for c in Invited.choices if texts or c[0] != Invited.SMS]
        label = _named(party, self.case)
        first = Invited.SMS if texts else Invited.PHONE
        return forms.ChoiceField(
            choices=[*offered, *NOT_ASKED], label=label, required=False, initial=first.value
        )

    def _suggest(self) -> None:
        """Begin with the chosen mediators, a room for it, and the first time that fits all."""
        mediation = open_mediation(self.case)
        host = mediation.host if mediation else None
        helpers = list(mediation.helpers.all()) if mediation else []
        rooms = list(self.case.center.rooms.all())
        fit = [one for one in rooms if one.kind == Room.Kind.MEDIATION] or rooms
        room = fit[0] if fit else None
        mediators = [*([host] if host else []), *helpers]
        now = clock.now()
        span = (now, now + timedelta(hours=1))
        free = slots_for(self.case, needed(room, mediators, self.parties), mediators, span)
        self.fields["host"].initial = host.pk if host else None
        self.fields["helpers"].initial = [one.pk for one in helpers]
        self.fields["room"].initial = room.name if room else None
        if free:
            self.fields["starts_at"].initial = free[0]
            words = "、".join(dates.moment(moment) for moment in free)
            everybody = "双方、调解员和房间" if host else "双方和房间"
            self.fields["starts_at"].help_text = f"{everybody}都空的：{words}"

    def mediators_asked(self) -> list[Mediator]:
        host = self.asked.get("host")
        helpers = self.asked.get("helpers") or []
        return [*([host] if host else []), *helpers]

    def parties_wanted(self) -> list[Party]:
        wanted = self._invited(self.asked)
        return [party for party in self.parties if wanted.get(party.pk)]

    def _invited(self, data: Mapping[str, Any]) -> dict[int, str]:
        everyone = data.get("invite") or Invited.PHONE.value
        return {
            party.pk: data.get(f"invite_{party.pk}", "") if self.on_page else everyone
            for party in self.parties
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for n in range(1, GUESTS + 1):
            if data.get(f"guest_kind_{n}") and not data.get(f"guest_{n}"):
                self.add_error(f"guest_{n}", f"受邀人 {n} 还没写姓名")
            if data.get(f"guest_{n}") and not data.get(f"guest_kind_{n}"):
                self.add_error(f"guest_kind_{n}", f"受邀人 {n} 还没选身份")
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        guests = [
            GuestGiven(data[f"guest_{n}"], data[f"guest_kind_{n}"])
            for n in range(1, GUESTS + 1)
            if data[f"guest_{n}"]
        ]
        return {
            "plan": Plan(
                host=data["host"],
                starts_at=data["starts_at"],
                minutes=data["minutes"],
                room=data["room"],
                place=data["place"],
                video_link=data["video_link"],
                helpers=list(data["helpers"]),
                invited=self._invited(data),
                guests=guests,
                guests_agreed=data["guests_agreed"],
                anyway=data["anyway"],
                overruled_why=data["overruled_why"],
            )
        }

    # For the page

    @property
    def invitations(self) -> list[forms.BoundField]:
        return [self[f"invite_{party.pk}"] for party in self.parties]

    @property
    def guest_lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"guest_{n}"], self[f"guest_kind_{n}"]) for n in range(1, GUESTS + 1)]


def _guest_fields() -> dict[str, forms.Field]:
    """Lines of guests: a name, and what they are to the parties."""
    fields: dict[str, forms.Field] = {}
    for n in range(1, GUESTS + 1):
        fields[f"guest_{n}"] = _line(label=f"受邀人 {n}", most=30)
        fields[f"guest_kind_{n}"] = forms.ChoiceField(
            choices=[("", "什么人"), *Guest.Kind.choices],
            label=f"受邀人 {n} 的身份",
            required=False,
        )
    return fields


ScheduleForm: type[_ScheduleForm] = type("ScheduleForm", (_ScheduleForm,), _guest_fields())


def _which(form: ActForm, rows: list[Session]) -> list[Session]:
    """The planned sessions; asked which only where there are several."""
    field = form.fields["session"]
    if len(rows) == 1:
        field.widget = forms.HiddenInput()
        field.initial = rows[0].pk
    elif isinstance(field.widget, forms.RadioSelect):
        field.widget.choices = [(str(row.pk), f"{row.when} {row.where}") for row in rows]
    return rows


def _session_field() -> forms.IntegerField:
    return forms.IntegerField(label="哪一次调解", required=False, widget=forms.RadioSelect)


class MoveForm(_WhenAndWhere):
    submit = "改期"
    session = _session_field()
    text = sentence(label="为什么改期", least=2, rows=2)
    field_order = ("session", "text", "room", "place", "video_link", "starts_at", "minutes")

    def fit(self) -> None:
        super().fit()
        self.rows = _which(self, running_meetings(self.case))
        if self.on_page and not self.is_bound and len(self.rows) == 1:
            row = self.rows[0]
            length = int((row.ends_at - row.starts_at).total_seconds() // 60)
            self.intro = f"原定 {row.when} 在{row.where}。请的人不变，通知会重新发。"
            known = dict(MINUTES)
            self.fields["minutes"].initial = length if length in known else 60
            self.fields["room"].initial = row.room.name if row.room else None
            self.fields["place"].initial = row.place
            self.fields["video_link"].initial = row.video_link

    def _meant(self) -> Session | None:
        pk = self.asked.get("session")
        return next((row for row in self.rows if pk in (None, row.pk)), None)

    def mediators_asked(self) -> list[Mediator]:
        row = self._meant()
        return [row.host, *row.helpers.all()] if row else []

    def parties_wanted(self) -> list[Party]:
        row = self._meant()
        return [one.party for one in row.presences.select_related("party")] if row else []

    def holds(self) -> str:
        row = self._meant()
        return row.booking if row else ""


class CallOffForm(ActForm):
    submit = "取消这次调解"
    session = _session_field()
    text = sentence(label="为什么取消", least=2, rows=2)

    def fit(self) -> None:
        rows = _which(self, running_meetings(self.case))
        if len(rows) == 1:
            self.intro = f"{rows[0].when} 在{rows[0].where}。房间和各人的时间放开，会告诉调解员。"


class RecordForm(ActForm):
    submit = "记下这次调解"
    session = _session_field()
    came = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        label="到场",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "没有请这个当事人来", "invalid_list": "到场要是一个列表"},
    )
    outcome = choice(Session.Outcome.choices, label="结果")
    phrases = forms.TypedMultipleChoiceField(
        choices=list(enumerate(PHRASES, start=1)),
        coerce=int,
        required=False,
        label="常用语",
        help_text="勾上的写在“经过”前面",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "没有这条常用语", "invalid_list": "常用语要是一个列表"},
    )
    text = sentence(label="经过", required=False, rows=6)
    is_private = forms.BooleanField(
        label="不公开", required=False, help_text="当事人要求不公开的，经过只给参加调解的人看"
    )
    recorder = _line(label="记录人", most=30, help_text="不填就是自己")
    video_record = _line(label="录像存在哪里", most=300, help_text="视频调解才填")

    def fit(self) -> None:
        rows = _which(self, planned_meetings(self.case))
        self.rows = self._meant(rows)
        self.presences = [
            one for row in self.rows for one in row.presences.select_related("party").order_by("pk")
        ]
        self.guests = [guest for row in self.rows for guest in row.guests.all()]
        people = [(one.party_id, _named(one.party, self.case)) for one in self.presences]
        guests = [(-guest.pk, f"{guest.get_kind_display()} {guest.name}") for guest in self.guests]
        came = self.fields["came"]
        if isinstance(came, forms.TypedMultipleChoiceField):
            came.choices = list(dict(people).items()) + guests
        for pk, label in dict(people).items():
            self.fields[f"agent_{pk}"] = _line(label=f"{label} 的代理人", most=30)
        if self.on_page:
            self._introduce()

    def _meant(self, rows: Sequence[Session]) -> list[Session]:
        """The session that was named, or all while nobody has named one."""
        named = str(self.data.get("session") or "") if self.is_bound else ""
        return [row for row in rows if str(row.pk) == named] or list(rows)

    def _introduce(self) -> None:
        standing = standing_of(self.case, clocks_of(self.case.center), clock.now())
        nth = len(standing.attempts) + 1
        self.intro = f"{standing.here}第 {nth} 次{standing.kind}。{standing.count}；改期的不算。"
        if all(not row.video_link for row in self.rows):
            self.fields["video_record"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """What was ticked and what was typed are one record."""
        data = super().clean() or {}
        ticked = [PHRASES[n - 1] for n in data.get("phrases") or []]
        data["record"] = "\n".join([*ticked, data.get("text", "")]).strip()
        if len(data["record"]) < LEAST and "text" not in self.errors:
            self.add_error("text", f"经过写得太短，至少 {LEAST} 个字，或者勾几条常用语")
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        agents = {
            one.party_id: data[f"agent_{one.party_id}"]
            for one in self.presences
            if data[f"agent_{one.party_id}"]
        }
        return {
            "session": data["session"],
            "record": Record(
                outcome=data["outcome"],
                text=data["record"],
                came=[pk for pk in data["came"] if pk > 0],
                agents=agents,
                guests_came=[-pk for pk in data["came"] if pk < 0],
                is_private=data["is_private"],
                recorder=data["recorder"],
                video_record=data["video_record"],
            ),
        }

    @property
    def agent_fields(self) -> list[forms.BoundField]:
        return [self[f"agent_{one.party_id}"] for one in self.presences]
