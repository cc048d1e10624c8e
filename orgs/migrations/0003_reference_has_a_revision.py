"""Whatever changes reference data, by whatever way, gives it another revision.

The numbers come from a sequence: one that was rolled back never comes again, so that a copy kept
under it is never taken for another.
"""

from django.db import migrations

TABLES = (
    "orgs_post",
    "orgs_role",
    "orgs_center",
    "orgs_department",
    "orgs_window",
    "orgs_region",
)

FUNCTION = """
CREATE SEQUENCE orgs_reference_revision;

CREATE FUNCTION revise_reference() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
INSERT INTO orgs_revision (subject, number) VALUES ('reference', nextval('orgs_reference_revision'))
ON CONFLICT (subject) DO UPDATE SET number = excluded.number;
RETURN NULL;
END $$;
"""
FORWARD = FUNCTION + "".join(
    f"CREATE TRIGGER revise_reference AFTER INSERT OR UPDATE OR DELETE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION revise_reference();\n"
    for table in TABLES
)
BACKWARD = (
    "".join(f"DROP TRIGGER revise_reference ON {table};\n" for table in TABLES)
    + "DROP FUNCTION revise_reference();\nDROP SEQUENCE orgs_reference_revision;\n"
)


class Migration(migrations.Migration):
    dependencies = [("orgs", "0002_access_log_actions")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
