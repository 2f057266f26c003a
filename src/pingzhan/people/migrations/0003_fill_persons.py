"""What persons and appointments have now: where the file is kept, the order of the name, the level of the place."""

from django.db import migrations
from django.db.models import OuterRef, Subquery
from pypinyin import lazy_pinyin


def fill(apps, schema_editor):
    Person = apps.get_model("people", "Person")
    Appointment = apps.get_model("people", "Appointment")
    Place = apps.get_model("places", "Place")
    levels = Place.objects.filter(pk=OuterRef("place_id")).values("level")[:1]
    Appointment.objects.filter(level="").update(level=Subquery(levels))
    # Until now a leader of a building was the resident old hand, and a worker of a grid its own.
    Appointment.objects.filter(role="building_leader", kind="").update(kind="offline")
    Appointment.objects.filter(role="grid_worker", kind="").update(kind="full_time")
    first = Appointment.objects.filter(person=OuterRef("pk")).order_by("since", "pk")
    Person.objects.filter(place__isnull=True, appointments__isnull=False).update(
        place=Subquery(first.values("place")[:1]), path=Subquery(first.values("path")[:1])
    )
    rows = list(Person.objects.filter(pinyin="").order_by("pk").only("name"))
    for row in rows:
        syllables = lazy_pinyin(row.name)
        row.pinyin = "".join(syllables).replace(" ", "").lower()[:160]
        row.initials = "".join(part[:1] for part in syllables).lower()[:40]
    Person.objects.bulk_update(rows, ["pinyin", "initials"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_persons_once_posts_and_chains")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
