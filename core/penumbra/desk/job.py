"""A matte that was ordered, and how it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from penumbra.desk.fault import Fault
    from penumbra.desk.order import Order

# The life of a job: where it may go from where it is. A refused order fails before it ever ran, and a job whose last
# frame was being written when it was canceled is done.
MOVES = {
    "waiting": ("running", "stopping", "done", "stopped", "failed"),
    "running": ("stopping", "done", "stopped", "failed"),
    "stopping": ("done", "stopped", "failed"),
    "done": (),
    "stopped": (),
    "failed": (),
}


@dataclass(eq=False)
class Job:
    """A matte that was ordered. The desk writes it; everybody else reads.

    Attributes:
        order: What was ordered.
        wanted: The frames that are to be made, as `1001-1040`; None means all.
        device: Where the network runs.
        state: `waiting`, `running`, `stopping`, `done`, `stopped` or `failed`.
        range: The shot's frames, as `1001-1096`; empty until the worker knows them.
        out: The pattern of the mattes' files, `matte.####.exr`; empty until the worker knows it.
        done: Frames that were gone through.
        total: Frames that have to be; 0 until that is known.
        seconds: Since the first frame began.
        stage: What is being done: `matting`, or a look at the plates for `cuts`, or at where the `subject` goes.
        frames_per_second: The speed so far.
        seconds_left: At the speed so far; None where nobody can tell.
        held_up: Seconds that it has waited for another run of the same mattes; None where it does not.
        frames: The file of every matte that this job finished, by its frame.
        disagreement: By frame, the share of it, 0..1, over which the passes from two key frames disagree.
        document: The shot with all that was decided when it was opened; None until then.
        notices: What the person should know; nothing is wrong.
        faults: What is wrong; empty unless it failed.
        written: The frames that it wrote, as ranges, told when it ends.
    """

    order: Order
    wanted: str | None = None
    device: str = "cpu"
    state: str = "waiting"
    range: str = ""
    out: str = ""
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    stage: str = ""
    frames_per_second: float = 0.0
    seconds_left: float | None = None
    held_up: float | None = None
    frames: dict[int, str] = field(default_factory=dict)
    disagreement: dict[int, float] = field(default_factory=dict)
    document: Mapping[str, Any] | None = None
    notices: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    written: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        """Whether it is still to end."""
        return bool(MOVES[self.state])

    def move(self, state: str) -> None:
        """Go on in its life.

        Raises:
            ValueError: There is no way there.
        """
        if state not in MOVES[self.state]:
            raise ValueError(f"A job that is {self.state} cannot be {state}.")
        self.state = state

    def fail(self, *faults: Fault) -> None:
        """End it, for these reasons."""
        self.move("failed")
        self.faults = faults

    def hear(self, what: str, told: Mapping[str, Any]) -> None:
        """Take in a notification of the worker. What is not of a job is passed over."""
        heard = getattr(self, f"_hear_{what}", None)
        if heard and self.active:
            heard(told)

    def _hear_started(self, told: Mapping[str, Any]) -> None:
        if self.state == "waiting":
            self.move("running")

    def _hear_waiting(self, told: Mapping[str, Any]) -> None:
        self.held_up = told["seconds"]

    def _hear_opened(self, told: Mapping[str, Any]) -> None:
        self.document = told["shot"]

    def _hear_notice(self, told: Mapping[str, Any]) -> None:
        self.notices += (told["text"],)

    def _hear_progress(self, told: Mapping[str, Any]) -> None:
        self.held_up = None
        self.done, self.total = told["done"], told["total"]
        self.seconds, self.stage = told["seconds"], told["stage"]
        self.frames_per_second, self.seconds_left = told["frames_per_second"], told["seconds_left"]

    def _hear_frame_done(self, told: Mapping[str, Any]) -> None:
        self.frames[told["frame"]] = told["path"]
        if told["disagreement"] is not None:
            self.disagreement[told["frame"]] = told["disagreement"]
