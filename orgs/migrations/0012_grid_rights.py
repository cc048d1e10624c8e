"""What the grids bring: two rights, given to the roles that had their work before, and imports."""

import django.contrib.postgres.fields
from django.db import migrations, models

RIGHTS = {
    "grid_worker": ["grid.work"],
    "triage": ["grid.manage"],
    "sysadmin": ["grid.manage"],
}


def give(apps, schema_editor):
    for role in apps.get_model("orgs", "Role").objects.filter(code__in=RIGHTS):
        fresh = [right for right in RIGHTS[role.code] if right not in role.permissions]
        role.permissions = [*role.permissions, *fresh]
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("orgs", "0011_counters")]

    operations = [
        migrations.RunPython(give, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='import',
            name='kind',
            field=models.CharField(choices=[('mediators', '调解员'), ('grids', '网格'), ('grid_workers', '网格员'), ('sites', '房屋、单位、场所、设施')], max_length=20, verbose_name='导入什么'),
        ),
        migrations.AlterField(
            model_name='role',
            name='permissions',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('case.register', '登记、再次来访、代来访人撤回'), ('case.triage', '受理、分流、裁定、审核'), ('case.handle', '签收、办理、反馈'), ('case.head', '指派、批延期'), ('case.mediate', '主持调解、写协议'), ('mediation.manage', '管调解组织、调解员、补贴'), ('grid.work', '网格上报、做任务、记巡查'), ('grid.manage', '管网格、网格员、清单、补贴'), ('case.supervise', '督办、解除督办'), ('case.follow_up', '回访'), ('case.reopen', '重新办理'), ('case.decide', '代批延期和暂停'), ('roster.manage', '排班、公示、标没来'), ('view.center', '看本中心和下级中心的事项'), ('view.unit', '看本单位主办、协办的事项'), ('view.own', '看自己登记的事项'), ('person.reveal', '显示身份证号和电话'), ('case.export', '导出事项（脱敏）'), ('case.export_full', '导出未脱敏的、复核别人的导出'), ('board.view', '看看板'), ('settings.manage', '配置单位、日历、期限'), ('roles.manage', '配置角色权限和账号'), ('logs.view', '看日志')], max_length=30), default=list, size=None, verbose_name='权限'),
        ),
    ]
