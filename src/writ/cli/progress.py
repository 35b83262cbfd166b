"""How far a long count has come, on stderr: a bar on a terminal, a line for each step elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from writ.study.engine import Engine


@contextmanager
def progress(
    engine: "Engine", console: "Console | None" = None, *, silent: bool = False
) -> Iterator[Callable[[str], None]]:
    """Give what tells of a step that begins; the bar is how far the engine says it is with it."""
    if silent:
        yield lambda _: None
        return
    if console is None and not sys.stderr.isatty():
        yield lambda what: print(f"{what} …", file=sys.stderr)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, Task, TextColumn, TimeElapsedColumn
    from rich.progress_bar import ProgressBar

    class Share(BarColumn):
        """Asks the engine whenever it is drawn."""

        def render(self, task: Task) -> ProgressBar:
            task.completed = engine.progress()
            return super().render(task)

    columns = TextColumn("{task.description}"), Share(), TimeElapsedColumn()
    with Progress(*columns, console=console or Console(stderr=True), transient=True) as bar:
        step = bar.add_task("")
        yield lambda what: bar.update(step, description=what)
