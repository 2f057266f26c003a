import django.db.models.deletion
from django.db import migrations, models

import pingzhan.core.db
from pingzhan.core.db import AddIndexBeside, RemoveIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('people', '0005_talent_and_lists'),
    ]

    operations = [
        AddIndexBeside(
            model_name='checkin',
            index=models.Index(fields=['state', '-id', 'path'], name='check_in_in_order'),
        ),
        AddIndexBeside(
            model_name='checkin',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at', 'path'], name='check_in_due_where'),
        ),
        RemoveIndexBeside(
            model_name='checkin',
            name='check_in_due',
        ),
        AddIndexBeside(
            model_name='person',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='person_merged'),
        ),
        migrations.AlterField(
            model_name='person',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='people.person'),
        ),
        migrations.AlterField(
            model_name='checkin',
            name='name',
            field=pingzhan.core.db.PathField(max_length=80),
        ),
    ]
