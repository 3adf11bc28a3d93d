"""Signed receipts (append-only), tokens of the API, answers kept by Idempotency-Key."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TRIGGERS = """
    CREATE TRIGGER store_receipt_append_only BEFORE UPDATE OR DELETE ON store_receipt
        FOR EACH ROW EXECUTE FUNCTION store_refuse_change();
    CREATE TRIGGER store_receipt_no_truncate BEFORE TRUNCATE ON store_receipt
        FOR EACH STATEMENT EXECUTE FUNCTION store_refuse_change();
"""
NO_TRIGGERS = """
    DROP TRIGGER store_receipt_append_only ON store_receipt;
    DROP TRIGGER store_receipt_no_truncate ON store_receipt;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_credentials"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=80)),
                ("scopes", models.JSONField()),
                ("hint", models.CharField(max_length=12)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.JSONField()),
                ("created_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "created_at"], name="idempotency_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "key"), name="idempotency_key_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("what", models.CharField(max_length=8)),
                ("draft_version", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("document", models.JSONField()),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="store.attempt",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "draft_version", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("what", "start")), fields=("attempt",), name="receipt_start_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("what", "submit")),
                        fields=("attempt",),
                        name="receipt_submit_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("what", "draft")),
                        fields=("attempt", "draft_version"),
                        name="receipt_draft_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ("start", "draft", "submit"))),
                        name="receipt_what_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
