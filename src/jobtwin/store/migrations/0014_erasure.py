"""When an account was erased, and when the files of a submission were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0013_invitations_and_audit"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="files_erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
