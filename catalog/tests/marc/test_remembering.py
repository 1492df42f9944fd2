"""What was made of a text is remembered, but texts that would fill the memory are not."""

from catalog.marc.remembering import LONGEST, remembered


def test_short_texts_are_asked_once_and_long_ones_each_time() -> None:
    asked: list[int] = []

    @remembered
    def size(text: str) -> int:
        asked.append(len(text))
        return len(text)

    assert [size("map"), size("map"), size("x" * LONGEST * 2), size("x" * LONGEST * 2)] == [3, 3, 600, 600]
    assert asked == [3, 600, 600]
