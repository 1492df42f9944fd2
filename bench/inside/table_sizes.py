"""Prints rows and bytes, indexes included, of the largest tables of a PostgreSQL database as JSON."""

import json

from django.apps import apps
from django.db import connection

MOST = 20

if __name__ == "__main__":
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [table])
            found[table] = {"rows": model._default_manager.count(), "bytes": cursor.fetchone()[0]}
    largest = sorted(found.items(), key=lambda each: -each[1]["bytes"])[:MOST]
    print(json.dumps(dict(largest)))
