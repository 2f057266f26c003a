from django.db import migrations, models
from django.db.models import Q

from pingzhan.core.db import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("people", "0007_confirmed_contacts")]

    operations = [
        migrations.AddConstraint(
            "person",
            models.CheckConstraint(
                condition=Q(phone_index__isnull=True, contact_confirmed_at__isnull=True, contact_confirmed_by="")
                | Q(phone_index__isnull=False, contact_confirmed_at__isnull=False),
                name="person_phone_confirmed",
            ),
        ),
        AddIndexBeside(
            "person",
            models.Index(
                fields=["contact_confirmed_at", "id"], name="person_by_confirmed",
                condition=Q(contact_confirmed_at__isnull=False, merged_into__isnull=True),
            ),
        ),
    ]
