"""What only a browser can show of paper: lines and characters, page sizes, copying, files."""

from __future__ import annotations

import base64
import re
from itertools import pairwise
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cases.models import Case, Document, UpperPlatform
from cases.services.course import decline_case
from cases.services.papers import make_document
from orgs.models import User
from tests.files import GPS, exif, segment
from tests.lives import ID_NUMBER, PHONE, Lives

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MM = 72 / 25.4

# Every line of the text as (its top, how many characters stand on it).
LINES = """element => {
  const rows = new Map();
  const node = element.firstChild;
  for (let i = 0; i < node.length; i++) {
    const range = document.createRange();
    range.setStart(node, i); range.setEnd(node, i + 1);
    const box = range.getBoundingClientRect();
    const top = Math.round(box.top * 10) / 10;
    rows.set(top, (rows.get(top) || 0) + 1);
  }
  return [...rows.entries()];
}"""
CANVAS = """() => {
  const canvas = document.createElement('canvas');
  canvas.width = 64; canvas.height = 48;
  canvas.getContext('2d').fillRect(0, 0, 64, 48);
  return canvas.toDataURL('image/jpeg').split(',')[1];
}"""


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(name)).first.click()


def printed(page: Page) -> bytes:
    """Press print, as the clerk does, and take what the printer would get."""
    press(page, "^打印$")
    expect(page.get_by_role("button", name="再打一次")).to_be_visible()
    return page.pdf(prefer_css_page_size=True)


def sheets(pdf: bytes) -> list[tuple[int, int]]:
    """The size of every page of a printout, in millimetres."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(w) / MM), round(float(h) / MM)) for w, h in boxes]


def notice(lives: Lives, triage: User, text: str) -> tuple[Case, Document]:
    """A refusal that says so much."""
    case = decline_case(
        case_id=lives.registered().pk, by=triage, reason="litigation", route="lawsuit", text=text
    )
    kind = Document.Kind.DECLINED
    return case, make_document(case_id=case.pk, kind=kind, by=triage, address=None)[0]


def url(case: Case, document: Document) -> str:
    return reverse("cases:document", args=[case.number, document.pk])


def test_a_full_page_holds_22_lines_of_28_characters(open_as, lives: Lives, triage: User) -> None:
    case, made = notice(lives, triage, "法院已经立案正在审理" * 90)
    page = open_as(triage, url(case, made))
    press(page, "^打印$")
    expect(page.get_by_role("button", name="再打一次")).to_be_visible()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": round(156 / 25.4 * 96), "height": 900})
    told = page.locator(".paper > p", has_text="法院已经立案")
    lines = told.evaluate(LINES)
    assert {count for _, count in lines[1:-1]} == {28}
    assert lines[0][1] == 26  # two characters in
    steps = [below - above for (above, _), (below, _) in pairwise(lines)]
    assert all(abs(step - 38.6) < 0.2 for step in steps)  # 28.95 pt, 22 of which are 225 mm


@pytest.mark.parametrize(("spare", "pages"), [(0, 1), (1, 2)])
def test_the_page_turns_after_its_22nd_line(
    open_as, lives: Lives, triage: User, spare: int, pages: int
) -> None:
    """The last page is told apart from the next by one line more."""
    case, made = notice(lives, triage, "立案")
    page = open_as(triage, url(case, made))
    press(page, "^打印$")
    expect(page.get_by_role("button", name="再打一次")).to_be_visible()
    page.evaluate(
        """lines => {
          const paper = document.querySelector('.paper');
          const text = document.createElement('p');
          text.style = '';
          text.className = 'flush';
          text.textContent = '文'.repeat(28 * lines);
          paper.replaceChildren(text);
        }""",
        22 + spare,
    )
    pdf = page.pdf(prefer_css_page_size=True)
    assert sheets(pdf) == [(210, 297)] * pages


def test_the_signature_is_never_torn_apart(open_as, lives: Lives, triage: User) -> None:
    case, made = notice(lives, triage, "法院已经立案正在审理" * 24)
    page = open_as(triage, url(case, made))
    assert set(sheets(printed(page))) == {(210, 297)}
    page.emulate_media(media="print")
    assert page.locator(".sig").evaluate("e => getComputedStyle(e).breakInside") == "avoid"


@pytest.mark.parametrize(("size", "sheet"), [("", (148, 210)), ("?size=80", (80, 200))])
def test_a_slip_fits_one_sheet(
    open_as, lives: Lives, clerk: User, size: str, sheet: tuple[int, int]
) -> None:
    case = lives.dispatched()
    page = open_as(clerk, reverse("cases:slip", args=[case.number]) + size)
    assert sheets(printed(page)) == [sheet]
    code = page.locator(".slip__qr svg").bounding_box()
    assert code["width"] >= 25 / 25.4 * 96
    number = page.locator(".slip__number").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert number >= 24 / 72 * 96


def test_a_preview_does_not_print(open_as, lives: Lives, clerk: User) -> None:
    case = lives.dispatched()
    page = open_as(clerk, reverse("cases:slip", args=[case.number]))
    page.emulate_media(media="print")
    expect(page.locator(".paper")).to_be_hidden()
    expect(page.get_by_text("这是预览")).to_be_visible()


@pytest.fixture
def platform(lives: Lives) -> UpperPlatform:
    return UpperPlatform.objects.get()


def test_fields_are_copied_by_button_by_digit_and_all_in_one_line(
    open_as, lives: Lives, triage: User, platform
) -> None:
    """Plain HTTP has no clipboard of its own: the old command does it."""
    case = lives.dispatched()
    page = open_as(triage, reverse("cases:transcription", args=[case.number]))
    press(page, "显示当事人信息")
    expect(page.get_by_text(ID_NUMBER).first).to_be_visible()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate(
        """() => {
          window.copied = [];
          document.addEventListener('copy', () => {
            const area = document.activeElement;
            window.copied.push(area.value);
          });
        }"""
    )
    button = page.locator(f'[data-copy="{PHONE}"]')
    button.click()
    expect(button).to_have_text("已复制")
    page.locator("[data-copy-keys]").focus()
    page.keyboard.press("1")
    press(page, "全部复制为一行")
    copied = page.evaluate("window.copied")
    assert copied[:2] == [PHONE, case.title]
    assert copied[2].split("\t")[0] == case.title
    assert ID_NUMBER in copied[2]


def test_transcribing_works_without_script(open_as, lives: Lives, triage: User, platform) -> None:
    case = lives.dispatched()
    page = open_as(triage, reverse("cases:transcription", args=[case.number]), javascript=False)
    press(page, "显示当事人信息")
    expect(page.get_by_text(ID_NUMBER).first).to_be_visible()
    page.get_by_label("对方编号").fill("530000123")
    press(page, "标记已转录")
    expect(page.get_by_text(f"{case.short_number} 已标记转录")).to_be_visible()


def photo(page: Page) -> dict[str, Any]:
    """A real picture lying on its side, as a telephone stores it."""
    drawn = base64.b64decode(page.evaluate(CANVAS))
    turned = drawn[:2] + segment(0xE1, b"Exif\0\0" + exif(6)) + drawn[2:]
    assert GPS in turned
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": turned}


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_several_photos_are_added_and_the_refused_one_named(
    open_as, lives: Lives, clerk: User, javascript: bool
) -> None:
    case = lives.registered()
    tab = f"{case.get_absolute_url()}?tab=papers"
    drawn = photo(open_as(clerk, "/cases/"))
    page = open_as(clerk, tab, javascript=javascript)
    broken = {"name": "证据.heic", "mimeType": "image/heic", "buffer": b"nothing"}
    page.set_input_files("#file", [drawn, broken])
    page.get_by_label("来源").select_option("site")
    page.get_by_label("说明").fill("工地大门")
    press(page, "上传")
    expect(page.get_by_text("“证据.heic”打不开").first).to_be_visible()
    expect(page.get_by_text("已添加 1 份材料")).to_be_visible()
    assert page.get_by_label("说明").input_value() == "工地大门"
    page.locator(".files summary").click()
    picture = page.locator(".files__picture")
    expect(picture).to_be_visible()
    if javascript:
        page.locator(".files__picture").first.evaluate("picture => picture.decode()")
        size = picture.evaluate("image => [image.naturalWidth, image.naturalHeight]")
        assert size == [48, 64]  # the browser still knows which way is up


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_list_is_exported_and_a_view_saved(
    open_as, lives: Lives, triage: User, javascript: bool
) -> None:
    lives.registered()
    page = open_as(triage, "/cases/?type=10", javascript=javascript)
    with page.expect_download() as download:
        press(page, "^导出$")
    assert download.value.suggested_filename.endswith(".xlsx")
    page.get_by_text("另存为我的视图").click()
    page.get_by_label("名称").fill("我的欠薪件")
    press(page, "^保存$")
    expect(page.get_by_role("link", name="我的欠薪件")).to_have_attribute("aria-current", "page")


def test_a_phone_typed_into_the_top_box_never_shows_in_the_address(
    open_as, lives: Lives, clerk: User
) -> None:
    lives.registered()
    lives.registered()
    page = open_as(clerk, "/cases/")
    page.locator("#search").fill(PHONE)
    page.keyboard.press("Enter")
    expect(page.get_by_text("按手机号或身份证号找的")).to_be_visible()
    assert PHONE not in page.url


@pytest.mark.parametrize("size", [(1366, 657), (360, 640)])
def test_no_page_of_papers_scrolls_sideways(
    open_as, lives: Lives, triage: User, clerk: User, platform, size
) -> None:
    case = lives.dispatched()
    kind = Document.Kind.REGISTRATION
    made = make_document(case_id=case.pk, kind=kind, by=triage, address=None)[0]
    page = open_as(triage, "/cases/", size=size)
    for path in (
        f"{case.get_absolute_url()}?tab=papers",
        url(case, made),
        reverse("cases:slip", args=[case.number]),
        reverse("cases:reprint"),
        reverse("cases:export"),
        reverse("cases:transcriptions"),
        reverse("cases:transcription", args=[case.number]),
    ):
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], f"{path} is {width} wide"
