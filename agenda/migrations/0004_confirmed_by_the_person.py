import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SIDES = [("desk", "the desk"), ("portal", "the practice"), ("public", "the person herself")]


class Migration(migrations.Migration):
    dependencies = [
        ("agenda", "0003_name_the_settings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="appointment",
            name="confirmed_start",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="appointmentchange",
            name="desk_seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="appointmentchange",
            name="desk_seen_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="absence",
            name="side",
            field=models.CharField(choices=SIDES, default="desk", max_length=10),
        ),
        migrations.AlterField(
            model_name="appointment",
            name="source",
            field=models.CharField(choices=SIDES, default="desk", max_length=10),
        ),
        migrations.AlterField(
            model_name="appointmentchange",
            name="side",
            field=models.CharField(choices=SIDES, max_length=10),
        ),
    ]
