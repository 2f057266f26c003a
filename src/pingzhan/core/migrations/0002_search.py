"""The full-text index, which differs between the engines."""

from django.db import migrations

from pingzhan.core.db import create_search, drop_search


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunPython(create_search, drop_search)]
