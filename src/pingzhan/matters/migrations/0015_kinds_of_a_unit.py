from django.db import migrations, models

from pingzhan.core.db import AddIndexBeside, RemoveIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("matters", "0014_found_by_marks")]

    operations = [
        AddIndexBeside(
            "matter",
            models.Index(
                fields=["handler", "-id", "category", "status", "community", "path"],
                name="matter_handler_kind",
                condition=models.Q(handler__isnull=False),
            ),
        ),
        RemoveIndexBeside("matter", "matter_handler"),
    ]
