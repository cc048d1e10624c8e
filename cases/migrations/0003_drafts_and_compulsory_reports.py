import django.contrib.postgres.fields
import django.db.models.deletion
import zongzhi.lib.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_history_is_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="consultation",
            name="became",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consultation",
                to="cases.case",
                verbose_name="转为事项",
            ),
        ),
        migrations.AddField(
            model_name="disputetype",
            name="words",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                help_text="登记时“事情和要求”里出现这些词，就建议这个类型；用逗号隔开",
                size=None,
                verbose_name="看出它的词",
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="submission_id",
            field=models.UUIDField(null=True, unique=True, verbose_name="提交号"),
        ),
        migrations.AlterField(
            model_name="caselink",
            name="kind",
            field=models.CharField(
                choices=[
                    ("revisit", "再次来访"),
                    ("merged", "并案"),
                    ("group", "群体"),
                    ("separate", "同一来访人的另一件事"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="CompulsoryReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "authority",
                    models.CharField(
                        choices=[
                            ("police", "公安"),
                            ("civil", "民政"),
                            ("education", "教育"),
                            ("women", "妇联"),
                        ],
                        max_length=10,
                        verbose_name="向谁报告",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="开始时间")),
                ("due_at", models.DateTimeField(verbose_name="最晚")),
                ("chased_at", models.DateTimeField(null=True, verbose_name="催过")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("reported", "已报告"), ("not_needed", "不用报告")],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("contact", models.CharField(blank=True, max_length=50, verbose_name="接报人")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="报告时间")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="compulsory_reports",
                        to="cases.case",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "强制报告",
                "verbose_name_plural": "强制报告",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at", None)),
                        fields=["due_at"],
                        name="compulsory_report_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "authority"), name="compulsory_report_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("settled_at", None), ("settled_by", None)),
                            models.Q(
                                models.Q(("outcome", ""), _negated=True),
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="compulsory_report_settled_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("submission_id", models.UUIDField(unique=True, verbose_name="提交号")),
                (
                    "content",
                    zongzhi.lib.fields.EncryptedTextField(
                        purpose="draft.content", verbose_name="内容"
                    ),
                ),
                ("saved_at", models.DateTimeField(verbose_name="保存时间")),
                ("deleted_at", models.DateTimeField(null=True, verbose_name="删除时间")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="谁的",
                    ),
                ),
            ],
            options={
                "verbose_name": "草稿",
                "verbose_name_plural": "草稿",
                "ordering": ["-saved_at", "-pk"],
                "indexes": [models.Index(fields=["owner", "-saved_at"], name="draft_of_owner")],
            },
        ),
    ]
