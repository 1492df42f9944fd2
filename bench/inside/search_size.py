"""Says how large the tables of the search and their indexes are, as JSON. Run by bench/within.py."""

import json

from django.db import connection

PREFIX = "catalog_search"
OF_POSTGRES = """
    WITH t AS (SELECT oid, relname, reltoastrelid FROM pg_class WHERE relkind = 'r' AND relname LIKE %s)
    SELECT relname, pg_table_size(oid) FROM t
    UNION ALL
    SELECT indexrelid::regclass::text, pg_relation_size(indexrelid) FROM pg_index JOIN t ON t.oid = indrelid"""
OF_SQLITE = """
    SELECT s.name, sum(pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name
    WHERE m.tbl_name LIKE %s GROUP BY s.name"""


def main() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(OF_POSTGRES, [f"{PREFIX}%"])
            parts = dict(cursor.fetchall())
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute(OF_SQLITE, [f"{PREFIX}%"])
            parts = dict(cursor.fetchall())
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        print(json.dumps({"parts": parts, "database": cursor.fetchone()[0]}))


if __name__ == "__main__":
    main()
