from django.db import migrations


def make_the_row(apps, schema_editor):
    """The registry's one row, and with it the first epoch."""
    apps.get_model("registry", "Registry").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [migrations.RunPython(make_the_row, migrations.RunPython.noop)]
