import django.db.models.deletion
import pingzhan.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0008_phones_are_confirmed'),
    ]

    operations = [
        migrations.CreateModel(
            name='Training',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('name_en', models.CharField(blank=True, default='', max_length=80)),
                ('months', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('position', models.PositiveIntegerField(default=0)),
                ('until', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PersonTraining',
            fields=[
                ('id', models.UUIDField(default=pingzhan.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('session', models.UUIDField()),
                ('on', models.DateField()),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('entered_at', models.DateTimeField()),
                ('entered_by', models.CharField(max_length=80)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trainings', to='people.person')),
                ('training', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='participants', to='people.training')),
            ],
            options={
                'indexes': [models.Index(fields=['training', 'person', 'valid_until'], name='training_of_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('person', 'training', 'on'), name='trained_once_a_day'), models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gte', models.F('on')), _connector='OR'), name='training_valid_after_it')],
            },
        ),
    ]
