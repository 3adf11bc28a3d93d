"""Ledgers are append-only for every role: a trigger refuses UPDATE, DELETE and TRUNCATE."""

from django.db import migrations

TABLES = ("store_ledgerentry", "store_ledgernode", "store_checkpoint")

FUNCTION = """
CREATE FUNCTION store_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledgers are append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""


def _trigger(table: str) -> str:
    return f"""
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION store_refuse_change();
    CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION store_refuse_change();
    """


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION store_refuse_change()"),
        *(
            migrations.RunSQL(
                _trigger(table),
                f"DROP TRIGGER {table}_append_only ON {table}; DROP TRIGGER {table}_no_truncate ON {table}",
            )
            for table in TABLES
        ),
    ]
