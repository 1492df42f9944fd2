"""Subjects without what machines left there."""

from catalog.normalize.subjects import MOST_SUBJECTS, read_subjects, subject_key


def test_read_subjects_drops_tags_of_machines_and_repetitions():
    values = [
        "Fiction.",
        "fiction",
        "Protected DAISY",
        "Accessible book",
        "In library",
        "nyt:paperback_nonfiction=2007-01-28",
        "award:hugo_award=1985",
        "series:Discworld",
        "Reading Level-Grade 11",
        "Dostoyevsky, Fyodor, -- 1821-1881.",
        "Dostoyevsky, Fyodor, 1821-1881",
        "Children: Grades 4-6",
        "Alice (Fictitious character : Carroll)",
        "",
        "  ",
    ]
    assert read_subjects(values) == (
        "Fiction",
        "Dostoyevsky, Fyodor, -- 1821-1881",
        "Children: Grades 4-6",
        "Alice (Fictitious character : Carroll)",
    )


def test_read_subjects_stops_at_the_limit():
    assert read_subjects([f"Subject {n}" for n in range(500)])[-1] == f"Subject {MOST_SUBJECTS - 1}"


def test_subject_key_meets_other_spellings():
    assert subject_key("Café -- History") == subject_key("CAFE, history")
