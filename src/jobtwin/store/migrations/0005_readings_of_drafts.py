"""Readings of drafted verdicts, versions of marks, and a guard: what is sealed never changes."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE FUNCTION store_refuse_sealed_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a sealed mark never changes: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER store_mark_sealed BEFORE UPDATE ON store_mark FOR EACH ROW
    WHEN (
        OLD.sealed_at IS NOT NULL AND (
            (OLD.scores, OLD.readings, OLD.first_pass, OLD.first_passed_at, OLD.sealed_at, OLD.entry_id)
                IS DISTINCT FROM
            (NEW.scores, NEW.readings, NEW.first_pass, NEW.first_passed_at, NEW.sealed_at, NEW.entry_id)
            OR (NEW.comments <> OLD.comments AND NEW.comments <> '{}'::jsonb)
        )
    )
    EXECUTE FUNCTION store_refuse_sealed_change();
"""
"""Comments may be emptied, so that erasure stays possible; the ledger keeps their hash."""

NO_GUARD = """
DROP TRIGGER store_mark_sealed ON store_mark;
DROP FUNCTION store_refuse_sealed_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0004_receipts_and_tokens"),
    ]

    operations = [
        migrations.AddField(
            model_name="mark",
            name="first_passed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="mark",
            name="readings",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="mark",
            name="version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="CriterionReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dimension", models.CharField(max_length=64)),
                ("criterion", models.CharField(max_length=64)),
                ("drafted", models.CharField(max_length=16)),
                ("by_model", models.CharField(blank=True, max_length=200)),
                ("reading", models.CharField(max_length=16)),
                (
                    "mark",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="criterion_readings",
                        to="store.mark",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("mark", "criterion"), name="criterion_reading_once")
                ],
            },
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
