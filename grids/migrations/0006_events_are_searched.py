"""Events are found by their words, suggestions and late tasks by an index; roles are reference.

`grids_pairs` names the pairs of neighbouring characters of a text: what a search by two Chinese
characters needs, where trigrams find nothing. A change of who serves which grid moves the
revision of the reference data on: what a person sees is kept under it.
"""

from django.db import migrations, models


PAIRS = """
CREATE FUNCTION grids_pairs(said text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg(DISTINCT first || second)
    FROM (
        SELECT c AS first, lead(c) OVER (ORDER BY n) AS second
        FROM unnest(string_to_array(lower(said), NULL)) WITH ORDINALITY AS letters (c, n)
    ) neighbours
    WHERE second IS NOT NULL
$$;
CREATE INDEX event_by_words ON grids_gridevent USING gin (grids_pairs(text || ' ' || place));
"""
NO_PAIRS = "DROP INDEX event_by_words; DROP FUNCTION grids_pairs(text);"
TRIGGER = """
CREATE TRIGGER revise_reference AFTER INSERT OR UPDATE OR DELETE ON grids_gridrole
FOR EACH STATEMENT EXECUTE FUNCTION revise_reference();
"""
NO_TRIGGER = "DROP TRIGGER revise_reference ON grids_gridrole;"


class Migration(migrations.Migration):

    dependencies = [
        ('grids', '0005_resident_indexes'),
        ('orgs', '0012_grid_rights'),
    ]

    operations = [
        migrations.AddField(
            model_name='gridtask',
            name='late_told_at',
            field=models.DateTimeField(null=True, verbose_name='提醒过过了时间'),
        ),
        migrations.AddField(
            model_name='gridtask',
            name='near_told_at',
            field=models.DateTimeField(null=True, verbose_name='提醒过快到时间'),
        ),
        migrations.AddIndex(
            model_name='gridevent',
            index=models.Index(condition=models.Q(('unit__isnull', False)), fields=['center', 'category', 'verified_at'], include=('unit',), name='event_given_lately'),
        ),
        migrations.AddIndex(
            model_name='gridtask',
            index=models.Index(condition=models.Q(('done_at', None), ('dropped_at', None), ('late_told_at', None)), fields=['due_at'], name='task_to_be_told'),
        ),
        migrations.RunSQL(PAIRS, NO_PAIRS),
        migrations.RunSQL(TRIGGER, NO_TRIGGER),
    ]
