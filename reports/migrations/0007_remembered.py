from django.core.management import call_command
from django.db import migrations


def make_table(apps, schema_editor):
    call_command(
        "createcachetable",
        "reports_remembered",
        database=schema_editor.connection.alias,
        verbosity=0,
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_entered_figures")]
    operations = [
        migrations.RunPython(
            make_table, migrations.RunPython.noop, hints={"model_name": "remembered"}
        ),
    ]
