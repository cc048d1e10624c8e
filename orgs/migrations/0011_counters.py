"""The table of counters, as `cases` has handed it down."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orgs", "0010_imports"), ("cases", "0021_counters_move")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Counter",
                    fields=[
                        (
                            "series",
                            models.CharField(max_length=40, primary_key=True, serialize=False),
                        ),
                        ("last", models.PositiveIntegerField(default=0)),
                    ],
                ),
            ],
        ),
    ]
