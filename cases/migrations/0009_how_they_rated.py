import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Case, Exists, F, OuterRef, Value, When

WAYS = [("scan", "本人扫码"), ("tablet", "窗口平板"), ("staff", "电话代录")]
REASONS = [
    ("slow", "拖得久"),
    ("no_contact", "没人联系"),
    ("unfair", "结果不公"),
    ("rude", "态度不好"),
    ("broken_promise", "说好的没做到"),
]


def say_how(apps, schema_editor):
    """A case that a word of the citizen closed was rated by scanning; a call is staff's record."""
    cases, calls = apps.get_model("cases", "Case"), apps.get_model("cases", "FollowUp")
    own = calls.objects.filter(case=OuterRef("pk"), by=None, at=OuterRef("closed_at"))
    way = Case(When(Exists(own), then=Value("scan")), default=Value("staff"))
    cases.objects.exclude(satisfaction="").update(rated_by=way, updated_at=F("updated_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_indexes_that_are_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="rated_by",
            field=models.CharField(
                blank=True,
                choices=WAYS,
                max_length=10,
                verbose_name="怎么评的",
            ),
        ),
        migrations.AddField(
            model_name="rating",
            name="rated_by",
            field=models.CharField(
                choices=WAYS, default="scan", max_length=10, verbose_name="怎么评的"
            ),
        ),
        migrations.AddField(
            model_name="rating",
            name="reasons",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=REASONS, max_length=15),
                blank=True,
                default=list,
                size=None,
                verbose_name="哪里不满意",
            ),
        ),
        migrations.RunPython(say_how, migrations.RunPython.noop),
    ]
