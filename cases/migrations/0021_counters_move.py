"""Counters are needed by lower floors too: the table moves to `orgs`, with what is in it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_mediation_papers")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("Counter")],
            database_operations=[migrations.AlterModelTable("Counter", "orgs_counter")],
        ),
    ]
