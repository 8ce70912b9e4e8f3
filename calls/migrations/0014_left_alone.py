"""Keep when a caller left whom nobody had taken back; until now his last transfer told it."""

from django.db import migrations, models
from django.db.models import F


def take_over(apps, schema_editor):
    """Who was lost before this stays among those to be rung back."""
    calls = apps.get_model("calls", "Call")
    lost = apps.get_model("calls", "Transfer").objects.filter(outcome="lost").values("call")
    calls.objects.filter(pk__in=lost).update(left_alone_at=F("ended_at"))


class Migration(migrations.Migration):
    dependencies = [("calls", "0013_callbacks_promised")]

    operations = [
        migrations.AddField(
            model_name="call",
            name="left_alone_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop, elidable=True),
    ]
