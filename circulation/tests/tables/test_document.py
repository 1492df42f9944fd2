"""docs/tables.md lists the columns that there are."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from catalog.tables import own
from circulation.exports.people import LOAN_COLUMNS, MEMBER_COLUMNS
from circulation.tables import BOOKS, LOANS, MEMBERS

DOCUMENT = (Path(settings.BASE_DIR) / "docs/tables.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "spec"),
    [("Columns of books and copies", BOOKS), ("Columns of members", MEMBERS), ("Columns of loans", LOANS)],
)
def test_the_document_lists_every_column_and_what_it_is(heading, spec):
    section = DOCUMENT.split(f"## {heading}\n")[1].split("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE)
    assert listed == [(column.field, str(column.label)) for column in spec.columns]


@pytest.mark.parametrize(("written", "spec"), [(own.COLUMNS, BOOKS), (MEMBER_COLUMNS, MEMBERS), (LOAN_COLUMNS, LOANS)])
def test_every_column_that_is_written_can_be_read(written, spec):
    assert set(written) <= {column.field for column in spec.columns}
