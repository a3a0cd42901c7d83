"""What renderings may cost: a rule of the format (``docs/template.md``), so that every language stops alike."""

from promptstead.runtime.values import MAX_TEXT, RenderError


class Limits:
    """What is left to spend. Renderings that are given the same object share it: the messages of one prompt do.

    :param loops: turns of all loops together.
    :param output: characters of the rendered texts.
    :param work: steps; ``docs/template.md`` says what costs how many.
    """

    __slots__ = ("_most_loops", "_most_output", "loops", "output", "work")

    def __init__(self, loops: int = 100_000, output: int = MAX_TEXT, work: int = 20_000_000) -> None:
        self.loops = self._most_loops = loops
        self.output = self._most_output = output
        self.work = work

    def spend(self, steps: int) -> None:
        """Take *steps* from the work that is left.

        :raises RenderError: there are not as many.
        """
        self.work -= steps
        if self.work < 0:
            self.check()

    def turn(self, count: int) -> None:
        """Take *count* turns of a loop.

        :raises RenderError: there are not as many.
        """
        self.loops -= count
        if self.loops < 0:
            raise RenderError(f"the loops take more than {self._most_loops} turns", hint="pass fewer items")

    def check(self) -> None:
        """Make sure that no more text and work were taken than there were.

        :raises RenderError: there were not as many.
        """
        if self.output < 0:
            raise RenderError(f"the rendered text is longer than {self._most_output} characters", hint="pass less")
        if self.work < 0:
            raise RenderError("rendering takes too long", hint="loop over fewer items, or filter shorter texts")
