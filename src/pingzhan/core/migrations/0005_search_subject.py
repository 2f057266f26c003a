"""Words that many documents have are found without reading the documents."""

from django.db import migrations

from pingzhan.core.db import create_subject_index, drop_subject_index


class Migration(migrations.Migration):
    dependencies = [("core", "0004_withdrawn_messages")]

    operations = [migrations.RunPython(create_subject_index, drop_subject_index)]
