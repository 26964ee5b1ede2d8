"""How a run is told: a progress bar on a terminal, plain lines elsewhere, a summary at the end."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from penumbra.engine import Event, FrameDone, Notice, Progress
from penumbra.shot import Shot, in_ranges, with_view

# Without a terminal a line is written every so many seconds: enough for a farm's log, and not too much.
LINE_EVERY_SECONDS = 10.0
DOING = {"cuts": "Looking for cuts", "subject": "Looking for the subject", "matting": "Matting"}


class Report:
    """Tells a person how a run goes. Use it as a context."""

    def __init__(self, shot: Shot) -> None:
        self._shot = shot
        self._console = Console(highlight=False, soft_wrap=True)
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(compact=True),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID | None = None
        self._progress: Progress | None = None
        self._told_at = 0.0
        self._written: list[int] = []

    def tell(self, event: Event) -> None:
        """What just happened."""
        match event:
            case Notice(text):
                self._console.print(text, markup=False)
            case FrameDone(frame, _):
                self._written.append(frame)
            case Progress():
                self._advance(event)

    def finished(self) -> None:
        """The run came to its end."""
        self._bar.stop()
        out = with_view(self._shot.delivery.out, self._shot.settings.view)
        if self._written and self._progress is not None:
            text = f"{len(self._written)} mattes written: {out}, frames {in_ranges(self._written)}"
            text += f"; {self._progress.seconds:.1f} s, {_speed(self._progress)}"
        else:
            text = f"no new mattes: {out}"
        self._console.print(f"Done. {text}.", markup=False)

    def stopped(self) -> None:
        """The run was stopped by the person. The last mattes were written after their events could be told."""
        self._bar.stop()
        progress = self._progress
        how = "before the first frame"
        if progress is not None:
            looked = f"while {DOING[progress.stage].lower()}; no new mattes"
            how = looked if progress.looking else f"after {progress.done} of {progress.total} frames"
        self._console.print(f"Stopped {how}. Run the same line again to go on.", markup=False)

    def _advance(self, progress: Progress) -> None:
        self._progress = progress
        speed = _speed(progress)
        doing = DOING[progress.stage]
        if self._task is None:
            self._task = self._bar.add_task(doing, total=progress.total, speed=speed)
            self._bar.start()
        if progress.done == 0:
            self._bar.reset(self._task, total=progress.total, description=doing, speed=speed)
            self._told_at = 0.0
        self._bar.update(self._task, description=doing, completed=progress.done, speed=speed)
        late = progress.seconds - self._told_at >= LINE_EVERY_SECONDS
        ended = progress.done == progress.total and progress.stage != "cuts"
        if self._bar.disable and (late or ended) and progress.done:
            self._told_at = progress.seconds
            left = f", {progress.seconds_left:.0f} s left" if progress.seconds_left else ""
            looked = f"{doing.lower()}, " if progress.looking else ""
            self._console.print(f"{progress.done} of {progress.total} frames, {looked}{speed}{left}", markup=False)

    def __enter__(self) -> Report:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()


def _speed(progress: Progress) -> str:
    return f"{progress.frames_per_second:.2f} frames per second" if progress.done else "starting"
