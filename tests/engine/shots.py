"""Small real shots for the tests of engine and command line, and what is looked at after a run."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

import penumbra
from penumbra.engine import Event, FrameDone, Notice, Progress
from penumbra.shot import Delivery, KeyFrame, Settings, Shot
from tests.pictures import read_exr_file, write_exr_file

SIZE = (48, 32)  # width, height
FRAMES = range(1001, 1007)


def light(frame: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A frame of scene-linear light `[H,W,3]`, half: mostly dark, with highlights up to 8."""
    return (8 * np.random.default_rng(frame % 100_000).random((size[1], size[0], 3)) ** 3).astype(np.float16)


def write_frame(folder: Path, frame: int, size: tuple[int, int] = SIZE, **header: Any) -> Path:
    return write_exr_file(folder / f"plate.{frame:04d}.exr", {"RGB": light(frame, size)}, **header)


def write_plate(folder: Path, frames: Iterable[int] = FRAMES, size: tuple[int, int] = SIZE, **header: Any) -> Path:
    """Gives the pattern."""
    for frame in frames:
        write_frame(folder, frame, size, **header)
    return folder / "plate.####.exr"


def a_mask(size: tuple[int, int] = SIZE) -> np.ndarray:
    """A box with hard edges, `[H,W]`."""
    mask = np.zeros((size[1], size[0]), np.float32)
    mask[size[1] // 4 : -size[1] // 4, size[0] // 3 : -size[0] // 6] = 1
    return mask


def write_mask(path: Path, mask: np.ndarray | None = None) -> Path:
    return write_exr_file(path, {"A": a_mask() if mask is None else mask})


def make_shot(
    folder: Path, model: Path, frames: range = FRAMES, key: int | None = None, size: tuple[int, int] = SIZE
) -> Shot:
    """Writes the plate and the mask into `folder`; the mattes go to `folder/out`."""
    key = frames[0] if key is None else key
    roto = write_mask(folder / f"roto.{key}.exr", a_mask(size))
    return Shot(
        plate=write_plate(folder, frames, size),
        key_frames=(KeyFrame(key, roto),),
        delivery=Delivery(folder / "out" / "matte.####.exr"),
        settings=Settings(model=str(model), warmup=1),
    )


def run_all(shot: Shot) -> list[Event]:
    return list(penumbra.run(shot))


def run_until(shot: Shot, count: int) -> None:
    """Stop after so many frames, as a door does when the person asks for it: these and no others are on disk."""
    with closing(penumbra.run(shot)) as events:
        next(event for event in events if isinstance(event, Progress) and event.done == count and not event.looking)


def written(events: Iterable[Event]) -> list[int]:
    return [event.frame for event in events if isinstance(event, FrameDone)]


def through(events: Iterable[Event]) -> int:
    """How many frames had to go through the network."""
    return max((event.total for event in events if isinstance(event, Progress) and not event.looking), default=0)


def notices(events: Iterable[Event]) -> str:
    return "\n".join(event.text for event in events if isinstance(event, Notice))


def files(folder: Path) -> dict[str, bytes]:
    """The mattes of a folder, by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.exr"))}


def times(folder: Path) -> dict[str, int]:
    """When each matte was written."""
    return {path.name: path.stat().st_mtime_ns for path in sorted(folder.glob("*.exr"))}


def pixels(path: Path) -> np.ndarray:
    """R, G, B and A of a matte, or of a plate R, G, B: `[H,W,C]` as stored."""
    channels, _ = read_exr_file(path)
    return np.stack([channels[name] for name in "RGBA" if name in channels], axis=-1)


def alpha_of(path: Path) -> np.ndarray:
    return read_exr_file(path)[0]["A"]
