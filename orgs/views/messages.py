"""消息提醒, what a person wants; 消息通道, what leaves the house and what did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orgs import delivering
from orgs.channels import OUTSIDE, is_on, sender_of
from orgs.channels.templates import TEMPLATES
from orgs.delivering import NOT_SENT, TOPICS, State, sending_rule, wishes
from orgs.gates import centers_of, needs
from orgs.message_forms import RuleForm, SubscriptionForm, Wanted, box_of
from orgs.models import Delivery, User
from orgs.models.notices import Channel
from orgs.permissions import Permission
from orgs.subscribing import subscribe
from zongzhi.lib.errors import WrongState
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.identity import mask_phone
from zongzhi.lib.paging import Order, paginate

# ---------------------------------------------------------------- 消息提醒


@dataclass(frozen=True)
class Box:
    """One cell: a topic by a channel."""

    name: str
    label: str
    ticked: bool


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def subscriptions(request: StaffRequest) -> HttpResponse:
    """消息提醒: 站内消息 always; 短信 and 邮件 as the person likes."""
    user = request.user
    known = {"phone": user.phone, "email": user.email}
    form = SubscriptionForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid():
        subscribe(
            user=user,
            **form.cleaned_data,
            wanted=form.wanted(),
            address=client_address(request),
        )
        messages.success(request, "消息提醒已保存")
        return redirect("orgs:subscriptions")
    wanted = form.wanted() if form.is_bound else wishes([user.pk])[user.pk]
    context = {
        "form": form,
        "rows": _boxes(wanted),
        "channels": [(channel.label, is_on(channel)) for channel in OUTSIDE],
    }
    status = 422 if form.is_bound else 200
    return render(request, "orgs/subscriptions.html", context, status=status)


def _boxes(wanted: Wanted) -> list[tuple[str, list[Box]]]:
    return [
        (
            topic.label,
            [
                Box(box_of(topic, c), f"{topic.label}：{c.label}", (topic, c) in wanted)
                for c in OUTSIDE
            ],
        )
        for topic in TOPICS
    ]


# ---------------------------------------------------------------- 消息通道


@dataclass(frozen=True)
class ChannelRow:
    """A channel as the page shows it."""

    channel: Channel
    on: bool
    last_sent: datetime | None
    waiting: int
    not_sent: int
    my_address: str


@never_cache
@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def channels(request: StaffRequest) -> HttpResponse:
    """消息通道: which are configured, what waits, what did not go out, and the rules."""
    form = RuleForm(request.POST if request.method == "POST" else None, instance=sending_rule())
    if form.is_valid():
        delivering.change_rule(rule=form.instance, by=request.user, address=client_address(request))
        messages.success(request, "发送规则已保存，从下一条起")
        return redirect("orgs:channels")
    context = {
        "rows": _channel_rows(request.user),
        "form": form,
        "templates": TEMPLATES.values(),
        "texting": centers_of(request.user, Permission.SETTINGS).filter(texts_citizens=True),
    }
    status = 422 if form.is_bound else 200
    return render(request, "settings/channels.html", context, status=status)


def _channel_rows(user: User) -> list[ChannelRow]:
    waiting = _by_channel(State.WAITING)
    not_sent = _by_channel(*NOT_SENT)
    return [
        ChannelRow(
            channel,
            is_on(channel),
            _last_sent(channel),
            waiting.get(channel, 0),
            not_sent.get(channel, 0),
            sender_of(channel).address_of(user),
        )
        for channel in OUTSIDE
    ]


def _by_channel(*states: State) -> dict[str, int]:
    rows = Delivery.objects.filter(state__in=states).order_by().values("channel")
    return dict(rows.annotate(number=Count("pk")).values_list("channel", "number"))


def _last_sent(channel: Channel) -> datetime | None:
    rows = Delivery.objects.filter(channel=channel, state=State.SENT).order_by("-sent_at")
    return rows.values_list("sent_at", flat=True).first()


@needs(Permission.SETTINGS)
@require_POST
def test_channel(request: StaffRequest) -> HttpResponse:
    """试发 to one's own phone or mailbox."""
    asked = request.POST.get("channel", "")
    if asked not in OUTSIDE:
        raise Http404
    try:
        sent = delivering.send_test(
            channel=Channel(asked), by=request.user, address=client_address(request)
        )
    except WrongState as error:
        messages.error(request, error.message)
    else:
        _say(request, sent)
    return redirect("orgs:channels")


def _say(request: StaffRequest, sent: Delivery) -> None:
    label = Channel(sent.channel).label
    if sent.state == State.SENT:
        messages.success(request, f"{label}已交给对方，看看收到没有")
    else:
        messages.error(request, f"{label}没有发出：{reason_of(sent)}")


@dataclass(frozen=True)
class DeliveryRow:
    """One message in the list: to whom, without the whole of a phone number."""

    delivery: Delivery
    to: str
    what: str
    why: str
    may_repeat: bool


VIEWS = {
    "not_sent": ("没有发出", NOT_SENT),
    "waiting": ("等着发", (State.WAITING,)),
    "suppressed": ("按规定没发", (State.SUPPRESSED,)),
    "sent": ("已发出", (State.SENT,)),
}


@never_cache
@needs(Permission.SETTINGS)
@require_GET
def deliveries(request: StaffRequest) -> HttpResponse:
    """外发记录, the newest first; what did not go out can be sent again."""
    view = request.GET.get("view", "not_sent")
    if view not in VIEWS:
        view = "not_sent"
    rows = Delivery.objects.filter(state__in=VIEWS[view][1]).select_related("recipient")
    if request.GET.get("channel") in OUTSIDE:
        rows = rows.filter(channel=request.GET["channel"])
    page = paginate(rows, Order(descending=True), request.GET)
    context = {
        "page": page,
        "rows": [_delivery_row(row) for row in page.rows],
        "views": [(name, label) for name, (label, _) in VIEWS.items()],
        "view": view,
        "channel": request.GET.get("channel", ""),
    }
    return render(request, "settings/deliveries.html", context)


def _delivery_row(delivery: Delivery) -> DeliveryRow:
    to = delivery.recipient.name if delivery.recipient else mask_phone(delivery.phone)
    template = TEMPLATES.get(delivery.template)
    return DeliveryRow(
        delivery,
        to if delivery.recipient else f"来访人 {to}",
        template.label if template else "",
        reason_of(delivery),
        delivery.state in NOT_SENT,
    )


_REASONS = {
    "no_answer": "对方没有应答",
    "refused": "连不上（对方没开）",
    "unreachable": "连不上",
    "bad_answer": "对方的应答看不懂",
    "smtp_unreachable": "邮件服务器连不上",
    "smtp_sign_in": "邮件服务器不认账号密码",
}


def reason_of(delivery: Delivery) -> str:
    """Why it did not go out, in words; a code of the other side follows as it came."""
    if delivery.state == State.SUPPRESSED:
        return Delivery.Why(delivery.error).label
    if delivery.error.startswith(("http_", "smtp_")) and delivery.error not in _REASONS:
        return f"对方答 {delivery.error.partition('_')[2]}"
    return _REASONS.get(delivery.error, delivery.error)


@needs(Permission.SETTINGS)
@require_POST
def send_again(request: StaffRequest, pk: int) -> HttpResponse:
    """再发."""
    delivering.send_again(delivery_id=pk, by=request.user, address=client_address(request))
    messages.success(request, "已排上，马上再发")
    return redirect("orgs:deliveries")
