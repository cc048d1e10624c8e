from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.services import attachments
from tests.lives import Lives

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


def send(client: Client, case, name: str, content: bytes):
    url = reverse("cases:attach", args=[case.number])
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def test_a_paper_is_kept_and_handed_out_to_be_saved(
    client: Client, clerk, outsider, lives: Lives
) -> None:
    case = lives.registered()
    client.force_login(clerk)
    send(client, case, "../../工资表.png", PNG)
    kept = case.attachments.get()
    assert (kept.name, kept.media_type) == ("工资表.png", "image/png")
    url = reverse("cases:attachment", args=[case.number, kept.pk])
    response = client.get(url)
    assert response.getvalue() == PNG
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    client.force_login(outsider)
    assert client.get(url).status_code == 404


def test_the_history_says_that_a_paper_came(client: Client, clerk, lives: Lives) -> None:
    case = lives.registered()
    client.force_login(clerk)
    send(client, case, "工资表.png", PNG)
    event = case.events.latest("seq")
    assert event.data["attachment"] == case.attachments.get().pk
    page = client.get(reverse("cases:timeline", args=[case.number])).content.decode()
    assert "添加材料" in page


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (
            "证据.heic",
            b"\x00\x00\x00\x18ftypheic" + b"0" * 64,
            "“证据.heic”打不开，换成照片(jpg/png)、pdf、word",
        ),
        (
            "照片.jpg",
            b"<html>not a picture</html>",
            "“照片.jpg”打不开，换成照片(jpg/png)、pdf、word",
        ),
        ("空.pdf", b"", "“空.pdf”是空的，核对后再传"),
        ("机密文件.png", PNG, "不能上传"),
    ],
)
def test_what_is_not_let_in_leaves_nothing(
    client: Client, clerk, lives: Lives, settings, name: str, content: bytes, sentence: str
) -> None:
    case = lives.registered()
    client.force_login(clerk)
    response = send(client, case, name, content)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not case.attachments.exists()
    assert not [path for path in settings.ATTACHMENT_ROOT.rglob("*") if path.is_file()]


def test_size_and_number_are_bounded(client: Client, clerk, lives: Lives, monkeypatch) -> None:
    case = lives.registered()
    client.force_login(clerk)
    monkeypatch.setattr(attachments, "MOST", 1)
    monkeypatch.setattr(attachments, "LARGEST", attachments.MEGABYTE)
    large = send(client, case, "大.png", PNG + b"0" * attachments.MEGABYTE)
    assert "“大.png”2 MB 太大，最多 1 MB" in large.content.decode()
    send(client, case, "一.png", PNG)
    assert send(client, case, "二.png", PNG).status_code == 409
    assert case.attachments.count() == 1
