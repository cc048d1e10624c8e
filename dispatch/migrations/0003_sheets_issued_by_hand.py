from django.db import migrations, models
from django.db.models import F


def say_when_the_answer_is_due(apps, schema_editor):
    """A sheet issued by hand held the moment of its issue, where no time had passed."""
    sheets = apps.get_model("dispatch", "Supervision").objects.exclude(opened_by=None)
    sheets.filter(due_at=F("opened_at")).update(due_at=F("answer_due_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_how_they_rated"),
        ("dispatch", "0002_routing_rules"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="supervision",
            name="supervision_once_per_due_time",
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("opened_by", None)),
                fields=("case", "round", "unit", "due_at"),
                name="supervision_once_per_due_time",
            ),
        ),
        migrations.RunPython(say_when_the_answer_is_due, migrations.RunPython.noop),
    ]
