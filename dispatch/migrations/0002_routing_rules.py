import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_drafts_and_compulsory_reports"),
        ("dispatch", "0001_initial"),
        ("orgs", "0003_reference_has_a_revision"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=10,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^R-\\d{2,4}$", "编号写成 R-07 这样"
                            )
                        ],
                        verbose_name="编号",
                    ),
                ),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        help_text="“事情和要求”里出现其中一个就算；用逗号隔开",
                        size=None,
                        verbose_name="词",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.disputetype",
                        verbose_name="类型",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="routing_rules",
                        to="orgs.department",
                        verbose_name="建议单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "分流规则",
                "verbose_name_plural": "分流规则",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("words", []), _negated=True),
                            ("type__isnull", False),
                            _connector="OR",
                        ),
                        name="routing_rule_goes_by_something",
                        violation_error_message="词和类型至少填一个",
                    )
                ],
            },
        ),
    ]
