"""Second signatures that a witness makes elsewhere; append-only like what they sign."""

import django.db.models.deletion
from django.db import migrations, models

TRIGGERS = """
    CREATE TRIGGER store_cosignature_append_only BEFORE UPDATE OR DELETE ON store_cosignature
        FOR EACH ROW EXECUTE FUNCTION store_refuse_change();
    CREATE TRIGGER store_cosignature_no_truncate BEFORE TRUNCATE ON store_cosignature
        FOR EACH STATEMENT EXECUTE FUNCTION store_refuse_change();
"""
NO_TRIGGERS = """
    DROP TRIGGER store_cosignature_append_only ON store_cosignature;
    DROP TRIGGER store_cosignature_no_truncate ON store_cosignature;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0016_claims"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.TextField()),
                ("added_at", models.DateTimeField()),
                (
                    "checkpoint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cosignature",
                        to="store.checkpoint",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
