"""The index of words that search looks through, in the way of the database in use.

The statements stand here as they were when this was released: what the search makes new databases with may change, and
then needs a migration of its own.
"""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE catalog_searchtext USING fts5(
        title, author, subject, publisher, number, shelf, rest, marks,
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co' tokenchars '_'")""",
    """CREATE TRIGGER catalog_searchdocument_gone AFTER DELETE ON catalog_searchdocument
        BEGIN DELETE FROM catalog_searchtext WHERE rowid = old.book_id; END""",
]
SQLITE_DROP = [
    "DROP TRIGGER catalog_searchdocument_gone",
    "DROP TABLE catalog_searchtext",
]
POSTGRES = [
    'ALTER TABLE catalog_author ALTER COLUMN match_key TYPE varchar(300) COLLATE "C"',
    'ALTER TABLE catalog_subject ALTER COLUMN match_key TYPE varchar(300) COLLATE "C"',
    'ALTER TABLE catalog_searchdocument ALTER COLUMN title_key TYPE varchar(500) COLLATE "C", ALTER COLUMN sort_title TYPE varchar(60) COLLATE "C", ALTER COLUMN sort_author TYPE varchar(60) COLLATE "C"',
    "ALTER TABLE catalog_searchdocument ADD COLUMN tokens tsvector",
    "CREATE INDEX search_by_class ON catalog_searchdocument (width_bucket(times_lent, ARRAY[1, 3, 7, 15, 31, 63, 127]), book_id)",
    "CREATE INDEX search_tokens ON catalog_searchdocument USING gin (tokens)",
]
POSTGRES_DROP = [
    "DROP INDEX search_by_class",
    "DROP INDEX search_tokens",
    "ALTER TABLE catalog_searchdocument DROP COLUMN tokens",
]


def create(apps, schema_editor):
    run(schema_editor, POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE)


def drop(apps, schema_editor):
    run(schema_editor, POSTGRES_DROP if schema_editor.connection.vendor == "postgresql" else SQLITE_DROP)


def run(schema_editor, statements):
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_catalogue")]
    operations = [migrations.RunPython(create, drop)]
