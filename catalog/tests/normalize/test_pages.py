"""Numbers of pages out of statements of extent that libraries wrote."""

import pytest

from catalog.normalize.pages import read_pages


@pytest.mark.parametrize(
    ("pagination", "pages"),
    [
        ("xi, 265 p. ;", 265),
        ("320, 11 p.", 320),
        ("8, 304 p.", 304),
        ("300 p., [32] p. of plates :", 300),
        ("12 p., [32] p. of plates", 12),
        ("403 p., [7] leaves of plates :", 403),
        ("xvii, 192, [1] p.", 192),
        ("[96] p. ;", 96),
        ("109 (i. e. 131) p.", 131),
        ("6 p. l., 3-447 p.", 447),
        ("280 S. :", 280),
        ("xxviii, 201 pages", 201),
        ("2 v. (355 p.) ;", 355),
        ("317p. ;", 317),
        ("96", 96),
        ("p. cm.", None),
        ("24 v.", None),
        ("iv, 291 leaves", None),
        ("viii p., 1 l.", None),
        ("20cm.96. Ill.T.Ross", None),
        ("2 sound cassettes (3 hr. 16 min.)", None),
        ("999999 p.", None),
        ("", None),
    ],
)
def test_read_pages_reads_extents(pagination, pages):
    assert read_pages(None, pagination) == pages


@pytest.mark.parametrize(
    ("number", "pages"),
    [(265, 265), ("265", 265), (0, 12), (50_001, 12), (-3, 12), (True, 12), (2.5, 12), ([265], 12), ("many", 12)],
)
def test_read_pages_prefers_a_sensible_number(number, pages):
    assert read_pages(number, "12 p.") == pages


@pytest.mark.parametrize(
    ("number", "pagination", "pages"),
    [(26, "26 v. :", None), (2, "2 vols.", None), (2, "2 v. (355 p.)", 355), (312, "2 v.", 312), (26, "26 p.", 26)],
)
def test_read_pages_does_not_take_volumes_for_pages(number, pagination, pages):
    assert read_pages(number, pagination) == pages
