from django.db import migrations, models

from pingzhan.core.db import AddIndexBeside, RemoveIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('places', '0003_place_import'),
    ]

    operations = [
        AddIndexBeside(
            model_name='place',
            index=models.Index(condition=models.Q(('until__isnull', True)), fields=['level', 'path'], name='place_now'),
        ),
        RemoveIndexBeside(
            model_name='place',
            name='place_level_path',
        ),
    ]
