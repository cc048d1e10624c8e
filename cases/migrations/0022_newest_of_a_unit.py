"""A part knows when its case was registered: a unit's list finds its newest by one index."""

from django.db import migrations, models

OF_THE_CASE = """
UPDATE cases_assignment part SET case_registered_at = its.registered_at
FROM cases_case its WHERE its.id = part.case_id
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0021_counters_move")]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="case_registered_at",
            field=models.DateTimeField(null=True, verbose_name="事项登记时间"),
        ),
        migrations.RunSQL(OF_THE_CASE, migrations.RunSQL.noop),
        # A table with changes still to be checked cannot be altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="assignment",
            name="case_registered_at",
            field=models.DateTimeField(verbose_name="事项登记时间"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                fields=["unit", "-case_registered_at", "-case"], name="assignment_newest_of_unit"
            ),
        ),
    ]
