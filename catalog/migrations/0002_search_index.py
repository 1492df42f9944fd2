"""The index of words that search looks through, in the way of the database in use."""

from django.db import migrations

from catalog.search import postgres, sqlite


def create(apps, schema_editor):
    run(schema_editor, (postgres if schema_editor.connection.vendor == "postgresql" else sqlite).CREATE)


def drop(apps, schema_editor):
    run(schema_editor, (postgres if schema_editor.connection.vendor == "postgresql" else sqlite).DROP)


def run(schema_editor, statements):
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_catalogue")]
    operations = [migrations.RunPython(create, drop)]
