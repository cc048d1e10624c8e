from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("mediation", "0002_proceedings"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="asked_at",
            field=models.DateTimeField(null=True, verbose_name="催过记录"),
        ),
    ]
