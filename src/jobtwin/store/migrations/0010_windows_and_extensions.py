"""Windows, graces, withdrawal, voiding and numbers of attempts; extensions (append-only)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TRIGGERS = """
    CREATE TRIGGER store_extension_append_only BEFORE UPDATE OR DELETE ON store_extension
        FOR EACH ROW EXECUTE FUNCTION store_refuse_change();
    CREATE TRIGGER store_extension_no_truncate BEFORE TRUNCATE ON store_extension
        FOR EACH STATEMENT EXECUTE FUNCTION store_refuse_change();
"""
NO_TRIGGERS = """
    DROP TRIGGER store_extension_append_only ON store_extension;
    DROP TRIGGER store_extension_no_truncate ON store_extension;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0009_listings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Extension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=13)),
                ("minutes", models.PositiveIntegerField()),
                ("window", models.CharField(blank=True, max_length=64)),
                ("reason", models.CharField(max_length=1000)),
                ("granted_at", models.DateTimeField()),
                ("deadline_before", models.DateTimeField()),
                ("deadline_after", models.DateTimeField()),
            ],
            options={
                "ordering": ["granted_at", "id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="attempt",
            name="attempt_no_re_attempt",
        ),
        migrations.RemoveConstraint(
            model_name="attempt",
            name="attempt_submitted_before_deadline",
        ),
        migrations.RemoveConstraint(
            model_name="receipt",
            name="receipt_what_known",
        ),
        migrations.AddField(
            model_name="attempt",
            name="grace_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="number",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="attempt",
            name="void_reason",
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AddField(
            model_name="attempt",
            name="voided_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="voided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="window_ends",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DateTimeField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="logs",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                fields=("learner", "brief_id", "number"), name="attempt_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("submitted_at__isnull", True),
                    models.Q(
                        ("submitted_at__gte", models.F("started_at")),
                        models.Q(
                            ("submitted_at__lt", models.F("deadline")),
                            ("submitted_at__lt", models.F("grace_until")),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="attempt_submitted_before_deadline",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_reason", ""), ("voided_at__isnull", True), ("voided_by__isnull", True)),
                    models.Q(
                        ("voided_at__isnull", False),
                        ("voided_by__isnull", False),
                        models.Q(("void_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="attempt_voided_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True), ("submitted_at__isnull", True), _connector="OR"
                ),
                name="attempt_withdrawn_or_submitted",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("what__in", ("start", "draft", "submit", "extend", "withdraw", "void"))),
                name="receipt_what_known",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="attempt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="extensions", to="store.attempt"
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="granted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(("deadline_after__gt", models.F("deadline_before")), ("minutes__gt", 0)),
                name="extension_moves_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("accommodation", "incident"))), name="extension_kind_known"
            ),
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
