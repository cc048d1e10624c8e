"""大批导入: what waits for a worker, and its file in sealed pieces."""

import django.db.models.deletion
import zongzhi.lib.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grids', '0006_events_are_searched'),
        ('orgs', '0013_sealed_bulletins'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('residents', '人口'), ('sites', '房屋、单位、场所、设施')], max_length=15, verbose_name='导入什么')),
                ('at', models.DateTimeField(verbose_name='上传时间')),
                ('digest', models.CharField(max_length=64, verbose_name='文件指纹')),
                ('is_sheet', models.BooleanField(verbose_name='是 Excel 表格')),
                ('size', models.PositiveIntegerField(verbose_name='字节')),
                ('state', models.CharField(choices=[('checking', '核对中'), ('checked', '核对好了'), ('refused', '有问题'), ('importing', '导入中'), ('done', '已导入'), ('stopped', '中断了'), ('dropped', '没有导入')], default='checking', max_length=10, verbose_name='状态')),
                ('since', models.DateTimeField(verbose_name='这个状态从什么时候起')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='开始过几次')),
                ('read_rows', models.PositiveIntegerField(default=0, verbose_name='读到第几行')),
                ('created', models.PositiveIntegerField(default=0, verbose_name='新加')),
                ('covered', models.PositiveIntegerField(default=0, verbose_name='更新')),
                ('unchanged', models.PositiveIntegerField(default=0, verbose_name='没有变化')),
                ('told', zongzhi.lib.fields.EncryptedTextField(blank=True, purpose='bulk.told', verbose_name='核对出来的')),
                ('ordered_from', models.GenericIPAddressField(null=True, verbose_name='来自')),
                ('done_at', models.DateTimeField(null=True, verbose_name='导入时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁上传')),
                ('center', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.center', verbose_name='中心')),
                ('ordered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁导入')),
            ],
            options={
                'verbose_name': '大批导入',
                'verbose_name_plural': '大批导入',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='BulkPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.PositiveSmallIntegerField()),
                ('sealed', zongzhi.lib.fields.EncryptedTextField(purpose='bulk.part')),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='grids.bulkimport')),
            ],
            options={
                'verbose_name': '大批导入的文件',
                'verbose_name_plural': '大批导入的文件',
                'ordering': ['upload', 'at'],
            },
        ),
        migrations.AddIndex(
            model_name='bulkimport',
            index=models.Index(condition=models.Q(('state__in', ('checking', 'importing'))), fields=['id'], name='bulk_import_to_do'),
        ),
        migrations.AddConstraint(
            model_name='bulkimport',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('checking', 'checked', 'importing', 'stopped'))), fields=('center', 'kind', 'digest'), name='bulk_file_waits_once'),
        ),
        migrations.AddConstraint(
            model_name='bulkpart',
            constraint=models.UniqueConstraint(fields=('upload', 'at'), name='bulk_part_once'),
        ),
    ]
