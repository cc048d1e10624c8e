import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orgs", "0003_reference_has_a_revision")]

    operations = [
        migrations.AddField(
            model_name="window",
            name="reader",
            field=models.CharField(
                choices=[
                    ("none", "没有"),
                    ("http", "本机读卡服务（HTTP）"),
                    ("websocket", "本机读卡服务（WebSocket）"),
                    ("wedge", "键盘口（像键盘一样打出号码）"),
                ],
                default="none",
                max_length=10,
                verbose_name="读卡器",
            ),
        ),
        migrations.AddField(
            model_name="window",
            name="reader_address",
            field=models.CharField(
                blank=True,
                help_text="厂家读卡服务在窗口电脑上的地址，例如 http://127.0.0.1:38088/read",
                max_length=100,
                validators=[
                    django.core.validators.RegexValidator(
                        r"^(?:https?|wss?)://(?:127\.0\.0\.1|localhost)(?::\d{1,5})?(?:/[\w./?=&%-]*)?$",
                        "读卡服务在窗口电脑上，地址写成 http://127.0.0.1:38088/… 或 ws://127.0.0.1:…",
                    )
                ],
                verbose_name="读卡服务地址",
            ),
        ),
        migrations.CreateModel(
            name="DutyPhone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("police", "派出所"),
                            ("women", "妇联"),
                            ("hospital", "医院"),
                            ("civil", "民政"),
                            ("education", "教育"),
                        ],
                        max_length=10,
                        verbose_name="哪里",
                    ),
                ),
                ("phone", models.CharField(max_length=20, verbose_name="值班电话")),
                (
                    "center",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duty_phones",
                        to="orgs.center",
                    ),
                ),
            ],
            options={
                "verbose_name": "值班电话",
                "verbose_name_plural": "值班电话",
                "ordering": ["center_id", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("center", "kind"), name="duty_phone_once_per_center"
                    )
                ],
            },
        ),
    ]
