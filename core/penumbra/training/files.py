"""A generated clip as the files of a shot, which every door can be given."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from penumbra.codec import Channels, write_exr
from penumbra.image import Window
from penumbra.training.crossing import Crossings

FIRST_FRAME = 1001


def write_shot(folder: Path, clips: Crossings, index: int = 0) -> None:
    """`plate.####.exr` (scene-linear Rec.709), `true.####.exr`, and `roto.####.exr` of the first and the last frame.

    Args:
        folder: Where to.
        clips: A batch.
        index: Which of its clips.

    Raises:
        MachineError: They cannot be written.
    """
    plate_T3HW, alpha_T1HW = clips.plate[index], clips.alpha[index]
    last = FIRST_FRAME + len(plate_T3HW) - 1
    for frame, (plate_3HW, alpha_1HW) in enumerate(zip(plate_T3HW, alpha_T1HW, strict=True), FIRST_FRAME):
        _write(folder / f"plate.{frame}.exr", "RGB", plate_3HW)
        _write(folder / f"true.{frame}.exr", "A", alpha_1HW)
    _write(folder / f"roto.{FIRST_FRAME}.exr", "A", clips.mask[index])
    _write(folder / f"roto.{last}.exr", "A", clips.last_mask[index])


def _write(path: Path, names: str, picture_CHW: Tensor) -> None:
    height, width = picture_CHW.shape[-2:]
    channels = Channels(names, picture_CHW.permute(1, 2, 0).cpu().contiguous().numpy(), "half")
    write_exr(path, [channels], compression="zip", display_window=Window(0, 0, width, height))
