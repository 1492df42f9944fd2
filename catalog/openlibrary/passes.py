"""In which order the files of a dump are read, and how far that is: first the editions, then what they name."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

EVERYTHING = "everything"
KINDS = ("edition", "work", "author")
COUNTED = ("lines", "new", "updated", "same", "unwanted", "malformed")


class Step(NamedTuple):
    """One reading of the file ``number`` for the records of one kind, or for EVERYTHING."""

    kind: str
    number: int


class StartAgain(Exception):
    """A file holds what should have been read before: the steps have changed."""


class Passes:
    """What is to be read: each of the files once for everything, or once for each kind of record that it holds.

    ``kinds``: of each file, as far as they are known. ``done`` and ``counts`` (by step) may come from an earlier run.
    """

    def __init__(
        self, kinds: list[list[str]], *, is_everything: bool, done: list[str], counts: dict[str, dict[str, int]]
    ) -> None:
        self._kinds = [set(each) for each in kinds]
        self._is_everything = is_everything
        self._done = set(done)
        self._counts = {name: Counter(each) for name, each in counts.items()}

    def as_json(self) -> dict[str, Any]:
        """Enough to go on with later."""
        return {
            "kinds": [sorted(each) for each in self._kinds], "is_everything": self._is_everything,
            "done": sorted(self._done), "counts": {name: dict(each) for name, each in self._counts.items()},
        }  # fmt: skip

    @property
    def kinds(self) -> set[str]:
        """The kinds of record in all files, as far as they are known."""
        return set().union(*self._kinds)

    def steps(self) -> Iterator[Step]:
        """All steps in their order."""
        for kind in (EVERYTHING,) if self._is_everything else KINDS:
            for number, kinds in enumerate(self._kinds):
                if kind == EVERYTHING or kind in kinds:
                    yield Step(kind, number)

    def next_step(self) -> Step | None:
        """The first step that is not done."""
        return next((step for step in self.steps() if not self.is_done(step)), None)

    def is_done(self, step: Step) -> bool:
        return _name(step) in self._done

    def finish(self, step: Step) -> None:
        """Note that ``step`` is done."""
        self._done.add(_name(step))

    def counts_of(self, step: Step) -> Counter[str]:
        """What was counted in ``step``, to be counted on."""
        name = _name(step)
        if name not in self._counts:
            self._counts[name] = Counter()
        return self._counts[name]

    def total(self) -> Counter[str]:
        """Everything counted, each line once."""
        total = Counter(dict.fromkeys(COUNTED, 0))
        for counts in self._counts.values():
            total.update({name: counts[name] for name in COUNTED})
        return total

    def is_first_of_file(self, step: Step) -> bool:
        """Whether lines of no kind are to be judged in this step: they are met in all steps of a file."""
        return next(each for each in self.steps() if each.number == step.number) == step

    def found(self, kind: str, step: Step) -> None:
        """Note that a line of another ``kind`` was met in ``step``.

        Raises StartAgain when it should have been read before; what came after that is to be read again then.
        """
        if kind in self._kinds[step.number]:
            return
        self._kinds[step.number].add(kind)
        if KINDS.index(kind) > KINDS.index(step.kind):
            return
        for later in self.steps():
            if KINDS.index(later.kind) > KINDS.index(kind):
                self._done.discard(_name(later))
                self._counts.pop(_name(later), None)
        raise StartAgain


def _name(step: Step) -> str:
    return f"{step.kind} {step.number}"
