"""Journey 16: a grid worker loses the net, and the camera kills the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from grids.models import Grid, GridEvent, GridRole
from grids.services import reporting
from grids.services.events import ask_event, verify_event
from grids.vocabulary import Category
from orgs.models import User
from orgs.permissions import RoleCode
from tests.browser.conftest import until_answered
from tests.county import LONG_AGO, County, person
from tests.files import GPS, exif, segment
from zongzhi.lib import clock
from zongzhi.lib.stored import path_to

pytestmark = pytest.mark.django_db(transaction=True)

SMALL = (360, 640)
TEXT = "3组路口的路灯不亮，晚上看不见"
KEPT = "存在手机里了，有网自动传。"


@pytest.fixture
def worker(county: County, grid_worker: User, village_officer: User) -> User:
    region = county.village.region
    grid = Grid.objects.create(code=f"{region.code}003", name="柳湾村第3网格", region=region)
    GridRole.objects.create(
        grid=grid, user=grid_worker, kind=GridRole.Kind.FULL_TIME, since=LONG_AGO
    )
    return grid_worker


@pytest.fixture
def snapshot(open_as: Callable[..., Page], tmp_path: Path) -> Path:
    """A photo as a telephone takes it: large, and it says where it was taken."""
    page = open_as(None, "/m/offline/", size=SMALL)
    pixels = page.evaluate(
        """() => new Promise((done) => {
          const canvas = document.createElement("canvas");
          canvas.width = 3000; canvas.height = 2000;
          const pen = canvas.getContext("2d");
          for (let i = 0; i < 3000; i += 20) {
            pen.fillStyle = `hsl(${i % 360} 80% 50%)`;
            pen.fillRect(i, 0, 20, 2000);
          }
          const bytes = async (blob) => Array.from(new Uint8Array(await blob.arrayBuffer()));
          canvas.toBlob((blob) => done(bytes(blob)), "image/jpeg", 0.95);
        })"""
    )
    data = bytes(pixels)
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(data[:2] + segment(0xE1, b"Exif\0\0" + exif()) + data[2:])
    page.close()
    return path


def open_report(page: Page) -> None:
    page.get_by_role("link", name="上报一件事").click()
    expect(page.locator("form[data-queue][data-ready]")).to_be_visible()


def fill(page: Page, text: str = TEXT) -> None:
    page.get_by_label("说一句").fill(text)
    page.get_by_role("radio", name="设施损坏").check()


def phone_is_ready(page: Page) -> None:
    """The service worker has the forms."""
    page.evaluate(
        """() => new Promise((done) => {
          const look = async () => {
            const names = (await caches.keys()).filter((name) => name.startsWith("phone-pages"));
            const pages = names.length ? await caches.open(names[0]) : null;
            const there = pages && await pages.match("/m/help/");
            if (there) { done(true); } else { setTimeout(look, 50); }
          };
          look();
        })"""
    )


def until_up(page: Page) -> None:
    """Nothing waits on the phone any more, whether the page or its worker has sent it."""
    left = None
    for _ in range(200):
        left = page.evaluate("() => phoneQueue.all('queue')")
        if not left:
            return
        page.wait_for_timeout(100)
    raise AssertionError(left)


def until_held(page: Page, held: list[Route]) -> None:
    """The phone has asked, and nobody has answered yet."""
    for _ in range(500):
        if held:
            return
        page.wait_for_timeout(20)
    raise AssertionError("the phone has asked nothing")


def until_there(count: int) -> None:
    """The phone has sent them: asked of the page, so that nothing sleeps."""
    until_answered()
    assert GridEvent.objects.count() == count


def test_a_report_without_a_net_comes_in_once_with_its_time_and_photo(
    open_as: Callable[..., Page], worker: User, snapshot: Path, shot: Any
) -> None:
    page = open_as(worker, "/m/", size=SMALL)
    phone_is_ready(page)
    located: list[str] = []
    page.expose_function("located", lambda: located.append("asked"))
    page.add_init_script("navigator.geolocation.getCurrentPosition = () => window.located();")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("status").filter(has_text="没有网络。可以照常上报")).to_be_visible()
    shot(page, "offline-home")
    open_report(page)
    fill(page)
    with page.expect_file_chooser():  # the camera is open: Android ends the page
        page.get_by_text("拍照，或选照片").click()
    page.reload()
    expect(page.get_by_text("刚才拍照时页面重开了，内容已恢复。")).to_be_visible()
    expect(page.get_by_label("说一句")).to_have_value(TEXT)
    expect(page.get_by_role("radio", name="设施损坏")).to_be_checked()
    page.locator("#id_photos").set_input_files(snapshot)
    expect(page.get_by_role("img", name="照片")).to_be_visible()
    page.reload()
    expect(page.get_by_role("img", name="照片")).to_be_visible()
    shot(page, "restored")
    before = clock.now()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    after = clock.now()
    expect(page.get_by_text("没有网络。1 条已存在手机里，有网后自动上传。")).to_be_visible()
    shot(page, "queued")
    page.reload()  # and again, and again: the same report stays one
    page.evaluate("() => Promise.all([1, 2, 3].map(() => phoneSend(true)))")
    assert not GridEvent.objects.exists()
    page.context.set_offline(False)
    until_up(page)
    expect(page.locator("[data-net]")).to_be_hidden()
    until_there(1)
    event = GridEvent.objects.get()
    assert before - timedelta(seconds=1) <= event.reported_at <= after
    assert event.text == TEXT
    assert (event.longitude, located) == (None, [])
    photo = event.photos.get()
    content = path_to(photo.stored_as).read_bytes()
    assert GPS in snapshot.read_bytes()
    assert GPS not in content
    assert b"Exif" not in content
    assert (max(photo.width, photo.height), photo.size <= 400 * 1024) == (1600, True)


def test_three_submits_in_airplane_mode_are_one_report(
    open_as: Callable[..., Page], worker: User
) -> None:
    page = open_as(worker, "/m/", size=SMALL)
    phone_is_ready(page)
    page.context.set_offline(True)
    open_report(page)
    fill(page)
    page.evaluate(
        """() => {
          const form = document.querySelector("form[data-queue]");
          for (let i = 0; i < 3; i += 1) { form.requestSubmit(); }
        }"""
    )
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.context.set_offline(False)
    until_up(page)
    expect(page.locator("[data-net]")).to_be_hidden()
    until_there(1)


def test_a_report_takes_four_taps_and_a_line(open_as: Callable[..., Page], worker: User) -> None:
    page = open_as(worker, "/m/", size=SMALL)
    open_report(page)  # 1
    page.get_by_role("radio", name="设施损坏").check()  # 2
    page.get_by_label("说一句").fill(TEXT)
    page.get_by_role("button", name="提交", exact=True).click()  # 3; a photo would be the fourth
    expect(page.get_by_text("已提交")).to_be_visible()
    event = GridEvent.objects.get()
    expect(page.get_by_text(f"已提交 {event.short_number}")).to_be_visible()


def test_the_place_is_taken_only_when_tapped(open_as: Callable[..., Page], worker: User) -> None:
    page = open_as(worker, "/m/", size=SMALL)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 103.1234, "latitude": 24.5678})
    open_report(page)
    fill(page)
    page.get_by_label("用现在的位置").check()
    expect(page.get_by_text("取到了")).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已提交")).to_be_visible()
    event = GridEvent.objects.get()
    assert (event.longitude, event.latitude) == (103.1234, 24.5678)


def test_signing_out_warns_of_what_is_not_up_and_leaves_nothing(
    open_as: Callable[..., Page], worker: User
) -> None:
    page = open_as(worker, "/m/me/", size=SMALL)
    phone_is_ready(page)
    page.goto("/m/report/")
    page.context.route("**/m/report/", _lose_what_is_sent)
    expect(page.locator("form[data-queue][data-ready]")).to_be_visible()
    fill(page)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.goto("/m/me/")
    page.get_by_role("button", name="退出", exact=True).click()
    expect(page.get_by_text("还有 1 条没传上去")).to_be_visible()
    page.get_by_role("button", name="先不退出").click()
    expect(page.get_by_text("还有 1 条没传上去")).to_be_hidden()
    page.get_by_role("button", name="退出", exact=True).click()
    page.get_by_role("button", name="不要了，退出").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    page.goto("/m/offline/")
    assert page.evaluate("async () => (await phoneQueue.all('queue')).length") == 0
    kept = "async () => (await caches.keys()).filter((name) => name.includes('pages')).length"
    assert page.evaluate(kept) == 0
    assert not GridEvent.objects.exists()


def _lose_what_is_sent(route: Route) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def test_the_phone_keeps_forms_and_nothing_of_peoples_matters(
    open_as: Callable[..., Page], worker: User
) -> None:
    page = open_as(worker, "/m/", size=SMALL)
    phone_is_ready(page)
    for path in ("/m/mine/?of=reported", "/m/me/", "/m/"):
        page.goto(path)
    kept = page.evaluate(
        """async () => {
          const pages = (await caches.keys()).find((name) => name.startsWith("phone-pages"));
          const kept = await (await caches.open(pages)).keys();
          return kept.map((one) => new URL(one.url).pathname);
        }"""
    )
    assert set(kept) == {"/m/report/", "/m/patrol/", "/m/help/"}


def test_who_was_signed_out_while_typing_finds_it_again(
    open_as: Callable[..., Page], worker: User, village_officer: User, live_server: Any
) -> None:
    report = reporting.Report(uuid4(), Grid.objects.get(), Category.FACILITY, TEXT)
    event, _ = reporting.report_event(report, by=worker)
    ask_event(event_id=event.pk, by=village_officer, text="哪一盏")
    page = open_as(worker, f"/m/events/{event.number}/", size=SMALL)
    page.get_by_label("补充的情况").fill("路口北边第二盏")
    page.context.clear_cookies()
    page.get_by_role("button", name="补充", exact=True).click()
    expect(page.get_by_text("离开太久，为安全已退出。登录后回到这一页，写的都在。")).to_be_visible()
    again = page.get_by_role("link", name="去登录").get_attribute("href")
    assert again == f"/login/?next=%2Fm%2Fevents%2F{event.number}%2F"
    page.context.add_cookies(_cookies_of(worker, live_server.url))
    page.goto(f"/m/events/{event.number}/")
    expect(page.get_by_label("补充的情况")).to_have_value("路口北边第二盏")
    page.get_by_role("button", name="补充", exact=True).click()
    expect(page.get_by_text("等核实")).to_be_visible()


def test_another_person_neither_sees_nor_sends_what_waits(
    open_as: Callable[..., Page], worker: User, county: County, live_server: Any
) -> None:
    other = person("grid2", "钱二", county.village, RoleCode.GRID_WORKER)
    GridRole.objects.create(
        grid=Grid.objects.get(), user=other, kind=GridRole.Kind.PART_TIME, since=LONG_AGO
    )
    page = open_as(worker, "/m/", size=SMALL)
    phone_is_ready(page)
    first = page.context.cookies()
    page.context.set_offline(True)
    open_report(page)
    fill(page)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.context.clear_cookies()
    page.context.set_offline(False)
    page.goto("/m/offline/")
    expect(page.get_by_text("1 条已存在手机里，登录后自动上传。")).to_be_visible()
    page.context.add_cookies(_cookies_of(other, live_server.url))
    page.goto("/m/mine/?of=unsent")
    expect(page.get_by_text("没有没传上去的。")).to_be_visible()
    page.evaluate("() => phoneSend(true)")
    assert not GridEvent.objects.exists()
    page.context.clear_cookies()
    page.context.add_cookies(first)
    page.goto("/m/mine/?of=unsent")
    until_up(page)
    expect(page.get_by_text("没有没传上去的。")).to_be_visible()
    until_there(1)
    assert GridEvent.objects.get().reported_by == worker


def _cookies_of(user: User, url: str) -> list[Any]:
    from django.test import Client  # noqa: PLC0415

    client = Client()
    client.force_login(user)
    return [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}]


def breaking(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """The server answers with an error so many times."""
    left = [True] * times
    real = reporting.next_in

    def next_in(name: str) -> int:
        if left:
            left.pop()
            raise RuntimeError("the disk is full")
        return real(name)

    monkeypatch.setattr(reporting, "next_in", next_in)


def test_an_error_of_the_server_is_tried_again(
    open_as: Callable[..., Page], worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, 1)
    page = open_as(worker, "/m/report/", size=SMALL)
    expect(page.locator("form[data-queue][data-ready]")).to_be_visible()
    fill(page)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.goto("/m/mine/?of=unsent")
    page.get_by_role("button", name="再试").click()
    expect(page.get_by_text("没有没传上去的。")).to_be_visible()
    until_there(1)


def ready_to_report(open_as: Callable[..., Page], worker: User) -> Page:
    page = open_as(worker, "/m/report/", size=SMALL)
    expect(page.locator("form[data-queue][data-ready]")).to_be_visible()
    return page


NO_WORKER = "delete self.SyncManager;"  # the page alone tries again, by the clock of the test


def test_what_failed_twice_is_tried_again_without_a_tap(
    open_as: Callable[..., Page], worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, 2)
    page = open_as(worker, "/m/", size=SMALL)
    page.clock.install()
    page.add_init_script(NO_WORKER)
    page.goto("/m/report/")
    fill(page)
    page.locator("form[data-queue][data-ready]").wait_for()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    tries = "async () => (await phoneQueue.all('queue')).map((one) => one.tries)[0]"
    with page.expect_response("**/m/report/"):
        page.clock.fast_forward(16_000)
    while page.evaluate(tries) == 1:  # the answer has come, the phone is still noting it down
        until_answered()
    for _ in range(20):  # a quarter of a minute at a time, as a phone lies on a table
        until_answered()
        page.clock.fast_forward(16_000)
    expect(page.locator("[data-net]")).to_be_hidden()
    until_there(1)


def waiting_behind(page: Page, answer: Callable[[Route], Any]) -> None:
    """A report is on the phone and the net does what `answer` says; the clock is the test's."""
    page.clock.install()
    page.add_init_script(NO_WORKER)
    page.goto("/m/report/")
    page.locator("form[data-queue][data-ready]").wait_for()
    fill(page)
    page.context.route("**/session/**", answer)
    page.get_by_role("button", name="提交", exact=True).click()


def test_a_net_that_just_came_back_is_asked_again_within_seconds(
    open_as: Callable[..., Page], worker: User
) -> None:
    page = open_as(worker, "/m/", size=SMALL)
    waiting_behind(page, lambda route: route.abort())
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.clock.pause_at(clock.now() + timedelta(seconds=2))
    with page.expect_event("requestfailed"):
        page.evaluate("() => dispatchEvent(new Event('online'))")
    page.context.unroute("**/session/**")
    for _ in range(6):
        until_answered()
        page.clock.run_for(1_000)
    until_up(page)
    until_there(1)


def test_a_net_that_swallows_what_is_sent_holds_a_report_up_for_a_quarter_of_a_minute(
    open_as: Callable[..., Page], worker: User
) -> None:
    page = open_as(worker, "/m/", size=SMALL)
    swallowed: list[Route] = []
    waiting_behind(page, lambda route: swallowed.append(route))
    until_held(page, swallowed)
    page.clock.fast_forward(16_000)
    expect(page.get_by_text(KEPT)).to_be_visible()
    expect(page.get_by_text("没有网络。1 条已存在手机里")).to_be_visible()
    page.context.unroute("**/session/**")
    page.clock.fast_forward(16_000)
    until_up(page)
    until_there(1)


def test_a_large_photo_over_a_weak_signal_is_given_its_time(
    open_as: Callable[..., Page], worker: User, snapshot: Path
) -> None:
    page = open_as(worker, "/m/", size=SMALL)
    page.clock.install()
    page.add_init_script(NO_WORKER)
    page.goto("/m/report/")
    page.locator("form[data-queue][data-ready]").wait_for()
    fill(page)
    page.locator("#id_photos").set_input_files(snapshot)
    expect(page.get_by_role("img", name="照片")).to_be_visible()
    slow: list[Route] = []
    page.context.route("**/m/photos/", lambda route: slow.append(route))
    page.get_by_role("button", name="提交", exact=True).click()
    until_held(page, slow)
    page.clock.fast_forward(3 * 60_000 + 1_000)
    slow[0].continue_()
    until_up(page)
    until_there(1)
    assert (len(slow), GridEvent.objects.get().photos.count()) == (1, 1)


def test_the_worker_asks_for_another_turn_while_something_waits(
    open_as: Callable[..., Page], worker: User
) -> None:
    page = open_as(worker, "/m/", size=SMALL)
    phone_is_ready(page)
    page.evaluate(
        """() => phoneQueue.put("queue", {
          id: phoneQueue.newId(), account: document.body.dataset.account, kind: "report",
          at: new Date().toISOString(), fields: {}, photos: [], url: "/m/report/",
          tries: 1, next: Date.now() + 60000,
        })"""
    )
    asked = "() => sendWaiting().then(() => 'nothing waits', () => 'another turn')"
    assert page.context.service_workers[0].evaluate(asked) == "another turn"
    page.evaluate(
        """async () => {
          const all = await phoneQueue.all("queue");
          for (const one of all) { await phoneQueue.drop("queue", one.id); }
        }"""
    )


def test_a_report_written_while_another_goes_up_follows_at_once(
    open_as: Callable[..., Page], worker: User
) -> None:
    page = ready_to_report(open_as, worker)
    page.add_init_script(NO_WORKER)
    page.reload()
    page.locator("form[data-queue][data-ready]").wait_for()
    page.evaluate(
        """() => {
          const real = window.fetch;
          window.letGo = null;
          window.fetch = async (url, options) => {
            if (String(url).includes("/m/report/") && !window.letGo) {
              await new Promise((done) => { window.letGo = done; });
            }
            return real(url, options);
          };
          const grid = document.querySelector("[name=grid]").value;
          const row = (text) => phoneQueue.put("queue", {
            id: phoneQueue.newId(), account: document.body.dataset.account, kind: "report",
            at: new Date().toISOString(), photos: [], url: "/m/report/", tries: 0, next: 0,
            fields: { text, grid, category: "facility", who: "center" },
          });
          window.both = row("先写的").then(async () => {
            const first = phoneSend(true);
            while (!window.letGo) { await new Promise((done) => setTimeout(done, 10)); }
            await row("后写的");
            const second = phoneSend(true);
            window.letGo();
            await Promise.all([first, second]);
          });
        }"""
    )
    page.evaluate("() => window.both")
    expect(page.locator("[data-net]")).to_be_hidden()
    until_there(2)


def asked_for_more(worker: User, officer: User) -> GridEvent:
    report = reporting.Report(uuid4(), Grid.objects.get(), Category.FACILITY, TEXT)
    event, _ = reporting.report_event(report, by=worker)
    ask_event(event_id=event.pk, by=officer, text="哪一盏")
    return event


def test_a_dead_net_that_looks_alive_takes_nothing_typed(
    open_as: Callable[..., Page], worker: User, village_officer: User
) -> None:
    event = asked_for_more(worker, village_officer)
    page = open_as(worker, f"/m/events/{event.number}/", size=SMALL)
    page.context.route("**/session/**", lambda route: route.abort())
    page.get_by_label("补充的情况").fill("路口北边第二盏")
    page.get_by_role("button", name="补充", exact=True).click()
    expect(page.get_by_text("没有网络，写的都还在。有网后再点一次。")).to_be_visible()
    expect(page.get_by_label("补充的情况")).to_have_value("路口北边第二盏")
    page.reload()
    expect(page.get_by_label("补充的情况")).to_have_value("路口北边第二盏")
    page.context.unroute("**/session/**")
    page.get_by_role("button", name="补充", exact=True).click()
    expect(page.get_by_text("等核实")).to_be_visible()
    assert page.evaluate("async () => (await phoneQueue.all('drafts')).length") == 0


def test_what_was_sent_into_a_dead_net_is_still_there(
    open_as: Callable[..., Page], worker: User, village_officer: User
) -> None:
    event = asked_for_more(worker, village_officer)
    page = open_as(worker, f"/m/events/{event.number}/", size=SMALL)
    page.context.route("**/supplement/", lambda route: route.abort())
    page.get_by_label("补充的情况").fill("路口北边第二盏")
    with page.expect_event("requestfailed", lambda request: "supplement" in request.url):
        page.get_by_role("button", name="补充", exact=True).click()
    page.context.unroute("**/supplement/")
    page.goto(f"/m/events/{event.number}/")
    expect(page.get_by_label("补充的情况")).to_have_value("路口北边第二盏")


FULL = """() => {
  const real = phoneQueue.put;
  phoneQueue.put = (store, row) => (store === "meta" ? real(store, row)
    : Promise.reject(new DOMException("full", "QuotaExceededError")));
}"""


def test_a_full_phone_says_so_and_sends_straight(
    open_as: Callable[..., Page], worker: User, snapshot: Path, shot: Any
) -> None:
    page = ready_to_report(open_as, worker)
    fill(page)
    page.evaluate(FULL)
    page.locator("#id_photos").set_input_files(snapshot)
    expect(page.get_by_text("手机存满了，删几张照片再试。")).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).click()
    said = page.get_by_role("alert").filter(has_text="不存手机，直接提交")
    expect(said).to_contain_text("手机存满了，删几张照片再试。")
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_enabled()
    shot(page, "full")
    said.get_by_role("button", name="不存手机，直接提交").click()
    expect(page.get_by_text("已提交")).to_be_visible()
    until_there(1)
    assert GridEvent.objects.get().photos.count() == 1


def test_what_a_phone_cannot_make_small_goes_up_as_it_is_and_the_server_makes_it_small(
    open_as: Callable[..., Page], worker: User, snapshot: Path
) -> None:
    page = ready_to_report(open_as, worker)
    page.add_init_script("delete self.createImageBitmap;")
    page.reload()
    page.locator("form[data-queue][data-ready]").wait_for()
    fill(page)
    page.locator("#id_photos").set_input_files(snapshot)
    expect(page.get_by_text("IMG_0001.jpg")).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已提交")).to_be_visible()
    expect(page.locator("[data-net]")).to_be_hidden()
    until_there(1)
    photo = GridEvent.objects.get().photos.get()
    assert (photo.width, GPS in path_to(photo.stored_as).read_bytes()) == (1600, False)


@pytest.mark.parametrize(("minutes", "ticked"), [(1, True), (11, False)])
def test_a_restored_place_has_its_tick_and_is_not_old(
    open_as: Callable[..., Page], worker: User, minutes: int, ticked: bool
) -> None:
    page = open_as(worker, "/m/", size=SMALL)
    page.clock.install()
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 103.1234, "latitude": 24.5678})
    open_report(page)
    fill(page)
    page.get_by_label("用现在的位置").check()
    expect(page.get_by_text("取到了")).to_be_visible()
    page.clock.fast_forward(minutes * 60000)
    page.reload()
    expect(page.get_by_text("上次没提交的内容已恢复。")).to_be_visible()
    expect(page.get_by_label("用现在的位置")).to_be_checked(checked=ticked)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已提交")).to_be_visible()
    assert GridEvent.objects.get().longitude == (103.1234 if ticked else None)


def test_a_grid_chosen_by_hand_stays_when_the_place_is_answered_late(
    open_as: Callable[..., Page], worker: User
) -> None:
    near = Grid.objects.get()
    far = Grid.objects.create(code=f"{near.code[:12]}009", name="柳湾村第9网格", region=near.region)
    kind = GridRole.Kind.FULL_TIME
    GridRole.objects.create(grid=far, user=worker, kind=kind, since=LONG_AGO)
    page = open_as(worker, "/m/", size=SMALL)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 103.1234, "latitude": 24.5678})
    held: list[Route] = []
    page.context.route("**/m/where/", lambda route: held.append(route))
    open_report(page)
    page.get_by_label("哪个网格").select_option(near.code)
    with page.expect_request("**/m/where/"):
        page.get_by_label("用现在的位置").check()
    page.get_by_label("哪个网格").select_option(far.code)
    [late] = held
    late.fulfill(json={"words": f"在{near.name}", "grid": near.code})
    expect(page.get_by_text(f"在{near.name}")).to_be_visible()
    expect(page.get_by_label("哪个网格")).to_have_value(far.code)


def test_photos_of_what_was_done_are_picked_like_the_others(
    open_as: Callable[..., Page], worker: User, village_officer: User, snapshot: Path, shot: Any
) -> None:
    report = reporting.Report(uuid4(), Grid.objects.get(), Category.FACILITY, TEXT)
    event, _ = reporting.report_event(report, by=worker)
    verify_event(
        event_id=event.pk,
        by=village_officer,
        truth="true",
        valid=True,
        then="worker",
        worker=worker,
    )
    page = open_as(worker, f"/m/events/{event.number}/", size=SMALL)
    page.get_by_label("怎么处置的").fill("和电工一起换了灯泡")
    expect(page.get_by_text("拍照，或选照片")).to_be_visible()
    page.locator("#id_photos").set_input_files([snapshot, snapshot])
    expect(page.get_by_role("img", name="照片")).to_have_count(2)
    page.get_by_role("button", name="删掉这张").first.click()
    shot(page, "feedback")
    _fits(page)
    page.get_by_role("button", name="反馈", exact=True).click()
    expect(page.get_by_text("处置了，等中心看")).to_be_visible()
    photo = event.photos.get()
    assert (photo.of_result, photo.width) == (True, 1600)


def test_an_outdated_token_is_fetched_anew_at_once(
    open_as: Callable[..., Page], worker: User
) -> None:
    page = open_as(worker, "/m/report/", size=SMALL)
    expect(page.locator("form[data-queue][data-ready]")).to_be_visible()
    page.evaluate(
        """() => {
          const real = window.fetch;
          window.asked = 0;
          window.fetch = async (url, options) => {
            const answer = await real(url, options);
            if (!String(url).includes("/session/") || (window.asked += 1) > 1) { return answer; }
            const told = Object.assign(await answer.json(), { token: "A".repeat(64) });
            return new Response(JSON.stringify(told), { headers: answer.headers });
          };
        }"""
    )
    fill(page)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已提交")).to_be_visible()
    assert page.evaluate("window.asked") == 2
    until_there(1)


def test_what_the_server_refuses_can_be_mended(open_as: Callable[..., Page], worker: User) -> None:
    page = open_as(worker, "/m/report/", size=SMALL)
    expect(page.locator("form[data-queue][data-ready]")).to_be_visible()
    fill(page, "这是机密文件")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="涉密的不能传到本系统")).to_be_visible()
    fill(page)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已提交")).to_be_visible()
    until_there(1)


def test_everything_works_without_a_script(open_as: Callable[..., Page], worker: User) -> None:
    page = open_as(worker, "/m/", size=SMALL, javascript=False)
    page.get_by_role("link", name="上报一件事").click()
    fill(page)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已提交")).to_be_visible()
    page.get_by_role("link", name="巡查记录").click()
    page.get_by_role("button", name="今天走过，没异常").click()
    expect(page.get_by_text("走过，没异常")).to_be_visible()


@pytest.mark.parametrize("path", ["", "report/", "patrol/", "mine/", "me/", "help/", "offline/"])
def test_a_page_fits_the_phone_and_can_be_pressed(
    open_as: Callable[..., Page], worker: User, path: str
) -> None:
    page = open_as(worker, f"/m/{path}", size=SMALL)
    _fits(page)


def test_what_is_wrong_can_be_pressed_too(open_as: Callable[..., Page], worker: User) -> None:
    page = open_as(worker, "/m/report/", size=SMALL, javascript=False)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("有 2 处要改")).to_be_visible()
    _fits(page)


def _fits(page: Page) -> None:
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= SMALL[0]
    small = page.evaluate(
        """() => Array.from(document.querySelectorAll("a, button, summary, .chip label, textarea"))
          .filter((el) => el.getClientRects().length && !el.matches(".skip, .sr"))
          .filter((el) => el.getBoundingClientRect().height < 47.5)
          .map((el) => el.textContent.trim())"""
    )
    assert small == []
