"""An account switched on or off is reference data too: who may act follows from it."""

from django.db import migrations

FORWARD = (
    "CREATE TRIGGER revise_reference AFTER UPDATE OF is_active ON orgs_user FOR EACH ROW"
    " WHEN (OLD.is_active IS DISTINCT FROM NEW.is_active) EXECUTE FUNCTION revise_reference();"
)
BACKWARD = "DROP TRIGGER revise_reference ON orgs_user;"


class Migration(migrations.Migration):
    dependencies = [("orgs", "0013_sealed_bulletins")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
