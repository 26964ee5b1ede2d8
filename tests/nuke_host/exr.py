"""Picture files, read and written through OpenImageIO with Nuke's names of channels (facts 4.3, 7)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio

from tests.nuke_host.formats import Format
from tests.nuke_host.picture import Picture
from tests.nuke_host.session import HostError

_PLAIN = {
    "r": "rgba.red",
    "g": "rgba.green",
    "b": "rgba.blue",
    "a": "rgba.alpha",
    "red": "rgba.red",
    "green": "rgba.green",
    "blue": "rgba.blue",
    "alpha": "rgba.alpha",
}
_WRITTEN = {"rgba.red": "R", "rgba.green": "G", "rgba.blue": "B", "rgba.alpha": "A"}
_COMPRESSION = {
    "none": "none",
    "Zip (1 scanline)": "zips",
    "Zip (16 scanlines)": "zip",
    "PIZ Wavelet (32 scanlines)": "piz",
    "RLE": "rle",
    "B44": "b44",
    "B44A": "b44a",
    "DWAA": "dwaa",
    "DWAB": "dwab",
}


def read_picture(path: Path, *, raw: bool, to_linear: bool | None) -> Picture:
    """A file's picture; `to_linear` None means what its kind suggests: 8 and 16 bit integers are sRGB."""
    image = oiio.ImageInput.open(str(path))
    if image is None:
        raise HostError(f"{path}: {oiio.geterror() or 'cannot be read'}")
    try:
        spec = image.spec()
        pixels = image.read_image(format=oiio.FLOAT)
        curve = str(spec.format) in ("uint8", "uint16") if to_linear is None else to_linear
        shift = spec.full_x
        box = (spec.x - shift, spec.y - spec.full_y, spec.x - shift + spec.width, spec.y - spec.full_y + spec.height)
        planes = _planes(
            list(spec.channelnames), np.asarray(pixels, np.float32).reshape(spec.height, spec.width, -1), raw
        )
        if curve and not raw:
            planes = {name: plane if name == "rgba.alpha" else _linear(plane) for name, plane in planes.items()}
        aspect = spec.get_float_attribute("PixelAspectRatio", 1.0)
        found = Format(spec.full_width, spec.full_height, aspect)
        return Picture(found, box, planes, {"input/filename": str(path), "input/bitsperchannel": str(spec.format)})
    finally:
        image.close()


def _planes(names: list[str], pixels: np.ndarray, raw: bool) -> dict[str, np.ndarray]:
    planes: dict[str, np.ndarray] = {}
    for at, name in enumerate(names):
        plane = np.ascontiguousarray(pixels[..., at])
        if name == "Y":
            planes |= {"rgba.red": plane} if raw else dict.fromkeys(("rgba.red", "rgba.green", "rgba.blue"), plane)
        elif "." in name:
            layer, channel = name.rsplit(".", 1)
            planes[f"{layer}.{_PLAIN.get(channel.lower(), 'rgba.' + channel).split('.')[1]}"] = plane
        else:
            planes[_PLAIN.get(name.lower(), f"other.{name}")] = plane
    return planes


def _linear(plane: np.ndarray) -> np.ndarray:
    return np.where(plane <= 0.04045, plane / 12.92, ((np.maximum(plane, 0.04045) + 0.055) / 1.055) ** 2.4).astype(
        np.float32
    )


def write_picture(path: Path, picture: Picture, channels: list[str], *, half: bool, compression: str) -> None:
    """The data window is the picture's box, the display window its format. Complete under its name, or not there."""
    x0, y0, x1, y1 = picture.box
    names = [_WRITTEN.get(name, name) for name in channels]
    spec = oiio.ImageSpec(x1 - x0, y1 - y0, len(names), oiio.HALF if half else oiio.FLOAT)
    spec.x, spec.y = x0, y0
    spec.full_width, spec.full_height = picture.format._width, picture.format._height
    spec.channelnames = tuple(names)
    spec.attribute("compression", _COMPRESSION[compression])
    spec.attribute("PixelAspectRatio", picture.format._aspect)
    pixels = np.stack([picture.plane(name, picture.box) for name in channels], axis=-1).astype(
        np.float16 if half else np.float32
    )
    _aside(path, spec, pixels)


def _aside(path: Path, spec: Any, pixels: np.ndarray) -> None:
    aside = path.with_name(path.name + ".tmp.exr")
    out = oiio.ImageOutput.create(str(aside))
    if out is None or not out.open(str(aside), spec):
        raise HostError(f"{path}: {out.geterror() if out else oiio.geterror()}")
    done = out.write_image(pixels)
    out.close()
    if not done:
        aside.unlink(missing_ok=True)
        raise HostError(f"{path}: could not be written")
    os.replace(aside, path)  # noqa: PTH105 - as a renderer does
