"""When a person's phone was last confirmed: of those that are on file nothing later is known than when it was entered."""

from django.db import migrations, models
from django.db.models import F


def fill(apps, schema_editor):
    Person = apps.get_model("people", "Person")
    Person.objects.filter(phone_index__isnull=False).update(contact_confirmed_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("people", "0006_ledgers_in_order")]

    operations = [
        migrations.AddField("person", "contact_confirmed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "person", "contact_confirmed_by", models.CharField(blank=True, db_default="", default="", max_length=80)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
