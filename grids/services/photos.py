"""照片 of an event: no larger than needed, without what tells of their maker, kept once."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from grids.models import EventPhoto, GridEvent
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound, WrongState
from zongzhi.lib.pictures import Picture
from zongzhi.lib.shrinking import MEDIA_TYPE, shrunk
from zongzhi.lib.stored import Upload, clean_picture, head_of, keeping, type_of

MOST_PHOTOS = 4
PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
LONGEST = 1600  # pixels; a phone sends no larger ones, a desk or an old browser may
QUALITY = 82
LATEST = timedelta(days=7)  # after a finished event came in: a phone may have been off


def add_photo(
    event_id: int, upload: Upload, client_id: uuid.UUID, by: User, of_result: bool = False
) -> tuple[EventPhoto, bool]:
    """Keep a photo with its event; (photo, whether it is new).

    The same `client_id` for the same event by the same person is one photo. Raises NotFound for
    an event that is not theirs to see, Invalid for what is no photo, WrongState when there are
    four already or the event is long over.
    """
    existing = _sent_before(event_id, client_id, by)
    if existing is not None:
        return existing, False
    data, media_type = _look_at(upload)
    picture, media_type = _no_larger(clean_picture(data, media_type, "照片"), media_type)
    try:
        with keeping(io.BytesIO(picture.data)) as kept, transaction.atomic():
            _room_for(_event(event_id, by), by, of_result)
            photo = EventPhoto.objects.create(
                event_id=event_id,
                client_id=client_id,
                stored_as=kept.stored_as,
                media_type=media_type,
                size=kept.size,
                sha256=kept.sha256,
                width=picture.width,
                height=picture.height,
                uploaded_by=by,
                uploaded_at=clock.now(),
                of_result=of_result,
            )
            return photo, True
    except IntegrityError:
        existing = _sent_before(event_id, client_id, by)
        if existing is None:
            raise
        return existing, False


def _sent_before(event_id: int, client_id: uuid.UUID, by: User) -> EventPhoto | None:
    photo = EventPhoto.objects.filter(client_id=client_id).first()
    if photo is not None and (photo.event_id, photo.uploaded_by_id) != (event_id, by.pk):
        raise NotFound("没有这张照片")
    return photo


def _look_at(upload: Upload) -> tuple[bytes, str]:
    media_type = type_of(head_of(upload, "照片"))
    if media_type not in PHOTO_TYPES:
        raise Invalid("照片打不开，换成 jpg、png 格式的照片")
    return upload.read(), media_type


def _no_larger(picture: Picture, media_type: str) -> tuple[Picture, str]:
    """Drawn smaller where it is too large; a small one stays bit for bit what it was."""
    if max(picture.width, picture.height) <= LONGEST:
        return picture, media_type
    smaller = shrunk(io.BytesIO(picture.data), media_type, side=LONGEST, quality=QUALITY)
    return (picture, media_type) if smaller is None else (smaller, MEDIA_TYPE)


def _event(event_id: int, by: User) -> GridEvent:
    """The event, locked; a reporter's own photos may follow even after they were moved."""
    own = Q(reported_by=by) | Q(pk__in=GridEvent.objects.visible_to(by).filter(pk=event_id))
    event = GridEvent.objects.locked().filter(own, pk=event_id).first()
    if event is None:
        raise NotFound("没有这件事")
    return event


def _room_for(event: GridEvent, by: User, of_result: bool) -> None:
    if not may_add_photos(event, by):
        raise NotAllowed(f"{event.short_number} 不归这个账号办，不能加照片")
    if event.done_at is not None and event.received_at < clock.now() - LATEST:
        raise WrongState(f"{event.short_number} 早已办结，不能再加照片")
    if event.photos.filter(of_result=of_result).count() >= MOST_PHOTOS:
        raise WrongState(f"已经有 {MOST_PHOTOS} 张照片，不能再加")


def may_add_photos(event: GridEvent, by: User) -> bool:
    """Who reported it, typed it in, handles it, or works at its centre."""
    return (
        by.pk in (event.reported_by_id, event.typed_by_id, event.worker_id)
        or by.can_at(Permission.TRIAGE, event.center_id)
        or by.can_for(Permission.HANDLE, [event.unit_id])
    )
