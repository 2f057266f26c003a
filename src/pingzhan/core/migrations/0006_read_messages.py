from django.db import migrations, models

from pingzhan.core.db import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("core", "0005_search_subject"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="read_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        AddIndexBeside(
            model_name="message",
            index=models.Index(
                condition=models.Q(("channel", "inbox"), ("read_at__isnull", True)),
                fields=["to_user"],
                name="message_unread",
            ),
        ),
    ]
