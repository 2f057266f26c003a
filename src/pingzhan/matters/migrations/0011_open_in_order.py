from django.db import migrations, models

from pingzhan.core.db import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("matters", "0010_few_of_many"),
    ]

    operations = [
        AddIndexBeside(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("is_open", True)), fields=["receiver", "-id"], name="matter_open_receiver"
            ),
        ),
        AddIndexBeside(
            model_name="matter",
            index=models.Index(condition=models.Q(("is_open", True)), fields=["-id"], name="matter_open"),
        ),
        AddIndexBeside(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("is_open", True)),
                fields=["status", "-id", "path", "next_due_at", "handler", "receiver", "awaits", "is_open"],
                name="matter_open_status",
            ),
        ),
    ]
