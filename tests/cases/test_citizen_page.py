from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from cases.models import Case
from cases.services.closing import follow_up_case
from cases.vocabulary import Channel, RatedBy, Satisfaction, Special
from tests.lives import PHONE, Lives
from zongzhi.lib import clock


def progress(case: Case) -> str:
    return reverse("citizen:progress", args=[case.token])


def rating(case: Case) -> str:
    return reverse("citizen:rate", args=[case.token])


def test_the_page_tells_where_it_stands_and_no_more(client: Client, lives: Lives) -> None:
    case = lives.claimed()
    response = client.get(progress(case))
    page = response.content.decode()
    assert "正在办理" in page
    assert "人社局" in page
    for private in ("鑫源", "张三丰", "木工", PHONE, case.number):
        assert private not in page
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert "sessionid" not in client.cookies


def test_a_silent_case_shows_nothing(client: Client, lives: Lives) -> None:
    case = lives.approved(special=[Special.VIOLENCE])
    page = client.get(progress(case)).content.decode()
    assert "请电话或到窗口询问" in page
    for private in ("人社局", "已有结果", "评价"):
        assert private not in page
    assert client.get(rating(case)).status_code == 302


def test_late_is_said_honestly(client: Client, lives: Lives) -> None:
    case = lives.claimed()
    assert case.promised_at is not None
    with clock.at(case.promised_at + timedelta(days=2)):
        page = client.get(progress(case)).content.decode()
    assert "比答应您的日子晚了 2 天，我们已在催办" in page


def test_the_result_is_behind_four_digits_and_three_tries(client: Client, lives: Lives) -> None:
    case = lives.approved()
    assert "办理单位说" not in client.get(progress(case)).content.decode()
    for left in (2, 1):
        answer = client.post(progress(case), {"last4": "0000"})
        assert f"后 4 位对不上，还能试 {left} 次。也可以打电话问" in answer.content.decode()
    client.post(progress(case), {"last4": "0000"})
    assert client.post(progress(case), {"last4": PHONE[-4:]}).status_code == 429


def test_the_right_digits_open_the_result(client: Client, lives: Lives) -> None:
    case = lives.approved()
    page = client.post(progress(case), {"last4": PHONE[-4:]}, follow=True).content.decode()
    assert "办理单位说：您反映的事解决了" in page


def test_thirty_wrong_tokens_have_to_wait(client: Client, lives: Lives) -> None:
    case = lives.registered()
    for n in range(30):
        wrong = client.get(reverse("citizen:progress", args=[f"wrong{n}"]))
        assert wrong.status_code == 404
        assert "没找到这件事。核对回执上的二维码，或打" in wrong.content.decode()
    assert client.get(progress(case)).status_code == 429


def test_a_rating_counts_once(client: Client, lives: Lives) -> None:
    case = lives.approved()
    bad = {"settled": "unresolved", "satisfaction": "unsatisfied"}
    assert client.post(rating(case), {}).status_code == 422
    page = client.post(rating(case), bad, follow=True).content.decode()
    assert "谢谢，已经收到您的评价，1 个工作日内给您打电话" in page
    again = client.post(rating(case), bad)
    assert again.status_code == 409
    today = clock.today()
    assert f"您已经在 {today.month} 月 {today.day} 日评过了，谢谢" in again.content.decode()
    assert case.ratings.count() == 1


def test_forms_pass_the_csrf_check_of_a_browser(lives: Lives) -> None:
    """`no-referrer` would make browsers send `Origin: null`, which Django refuses."""
    case = lives.approved()
    response = Client().get(progress(case))
    assert response["Referrer-Policy"] == "same-origin"
    assert 'name="referrer" content="same-origin"' in response.content.decode()


def test_three_taps_from_the_scan(client: Client, lives: Lives) -> None:
    """Two choices and the button are on the page that the slip opens."""
    page = client.get(progress(lives.approved())).content.decode()
    for field in ('name="settled"', 'name="satisfaction"', ">提交</button>"):
        assert field in page
    assert "checked" not in page


def test_every_page_is_light_needs_no_script_and_can_be_left(client: Client, lives: Lives) -> None:
    case = lives.approved()
    pages = [progress(case), rating(case), reverse("citizen:progress", args=["wrong"])]
    for url in pages:
        page = client.get(url).content
        assert len(page) < 50_000
        assert b"<script" not in page
        assert "离开本页".encode() in page


def test_one_more_word_after_a_complaint_was_put_right(client: Client, clerk, lives: Lives) -> None:
    case = lives.approved()
    bad = {"settled": "unresolved", "satisfaction": "unsatisfied"}
    client.post(rating(case), bad)
    how = {"channel": Channel.PHONE, "satisfaction": Satisfaction.BASICALLY}
    follow_up_case(case_id=case.pk, by=clerk, **how)
    good = {"settled": "resolved", "satisfaction": "satisfied"}
    assert client.post(rating(case), good).status_code == 302
    assert client.post(rating(case), good).status_code == 409
    assert [r.is_addition for r in case.ratings.order_by("pk")] == [False, True]


def test_why_it_is_bad_is_read_on_the_case_and_by_who_calls_back(
    client: Client, lives: Lives, clerk
) -> None:
    case = lives.approved()
    why = {"settled": "unresolved", "satisfaction": "unsatisfied", "reasons": ["slow", "rude"]}
    assert client.post(rating(case), {**why, "text": "来了三次"}).status_code == 302
    client.force_login(clerk)
    page = client.get(case.get_absolute_url()).content.decode()
    assert "没解决，不满意，拖得久，态度不好，本人扫码。来了三次" in page
    call = client.get(reverse("cases:act", args=[case.number, "follow-up"])).content.decode()
    assert "哪里不满意：拖得久、态度不好" in call
    assert "本人扫码" in call


def test_who_is_content_says_no_reason(client: Client, lives: Lives) -> None:
    case = lives.approved()
    good = {"settled": "resolved", "satisfaction": "satisfied", "reasons": ["slow"]}
    client.post(rating(case), good)
    assert case.ratings.get().reasons == []


def test_an_unknown_reason_is_refused_and_everything_kept(client: Client, lives: Lives) -> None:
    case = lives.approved()
    odd = {"settled": "partly", "satisfaction": "unsatisfied", "reasons": ["x"], "text": "再看看"}
    page = client.post(rating(case), odd)
    assert page.status_code == 422
    assert "“哪里不满意”里没有这一项" in page.content.decode()
    assert "再看看" in page.content.decode()


def test_a_browser_somebody_is_signed_in_on_is_the_windows(
    client: Client, lives: Lives, clerk
) -> None:
    """Whoever taps there, it is not the citizen's own telephone."""
    case = lives.approved()
    client.force_login(clerk)
    client.post(rating(case), {"settled": "resolved", "satisfaction": "satisfied"})
    assert case.ratings.get().rated_by == RatedBy.TABLET
