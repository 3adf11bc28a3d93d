"""Invitations, the audit (append-only), and the table in which rate limits count."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TRIGGERS = """
    CREATE TRIGGER store_auditentry_append_only BEFORE UPDATE OR DELETE ON store_auditentry
        FOR EACH ROW EXECUTE FUNCTION store_refuse_change();
    CREATE TRIGGER store_auditentry_no_truncate BEFORE TRUNCATE ON store_auditentry
        FOR EACH STATEMENT EXECUTE FUNCTION store_refuse_change();
"""
NO_TRIGGERS = """
    DROP TRIGGER store_auditentry_append_only ON store_auditentry;
    DROP TRIGGER store_auditentry_no_truncate ON store_auditentry;
"""
CACHE = """
    CREATE UNLOGGED TABLE store_cache (
        cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
    );
    CREATE INDEX store_cache_expires ON store_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0012_archives_and_artifacts"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("what", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=100)),
                ("reason", models.CharField(blank=True, max_length=1000)),
                ("facts", models.JSONField(default=dict)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.programme",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["programme", "-id"], name="audit_newest")],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("learner", "Learner"), ("mentor", "Mentor"), ("operator", "Operator")],
                        max_length=10,
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="store.programme",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at__isnull", True), ("accepted_by__isnull", True)),
                            models.Q(("accepted_at__isnull", False), ("accepted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="invitation_accepted_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True), ("revoked_at__isnull", True), _connector="OR"
                        ),
                        name="invitation_not_both",
                    ),
                ],
            },
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(CACHE, "DROP TABLE store_cache"),
    ]
