"""JSON of any shape."""

import pytest

from catalog.openlibrary.json_values import integer, items, key_of, mapping, read_json, strings


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": "\\u0000b\\ud800c", "d": [1, 2.5, null]}', {"a": "bc", "d": [1, 2.5, None]}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"é": "\\ud83d\\ude00"}'.encode(), {"é": "😀"}),
    ],
)
def test_read_json_gives_what_can_be_stored(body, value):
    assert read_json(body) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"a": "\xff"}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 5_000 + b"}",
        b"[" * 100 + b"]" * 100,
        b"[" * 100_000,
        b'{"cut": "in the mid',
    ],
)
def test_read_json_refuses_the_rest(body):
    with pytest.raises(ValueError):  # noqa: PT011 - the words are those of the decoder
        read_json(body)


def test_values_of_another_type_count_as_nothing():
    assert (mapping([1]), items(5), items("x"), items({"a": 1})) == ({}, [], ["x"], [{"a": 1}])
    assert strings(["a", {"value": "b"}, {"name": "c"}, 7, None, [], True]) == ["a", "b", "c", "7"]
    assert (integer(5), integer(True), integer("5"), integer(0), integer(2**40)) == (5, None, None, None, None)
    assert [
        key_of(v) for v in ("/a", {"key": "/b"}, {"author": {"key": "/c"}}, {"author": "/d"}, {"key": 1}, None)
    ] == [
        "/a",
        "/b",
        "/c",
        "/d",
        "",
        "",
    ]
