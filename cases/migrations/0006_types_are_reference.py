"""A dispute type that changes gives the reference data another revision."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER revise_reference AFTER INSERT OR UPDATE OR DELETE ON cases_disputetype
FOR EACH STATEMENT EXECUTE FUNCTION revise_reference();
"""
BACKWARD = "DROP TRIGGER revise_reference ON cases_disputetype;"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_ratings_from_the_front"),
        ("orgs", "0003_reference_has_a_revision"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
