from typing import Any

from django.db import migrations


def read_again(apps: Any, schema_editor: Any) -> None:
    """The words of all matters are entered once more, in the background, with their marks."""
    apps.get_model("journal", "Follower").objects.filter(name="matters.search").update(read=0)


class Migration(migrations.Migration):
    dependencies = [("matters", "0013_visits"), ("journal", "0001_initial")]

    operations = [migrations.RunPython(read_again, migrations.RunPython.noop)]
