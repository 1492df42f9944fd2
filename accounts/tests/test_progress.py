"""The bar in the terminal."""

import io

from django.core.management.base import OutputWrapper

from accounts.progress import TerminalBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(out: io.StringIO) -> str:
    return out.getvalue()


def test_bar_grows_with_what_is_done() -> None:
    out = Terminal()
    bar = TerminalBar(OutputWrapper(out), "Books")
    bar.show(1, 2)
    assert drawn(out) == "\rBooks [###############...............] 1/2"


def test_bar_is_drawn_at_most_ten_times_a_second_but_always_at_the_end() -> None:
    out = Terminal()
    bar = TerminalBar(OutputWrapper(out), "Books")
    for done in range(1, 101):
        bar.show(done, 100)
    assert [part.rsplit(" ", 1)[1] for part in drawn(out).split("\r") if part] == ["1/100", "100/100"]


def test_bar_has_no_colour_of_its_own_on_stderr() -> None:
    out = Terminal()
    stream = OutputWrapper(out)
    stream.style_func = lambda text: f"red({text})"
    bar = TerminalBar(stream, "Books")
    bar.show(1, 1)
    bar.clear()
    bar.end()
    assert "red" not in drawn(out)


def test_bar_of_nothing_is_empty() -> None:
    out = Terminal()
    TerminalBar(OutputWrapper(out), "Books").show(0, 0)
    assert drawn(out) == "\rBooks [..............................] 0/0"


def test_bar_makes_room_for_a_line_and_leaves_its_own() -> None:
    out = Terminal()
    bar = TerminalBar(OutputWrapper(out), "Books")
    bar.clear()
    bar.end()
    assert drawn(out) == "\r" + " " * 65 + "\r\n"


def test_file_gets_no_bar() -> None:
    out = io.StringIO()
    bar = TerminalBar(OutputWrapper(out), "Books")
    bar.show(1, 2)
    bar.clear()
    bar.end()
    assert drawn(out) == ""
