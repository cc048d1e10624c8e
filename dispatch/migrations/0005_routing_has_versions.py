import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def make_first_versions(apps, schema_editor):
    """The rules of each centre, in the order in which they used to win, become its version 1.

    A rule that named a type came before one that went by words alone; of one type, the one that
    went by words too came before the one that did not.
    """
    Rule = apps.get_model("dispatch", "RoutingRule")
    RuleSet = apps.get_model("dispatch", "RuleSet")
    rows = list(Rule.objects.select_related("unit", "type"))
    rows.sort(key=lambda row: (row.type is None, not row.words, row.code))
    by_center = {}
    for row in rows:
        by_center.setdefault(row.unit.center_id, []).append(row)
    for center_id, rules in by_center.items():
        version = RuleSet.objects.create(
            center_id=center_id, number=1, note="原有的规则", at=timezone.now()
        )
        for position, row in enumerate(rules, start=1):
            row.rules, row.position = version, position
            row.types = [row.type.code] if row.type else []
            row.save()
    # Or PostgreSQL would not alter the table behind what is still to be checked.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def one_list_again(apps, schema_editor):
    """Back: only the current versions remain, by their first type; what was dispatched forgets."""
    Rule = apps.get_model("dispatch", "RoutingRule")
    types = dict(apps.get_model("cases", "DisputeType").objects.values_list("code", "pk"))
    apps.get_model("dispatch", "RuleHit").objects.all().delete()
    Rule.objects.filter(rules__is_current=False).delete()
    for row in Rule.objects.all():
        row.type_id = types.get(next(iter(row.types), ""))
        row.save()
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# A version says what was in force when something was dispatched: it is added, never rewritten.
TABLES = ("dispatch_routingrule", "dispatch_routingrule_assisting")
FORWARD = """
CREATE FUNCTION keep_rules_as_they_were() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
RAISE EXCEPTION 'a saved version of the routing rules is not changed';
END $$;
""" + "".join(
    f"CREATE TRIGGER keep_rules_as_they_were BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION keep_rules_as_they_were();\n"
    for table in TABLES
)
BACKWARD = (
    "".join(f"DROP TRIGGER keep_rules_as_they_were ON {table};\n" for table in TABLES)
    + "DROP FUNCTION keep_rules_as_they_were();\n"
)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_thresholds_are_data"),
        ("dispatch", "0004_rosters"),
        ("orgs", "0006_papers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Learned",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="第几次")),
                ("at", models.DateTimeField(verbose_name="学到")),
                ("cases", models.PositiveIntegerField(verbose_name="件数")),
                ("units", models.JSONField(default=dict, verbose_name="各单位件数")),
            ],
            options={
                "verbose_name": "从以前学到的",
                "verbose_name_plural": "从以前学到的",
            },
        ),
        migrations.CreateModel(
            name="LearnedWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.CharField(max_length=20)),
                ("cases", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "学到的词",
                "verbose_name_plural": "学到的词",
            },
        ),
        migrations.CreateModel(
            name="RuleDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rows", models.JSONField(default=list)),
                ("at", models.DateTimeField(verbose_name="改到")),
            ],
            options={
                "verbose_name": "没保存的分流规则",
                "verbose_name_plural": "没保存的分流规则",
            },
        ),
        migrations.CreateModel(
            name="RuleHit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("followed", models.BooleanField(verbose_name="照派")),
                ("direct", models.BooleanField(default=False, verbose_name="直派")),
                ("at", models.DateTimeField(verbose_name="派出")),
            ],
            options={
                "verbose_name": "规则命中",
                "verbose_name_plural": "规则命中",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("is_current", models.BooleanField(default=True, verbose_name="现在用的")),
                ("note", models.CharField(max_length=200, verbose_name="改了什么")),
                ("at", models.DateTimeField(verbose_name="保存时间")),
            ],
            options={
                "verbose_name": "分流规则的版本",
                "verbose_name_plural": "分流规则的版本",
                "ordering": ["center_id", "-number"],
            },
        ),
        migrations.AlterModelOptions(
            name="routingrule",
            options={
                "ordering": ["rules_id", "position"],
                "verbose_name": "分流规则",
                "verbose_name_plural": "分流规则",
            },
        ),
        migrations.RemoveConstraint(
            model_name="routingrule",
            name="routing_rule_goes_by_something",
        ),
        migrations.AddField(
            model_name="routingrule",
            name="amount_from",
            field=models.DecimalField(
                decimal_places=2, max_digits=14, null=True, verbose_name="金额从"
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="amount_to",
            field=models.DecimalField(
                decimal_places=2, max_digits=14, null=True, verbose_name="金额到"
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="assisting",
            field=models.ManyToManyField(
                related_name="+", to="orgs.department", verbose_name="协办"
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="complexity",
            field=models.CharField(
                blank=True,
                choices=[("simple", "简单"), ("ordinary", "一般"), ("complex", "复杂")],
                max_length=10,
                verbose_name="复杂程度",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="direct",
            field=models.BooleanField(default=False, verbose_name="可直派"),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="party",
            field=models.CharField(blank=True, max_length=40, verbose_name="对方含"),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="place",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orgs.region",
                verbose_name="发生地",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="position",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="第几条"),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="为什么"),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="risk",
            field=models.CharField(
                blank=True,
                choices=[("low", "低"), ("medium", "中"), ("high", "高")],
                max_length=10,
                verbose_name="风险",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="special",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("none", "都没有"),
                        ("threat", "扬言过激"),
                        ("violence", "家暴/受伤"),
                        ("minor", "涉未成年人"),
                        ("group", "5人以上"),
                        ("in_court", "已起诉/报警"),
                    ],
                    max_length=10,
                ),
                default=list,
                size=None,
                verbose_name="特别情况",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="types",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2),
                default=list,
                size=None,
                verbose_name="类型",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="without",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                default=list,
                size=None,
                verbose_name="不出现的词",
            ),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="code",
            field=models.CharField(
                max_length=10,
                validators=[
                    django.core.validators.RegexValidator("^R-\\d{2,4}$", "编号写成 R-07 这样")
                ],
                verbose_name="编号",
            ),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="routing_rules",
                to="orgs.department",
                verbose_name="主办",
            ),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="words",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                default=list,
                size=None,
                verbose_name="出现的词",
            ),
        ),
        migrations.AddField(
            model_name="learned",
            name="center",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="learned",
                to="orgs.center",
            ),
        ),
        migrations.AddField(
            model_name="learnedword",
            name="learned",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="words",
                to="dispatch.learned",
            ),
        ),
        migrations.AddField(
            model_name="learnedword",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="orgs.department",
            ),
        ),
        migrations.AddField(
            model_name="ruledraft",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ruledraft",
            name="center",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orgs.center"
            ),
        ),
        migrations.AddField(
            model_name="rulehit",
            name="assignment",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rule_hit",
                to="cases.assignment",
            ),
        ),
        migrations.AddField(
            model_name="rulehit",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="rulehit",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rule_hits",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="rulehit",
            name="chosen",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.department"
            ),
        ),
        migrations.AddField(
            model_name="rulehit",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hits",
                to="dispatch.routingrule",
            ),
        ),
        migrations.AddField(
            model_name="rulehit",
            name="suggested",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.department"
            ),
        ),
        migrations.AddField(
            model_name="ruleset",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ruleset",
            name="center",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rule_sets",
                to="orgs.center",
            ),
        ),
        migrations.AddField(
            model_name="ruleset",
            name="copied_from",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dispatch.ruleset",
            ),
        ),
        migrations.AddField(
            model_name="ruledraft",
            name="based_on",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="dispatch.ruleset",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="rules",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rows",
                to="dispatch.ruleset",
            ),
        ),
        migrations.RunPython(make_first_versions, one_list_again),
        migrations.RemoveField(
            model_name="routingrule",
            name="type",
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="position",
            field=models.PositiveSmallIntegerField(verbose_name="第几条"),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="rules",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rows",
                to="dispatch.ruleset",
            ),
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.UniqueConstraint(
                fields=("rules", "code"), name="routing_rule_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.UniqueConstraint(
                fields=("rules", "position"), name="routing_rule_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("words", []), _negated=True),
                    models.Q(("types", []), _negated=True),
                    models.Q(("special", []), _negated=True),
                    models.Q(("party", ""), _negated=True),
                    ("place__isnull", False),
                    ("amount_from__isnull", False),
                    ("amount_to__isnull", False),
                    _connector="OR",
                ),
                name="routing_rule_goes_by_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_from", None),
                    ("amount_to", None),
                    ("amount_to__gte", models.F("amount_from")),
                    _connector="OR",
                ),
                name="routing_rule_amounts_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="learnedword",
            constraint=models.UniqueConstraint(
                fields=("learned", "mark", "unit"), name="learned_word_once_per_unit"
            ),
        ),
        migrations.AddIndex(
            model_name="rulehit",
            index=models.Index(fields=["rule", "-at", "-id"], name="rule_hit_newest"),
        ),
        migrations.AddConstraint(
            model_name="rulehit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("chosen", models.F("suggested")), ("followed", True)),
                    models.Q(
                        ("followed", False),
                        models.Q(("chosen", models.F("suggested")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="rule_hit_followed_or_not",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulehit",
            constraint=models.CheckConstraint(
                condition=models.Q(("direct", False), ("followed", True), _connector="OR"),
                name="rule_hit_direct_is_followed",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleset",
            constraint=models.UniqueConstraint(
                fields=("center", "number"), name="rule_set_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)),
                fields=("center",),
                name="rule_set_one_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruledraft",
            constraint=models.UniqueConstraint(fields=("center", "by"), name="rule_draft_one_each"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
