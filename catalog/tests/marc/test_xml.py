"""MARCXML is read as it comes, goes on behind faults, and does no harm."""

import pytest

from catalog.files import FileRefused
from catalog.tests.marc.files import marcxml, xml_field, xml_rows

ONE, TWO = xml_field("245", "a", "One"), xml_field("245", "a", "Two")
BROKEN = "This record is not proper XML (%s). Repair it with a MARC editor, or export it again."


def titles(data: bytes) -> list[str]:
    return [row.values.get("title") or row.problem for row in xml_rows(data)]


def refused(data: bytes) -> tuple[str, str]:
    with pytest.raises(FileRefused) as refusal:
        xml_rows(data)
    return refusal.value.code, refusal.value.message


def test_a_collection() -> None:
    assert titles(marcxml(ONE, TWO)) == ["One", "Two"]


def test_a_single_record_without_collection_and_namespace() -> None:
    assert titles(f"<record>{ONE}</record>".encode()) == ["One"]


def test_another_prefix() -> None:
    inner = ONE.replace("</", "</m:").replace("<d", "<m:d").replace("<s", "<m:s")
    assert titles(f'<m:collection xmlns:m="x"><m:record>{inner}</m:record></m:collection>'.encode()) == ["One"]


def test_records_inside_what_oai_puts_around_them() -> None:
    around = "<OAI-PMH><record><header/><metadata><record>%s</record></metadata></record></OAI-PMH>"
    assert titles((around % ONE).encode()) == ["One"]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_other_encodings(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    assert titles(marcxml(xml_field("245", "a", "Élan"), head=head).decode().encode(encoding)) == ["Élan"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("<b>", "mismatched tag"),
        ("&", "not well-formed (invalid token)"),
        ("&eacute;", "undefined entity"),
        ("\x00", "not well-formed (invalid token)"),
        ("&#x1f;", "reference to invalid character number"),
    ],
)
def test_a_record_that_is_no_proper_xml_is_one_problem(fault: str, said: str) -> None:
    data = marcxml(ONE, xml_field("245", "a", f"x{fault} y"), TWO)
    assert titles(data) == ["One", BROKEN % said, "Two"]
    assert "\0" not in xml_rows(data)[1].raw


def test_a_file_cut_off() -> None:
    assert titles(marcxml(ONE, TWO)[:-40]) == ["One", BROKEN % "unclosed token"]


def test_a_field_without_tag_or_a_subfield_without_code() -> None:
    said = "Repair it with a MARC editor, or export it again."
    assert titles(marcxml(ONE.replace('tag="245"', ""), TWO.replace('code="a"', ""))) == [
        f"A field of this record has no tag. {said}",
        f"A subfield of this record has no code. {said}",
    ]


def test_a_row_keeps_its_record_as_it_stands() -> None:
    assert [row.raw for row in xml_rows(f"<c> <record >{ONE}</record> <record>{TWO}</record></c>".encode())] == [
        f"<record >{ONE}</record>",
        f"<record>{TWO}</record>",
    ]


def test_entities_and_definitions_are_refused() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    assert refused(marcxml(ONE, head=bomb)) == (
        "xml_entities",
        "This XML brings definitions of its own (DOCTYPE, entities), which may be used to do harm. Remove them.",
    )


def test_a_definition_elsewhere_is_refused_unread() -> None:
    head = '<?xml version="1.0"?><!DOCTYPE collection SYSTEM "http://127.0.0.1:9/marc.dtd">'
    assert refused(marcxml(ONE, head=head))[0] == "xml_entities"


def test_endless_nesting_and_endless_texts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.marc.xml.LONGEST", 300_000)
    assert refused(b"<a>" * 1_000)[0] == "too_deep"
    assert refused(b"<record><leader>" + b"y" * 600_000)[0] == "too_large"
    assert refused(b'<record x="' + b"y" * 600_000)[0] == "too_large"


def test_files_of_another_kind() -> None:
    assert refused(b" \n") == ("empty", "The file is empty.")
    assert refused(b"a,b\n1,2") == (
        "other_kind", "This file is not XML. Choose MARC or another kind, or export it anew.",
    )  # fmt: skip
    assert refused(b"<html><body/></html>") == (
        "other_kind", "There is no MARC record in this file. Export it as MARCXML or MARC (.mrc).",
    )  # fmt: skip
    assert refused(b'<?xml version="1.0" encoding="klingon"?><collection/>')[0] == "encoding"
