from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0003_a_client_may_name_no_language")]

    operations = [
        migrations.AddField(
            model_name="correspondent",
            name="texts",
            field=models.CharField(
                blank=True,
                choices=[("", "not asked yet"), ("agreed", "agreed"), ("refused", "refused")],
                default="",
                max_length=10,
                verbose_name="confirmations and reminders",
            ),
        ),
        migrations.AddField(
            model_name="correspondent",
            name="texts_answered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
