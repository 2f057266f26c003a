"""Recovering stale jobs must not read the whole table of them."""

from django.db import migrations

from pingzhan.core.db import create_job_index, drop_job_index


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_search"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [migrations.RunPython(create_job_index, drop_job_index)]
