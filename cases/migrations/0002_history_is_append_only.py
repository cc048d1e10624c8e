"""History is added to and never changed: the database itself refuses anything else."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cases_caseevent
FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON cases_caseevent
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON orgs_accesslog
FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON orgs_accesslog
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

BACKWARD = """
DROP TRIGGER append_only_truncate ON orgs_accesslog;
DROP TRIGGER append_only ON orgs_accesslog;
DROP TRIGGER append_only_truncate ON cases_caseevent;
DROP TRIGGER append_only ON cases_caseevent;
DROP FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("orgs", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
