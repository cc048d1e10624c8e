"""A visit is counted where people came; what lists and the board count stands in indexes."""

import django.db.models.deletion
from django.db import migrations, models

CENTER_OF_THE_CASE = """
UPDATE cases_visit SET center_id = cases_case.center_id
FROM cases_case WHERE cases_case.id = cases_visit.case_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


def center(**options: bool) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="visits",
        to="orgs.center",
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_types_are_reference")]

    operations = [
        migrations.AddField("visit", "center", center(null=True)),
        migrations.RunSQL(CENTER_OF_THE_CASE, migrations.RunSQL.noop),
        migrations.AlterField("visit", "center", center()),
        migrations.RemoveIndex("visit", "visit_by_time"),
        migrations.AddIndex(
            "visit",
            models.Index(fields=["at"], include=("center", "visitors"), name="visit_by_time"),
        ),
        migrations.RemoveIndex("case", "case_due"),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["due_at", "id"],
                include=("center", "near_at", "risk", "complained_at", "round"),
                condition=~models.Q(stage="closed"),
                name="case_due",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(fields=["source", "-registered_at", "-id"], name="case_by_source"),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["-registered_at", "-id"],
                condition=models.Q(risk="high"),
                name="case_high_risk",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["-registered_at", "-id"],
                condition=models.Q(satisfaction__in=["unsatisfied", "very_unsatisfied"]),
                name="case_unsatisfied",
            ),
        ),
    ]
