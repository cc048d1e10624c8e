from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.models import Attachment
from tests.files import GPS, jpeg, large_photo, office, pdf, png
from tests.lives import Lives
from zongzhi.lib import uploads
from zongzhi.lib.uploads import MEGABYTE

PNG = png()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def send(client: Client, case, *files: tuple[str, bytes], **said: str):
    url = reverse("cases:attach", args=[case.number])
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(url, {"file": sent, "source": "applicant", **said})


def said_by(response) -> str:
    return str(response.content.decode())


@pytest.fixture
def case(client: Client, clerk, lives: Lives):
    client.force_login(clerk)
    return lives.registered()


def stored(settings) -> list:
    return [path for path in settings.ATTACHMENT_ROOT.rglob("*") if path.is_file()]


def test_a_paper_is_kept_and_handed_out_to_be_saved(client: Client, outsider, case) -> None:
    send(client, case, ("工资表.png", PNG), note="一月到三月")
    kept = case.attachments.get()
    assert (kept.name, kept.media_type, kept.source) == ("工资表.png", "image/png", "applicant")
    url = reverse("cases:attachment", args=[case.number, kept.pk])
    response = client.get(url)
    assert response.getvalue() == PNG
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    page = said_by(client.get(f"{case.get_absolute_url()}?tab=papers"))
    for shown in ("来访人交来", "一月到三月", "王芳"):
        assert shown in page
    client.force_login(outsider)
    assert client.get(url).status_code == 404
    assert client.get(reverse("cases:preview", args=[case.number, kept.pk])).status_code == 404


def test_the_history_says_that_a_paper_came(client: Client, case) -> None:
    send(client, case, ("工资表.png", PNG))
    event = case.events.latest("seq")
    assert event.data["attachment"] == case.attachments.get().pk
    assert "添加材料" in said_by(client.get(reverse("cases:timeline", args=[case.number])))


def test_a_photo_is_kept_without_the_place_it_was_taken_at(client: Client, case, settings) -> None:
    send(client, case, ("现场.jpg", jpeg()))
    (path,) = stored(settings)
    assert GPS not in path.read_bytes()


def test_a_picture_is_looked_at_in_a_sandbox(client: Client, case) -> None:
    send(client, case, ("现场.jpg", jpeg()))
    url = reverse("cases:preview", args=[case.number, case.attachments.get().pk])
    response = client.get(url)
    assert response.getvalue().startswith(b"\xff\xd8")
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("inline")
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_large_picture_is_first_shown_small(client: Client, case) -> None:
    send(client, case, ("现场.jpg", large_photo()))
    url = reverse("cases:preview", args=[case.number, case.attachments.get().pk])
    assert f"{url}?small" in said_by(client.get(f"{case.get_absolute_url()}?tab=papers"))
    small, whole = client.get(f"{url}?small"), client.get(url)
    assert len(small.getvalue()) < len(whole.getvalue()) / 8
    assert "sandbox" in small["Content-Security-Policy"]


def test_only_what_runs_nothing_is_shown_in_the_browser(client: Client, case) -> None:
    script = pdf(b"7 0 obj <</S /JavaScript>> endobj\n")
    send(client, case, ("合同.pdf", pdf(pages=3)), ("怪.pdf", script), ("信.docx", office()))
    quiet, loud, word = Attachment.objects.all()
    assert (quiet.pages, quiet.may_preview) == (3, True)
    shown = client.get(reverse("cases:preview", args=[case.number, quiet.pk]))
    assert shown.getvalue().startswith(b"%PDF")
    assert "object-src 'self'" in shown["Content-Security-Policy"]
    for other in (loud, word):
        url = reverse("cases:preview", args=[case.number, other.pk])
        assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        pytest.param(
            "证据.heic",
            b"\x00\x00\x00\x18ftypheic" + b"0" * 64,
            "“证据.heic”打不开，换成照片(jpg/png)、pdf、word",
            id="heic",
        ),
        pytest.param(
            "照片.jpg",
            b"<html><script>alert(1)</script></html>",
            "“照片.jpg”打不开，换成照片(jpg/png)、pdf、word",
            id="a page named jpg",
        ),
        pytest.param("图.svg", SVG, "“图.svg”打不开", id="svg with script"),
        pytest.param("图.png", SVG, "“图.png”打不开", id="svg named png"),
        pytest.param("程序.pdf", b"MZ" + b"\0" * 99, "“程序.pdf”打不开", id="a program"),
        pytest.param("空.pdf", b"", "“空.pdf”是空的，核对后再传", id="empty"),
        pytest.param("大.png", png(width=40000, height=40000), "万像素", id="pixel bomb"),
        pytest.param("信.docx", office(content=b"0" * 5 * MEGABYTE), "解开太大", id="zip bomb"),
        pytest.param("信.docx", office(word__vbaProject_dot_bin=b"x"), "里有宏或程序", id="macro"),
        pytest.param(
            "旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "是旧格式", id="old word"
        ),
    ],
)
def test_what_is_not_let_in_leaves_nothing(
    client: Client, case, settings, name: str, content: bytes, sentence: str
) -> None:
    response = send(client, case, (name, content), note="请看第二页")
    assert response.status_code == 422
    assert sentence in said_by(response)
    assert "请看第二页" in said_by(response)
    assert not case.attachments.exists()
    assert stored(settings) == []


def test_a_file_of_100_mb_is_counted_but_not_kept_anywhere(
    client: Client, case, settings, tmp_path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "incoming")
    (tmp_path / "incoming").mkdir()
    response = send(client, case, ("录像.jpg", b"\xff\xd8" + b"0" * (100 * MEGABYTE - 2)))
    assert response.status_code == 422
    assert "“录像.jpg”100 MB 太大，最多 20 MB" in said_by(response)
    left = [path.stat().st_size for path in (tmp_path / "incoming").iterdir()]
    assert sum(left) <= uploads.LARGEST
    assert stored(settings) == []


@pytest.mark.parametrize(
    "name",
    [
        "../../工资表.png",
        "..\\..\\工资表.png",
        "/etc/工资表.png",
        "C:\\a\\工资表.png",
        "工资表\x00.png",
    ],
)
def test_a_path_in_the_name_leads_nowhere(client: Client, case, settings, name: str) -> None:
    url = reverse("cases:attach", args=[case.number])
    file = SimpleUploadedFile("x.png", PNG)
    file._name = name  # what a hostile client sends; SimpleUploadedFile would clean it
    client.post(url, {"file": file, "source": "other"})
    assert case.attachments.get().name == "工资表.png"
    (path,) = stored(settings)
    assert settings.ATTACHMENT_ROOT in path.parents
    assert path.name == case.attachments.get().stored_as


def test_a_file_gets_the_ending_of_what_it_is(client: Client, case) -> None:
    send(client, case, ("发票.exe", PNG), ("照片.JPEG", jpeg()), ("没有后缀", pdf()))
    names = [file.name for file in case.attachments.all()]
    assert names == ["发票.png", "照片.JPEG", "没有后缀.pdf"]


def test_one_refused_file_does_not_keep_the_others_out(client: Client, case) -> None:
    response = send(
        client, case, ("一.png", PNG), ("二.heic", b"nothing"), ("三.png", PNG), note="三张照片"
    )
    page = said_by(response)
    assert response.status_code == 422
    assert "已添加 2 份材料" in page
    assert "“二.heic”打不开" in page
    assert "三张照片" in page
    assert [file.name for file in case.attachments.all()] == ["一.png", "三.png"]


def test_a_mark_of_secrecy_is_asked_about_before_anything_is_kept(
    client: Client, case, settings
) -> None:
    for name, note in (("机密文件.png", ""), ("通知.png", "秘密★10年")):
        response = send(client, case, (name, PNG), note=note)
        assert response.status_code == 422
        assert "涉密的不能传到本系统" in said_by(response)
        assert "已核对，不涉密" in said_by(response)
    assert stored(settings) == []
    send(client, case, ("机密文件.png", PNG), not_secret="on")
    assert case.attachments.get().name == "机密文件.png"
    assert case.events.latest("seq").data["not_secret"] is True


def test_an_ordinary_secret_is_no_state_secret(client: Client, case) -> None:
    assert send(client, case, ("商业秘密协议.pdf", pdf())).status_code == 302


def test_where_it_came_from_is_asked(client: Client, case) -> None:
    response = send(client, case, ("一.png", PNG), source="")
    assert (response.status_code, "还没选“来源”" in said_by(response)) == (422, True)
    assert not case.attachments.exists()


def test_a_case_takes_thirty_files_and_no_more(client: Client, case) -> None:
    for _ in range(3):
        send(client, case, *[(f"{n}.png", PNG) for n in range(10)])
    response = send(client, case, ("多.png", PNG))
    assert (response.status_code, "已经有 30 份材料" in said_by(response)) == (409, True)
    assert case.attachments.count() == uploads.MOST


def test_more_than_thirty_at_once_are_told_before_any_is_kept(client: Client, case) -> None:
    response = send(client, case, *[(f"{n}.png", PNG) for n in range(31)])
    assert "一次选了 31 份，最多 30 份" in said_by(response)
    assert not case.attachments.exists()


def test_nothing_chosen_is_told(client: Client, case) -> None:
    response = send(client, case)
    assert (response.status_code, "还没选文件" in said_by(response)) == (422, True)
