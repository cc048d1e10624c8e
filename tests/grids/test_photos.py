from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from grids.models import EventPhoto, GridEvent, GridRole
from grids.services import photos
from grids.services.photos import add_photo
from tests.concurrency import at_once, hold
from tests.files import GPS, jpeg, large_photo, pdf, png
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound, WrongState
from zongzhi.lib.pictures import without_traces
from zongzhi.lib.stored import path_to


def upload(content: bytes | None = None, name: str = "现场.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg() if content is None else content)


def test_a_photo_is_kept_without_where_it_was_taken(reported, worker) -> None:
    photo, is_new = add_photo(reported().pk, upload(), uuid4(), worker)
    content = path_to(photo.stored_as).read_bytes()
    assert is_new
    assert GPS in jpeg()
    assert GPS not in content
    assert (photo.media_type, photo.size, photo.width) == ("image/jpeg", len(content), 4)


def test_a_photo_larger_than_a_phone_would_send_is_drawn_smaller_and_upright(
    reported, worker
) -> None:
    sideways = Image.Exif()
    sideways[0x0112] = 6
    whole = large_photo(2400, 1200, exif=sideways)
    photo, _ = add_photo(reported().pk, upload(whole), uuid4(), worker)
    content = path_to(photo.stored_as).read_bytes()
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (photo.width, photo.height) == (800, 1600)
        assert not picture.getexif()
    assert photo.size == len(content) < len(whole)
    drawing, _ = add_photo(photo.event_id, upload(large_photo(1601, 3, "PNG")), uuid4(), worker)
    assert (drawing.media_type, drawing.width) == ("image/jpeg", 1600)


def test_a_photo_no_larger_than_that_stays_bit_for_bit_what_it_was(reported, worker) -> None:
    whole = large_photo(1600, 20)
    photo, _ = add_photo(reported().pk, upload(whole), uuid4(), worker)
    assert path_to(photo.stored_as).read_bytes() == without_traces(whole, "image/jpeg").data


def test_a_large_photo_that_cannot_be_drawn_smaller_is_kept_as_it_is(reported, worker) -> None:
    photo, _ = add_photo(reported().pk, upload(jpeg(width=4000, height=3000)), uuid4(), worker)
    assert (photo.width, photo.height) == (4000, 3000)
    assert GPS not in path_to(photo.stored_as).read_bytes()


def test_the_bytes_say_what_it_is_and_not_the_name(reported, worker) -> None:
    photo, _ = add_photo(reported().pk, upload(png(), "现场.jpg"), uuid4(), worker)
    assert photo.media_type == "image/png"
    for content in (pdf(), b"", b"<svg/>", b"\xff\xd8\xff\xe0\0"):
        with pytest.raises(Invalid):
            add_photo(photo.event_id, upload(content), uuid4(), worker)
    assert EventPhoto.objects.count() == 1


def test_the_same_photo_sent_again_is_one(reported, worker) -> None:
    event, client_id = reported(), uuid4()
    first, _ = add_photo(event.pk, upload(), client_id, worker)
    again, is_new = add_photo(event.pk, upload(), client_id, worker)
    assert (again, is_new) == (first, False)
    assert event.photos.count() == 1


def test_a_number_taken_by_another_photo_is_not_there(reported, worker) -> None:
    client_id = uuid4()
    add_photo(reported().pk, upload(), client_id, worker)
    with pytest.raises(NotFound):
        add_photo(reported().pk, upload(), client_id, worker)


def test_four_photos_and_four_of_the_result_are_all(reported, worker, settings) -> None:
    event = reported()
    for of_result in (False, True):
        for _ in range(4):
            add_photo(event.pk, upload(), uuid4(), worker, of_result)
        with pytest.raises(WrongState, match="4 张"):
            add_photo(event.pk, upload(), uuid4(), worker, of_result)
    files = [path for path in settings.ATTACHMENT_ROOT.rglob("*") if path.is_file()]
    assert (event.photos.count(), len(files)) == (8, 8)


@pytest.mark.django_db(transaction=True)
def test_a_fifth_photo_at_the_same_moment_stays_out(reported, worker, monkeypatch) -> None:
    event = reported()
    for _ in range(3):
        add_photo(event.pk, upload(), uuid4(), worker)
    hold(monkeypatch, photos, "may_add_photos")
    calls = [lambda: add_photo(event.pk, upload(), uuid4(), worker)] * 2
    assert at_once(*calls) == ["WrongState", "ok"]
    assert event.photos.count() == 4


def test_an_event_one_does_not_see_takes_no_photo(reported, outsider) -> None:
    with pytest.raises(NotFound):
        add_photo(reported().pk, upload(), uuid4(), outsider)


def test_who_only_looks_adds_nothing(reported, leader) -> None:
    with pytest.raises(NotAllowed):
        add_photo(reported().pk, upload(), uuid4(), leader)


def test_a_reporters_photos_follow_even_after_they_were_moved(reported, worker) -> None:
    event = reported()
    GridRole.objects.update(until=clock.today() - timedelta(days=1))
    assert not GridEvent.objects.visible_to(worker).exists()
    assert add_photo(event.pk, upload(), uuid4(), worker)[1]


def test_an_event_that_is_long_over_takes_no_photo(reported, worker) -> None:
    event = reported(settled_on_spot=True)
    add_photo(event.pk, upload(), uuid4(), worker)
    GridEvent.objects.update(received_at=clock.now() - timedelta(days=8))
    with pytest.raises(WrongState, match="早已办结"):
        add_photo(event.pk, upload(), uuid4(), worker)
