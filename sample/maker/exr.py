"""The shot's files: half float OpenEXR with the metadata that a real plate carries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import OpenImageIO as oiio

Halfs = npt.NDArray[np.float16]
Singles = npt.NDArray[np.float32]

FRAME_RATE = 24
REC709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
OWNER = "The Penumbra authors, Apache-2.0; lit with CC0 HDRIs by Greg Zaal"


def read(path: Path) -> Singles:
    """Pixels [H, W, C] as float32. Raises OSError if the file cannot be read."""
    source = oiio.ImageInput.open(str(path))
    pixels = source.read_image("float") if source else None
    if pixels is None:
        raise OSError(f"{path}: {oiio.geterror() or 'cannot be read'}")
    source.close()
    result: Singles = pixels
    return result


def write(path: Path, pixels_HWC: Halfs, channels: str, compression: str, frame: int, first: int, note: str) -> None:
    """Write one frame of the shot. Raises OSError if it cannot be written."""
    height, width, depth = pixels_HWC.shape
    spec = oiio.ImageSpec(width, height, depth, "half")
    spec.channelnames = tuple(channels)
    spec.attribute("compression", compression)
    spec.attribute("framesPerSecond", oiio.TypeDesc("rational"), (FRAME_RATE, 1))
    spec.attribute("smpte:TimeCode", oiio.TypeDesc("timecode"), (time_code(frame - first), 0))
    spec.attribute("PixelAspectRatio", 1.0)
    spec.attribute("chromaticities", oiio.TypeDesc("float[8]"), REC709)
    spec.attribute("oiio:ColorSpace", "lin_rec709_scene")
    spec.attribute("ExposureTime", 0.5 / FRAME_RATE)
    spec.attribute("reelName", "PEN_0010")
    spec.attribute("Copyright", OWNER)
    spec.attribute("ImageDescription", note)
    # A fixed date, so that making the shot again gives the same bytes.
    spec.attribute("DateTime", "2026:01:01 00:00:00")
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    output = oiio.ImageOutput.create("openexr")
    done = output.open(str(aside), spec) and output.write_image(np.ascontiguousarray(pixels_HWC))
    if not (output.close() and done):
        raise OSError(f"{path}: {output.geterror()}")
    aside.rename(path)


def time_code(count: int) -> int:
    """SMPTE time code of the ``count``-th frame after 01:00:00:00, binary coded decimal."""
    seconds, frames = divmod(count, FRAME_RATE)
    fields = (1, seconds // 60, seconds % 60, frames)
    return int("".join(f"{field:02d}" for field in fields), 16)
