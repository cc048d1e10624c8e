"""The rooms and chairs of sessions that are still to be held, as bookings like any other."""

from django.db import migrations


def book_what_is_planned(apps, schema_editor):
    JointSession = apps.get_model("dispatch", "JointSession")
    Bookable = apps.get_model("orgs", "Bookable")
    Booking = apps.get_model("orgs", "Booking")
    kinds = dict(JointSession._meta.get_field("kind").choices)
    planned = JointSession.objects.filter(held_at=None, cancelled_at=None)
    for session in planned.order_by("starts_at", "pk"):
        for key in (f"room {session.room_id}", f"person {session.chair_id}"):
            bookable, _ = Bookable.objects.get_or_create(key=key)
            same = Booking.objects.filter(bookable=bookable, released_at=None)
            span = {"starts_at__lt": session.ends_at, "ends_at__gt": session.starts_at}
            if same.filter(**span).exists():
                continue  # so far a chair could be asked to two sessions at once
            Booking.objects.create(
                bookable=bookable,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                owner=f"joint session {session.pk}",
                what=f"{kinds[session.kind]} {session.year}年第{session.serial}期",
            )


def forget_them(apps, schema_editor):
    apps.get_model("orgs", "Booking").objects.filter(owner__startswith="joint session ").delete()


class Migration(migrations.Migration):

    dependencies = [
        ("dispatch", "0009_reminders_of_more_clocks"),
        ("orgs", "0009_bookings"),
    ]

    operations = [
        migrations.RunPython(book_what_is_planned, forget_them),
    ]
