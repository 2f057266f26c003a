from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('response', '0003_watches_that_failed'),
    ]

    operations = [
        migrations.AddField(
            model_name='planversion',
            name='author_id',
            field=models.UUIDField(blank=True, null=True),
        ),
    ]
