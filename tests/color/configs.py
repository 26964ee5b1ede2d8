"""A studio's own OCIO configuration, with a table in a file of its own, and headers of real files."""

from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio

from penumbra.codec import read_header
from penumbra.color import Config, InputTransform, choose_space, open_input
from penumbra.image import Header, Window
from tests.pictures import write_exr_file

AP1 = (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767)

TEXT = """ocio_profile_version: 2
environment: {{SHOT: a}}
search_path: luts
roles: {{default: raw, scene_linear: house linear{roles}}}
file_rules:
  - !<Rule> {{name: Scans, extension: exr, pattern: "*_scan*", colorspace: film}}
  - !<Rule> {{name: Default, colorspace: raw}}
displays:
  sRGB:
    - !<View> {{name: Raw, colorspace: raw}}
colorspaces:
  - !<ColorSpace> {{name: raw, isdata: true}}
  - !<ColorSpace> {{name: house linear, aliases: [hlin]}}
  - !<ColorSpace> {{name: half as bright, to_scene_reference: !<MatrixTransform> {{matrix: \
[2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]}}}}
  - !<ColorSpace> {{name: film, to_scene_reference: !<FileTransform> {{src: $SHOT.spi1d, interpolation: linear}}}}
  - !<ColorSpace> {{name: gone, to_scene_reference: !<FileTransform> {{src: gone.spi1d, interpolation: linear}}}}
{more}"""

SRGB = (
    "  - !<ColorSpace> {name: sRGB, to_scene_reference: "
    "!<ExponentWithLinearTransform> {gamma: [2.4, 2.4, 2.4, 1], offset: [0.055, 0.055, 0.055, 0]}}\n"
)
# With these OCIO knows how the configuration relates to others; its linear space is ACEScg.
RELATED = (
    '  - !<ColorSpace> {name: ap0, from_scene_reference: !<BuiltinTransform> {style: "ACEScg_to_ACES2065-1"}}\n'
    "  - !<ColorSpace> {name: cie, to_scene_reference: !<MatrixTransform> {}}\n"
)
RELATED_ROLES = ", aces_interchange: ap0"


def write_config(folder: Path, more: str = SRGB, roles: str = "") -> Path:
    """`config.ocio`, whose `film` is a table that ends at 4."""
    (folder / "luts").mkdir(parents=True, exist_ok=True)
    for name, middle in (("a", 0.2), ("b", 0.3)):
        write_table(folder / "luts" / f"{name}.spi1d", middle)
    path = folder / "config.ocio"
    path.write_text(TEXT.format(more=more, roles=roles))
    return path


def write_table(path: Path, middle: float) -> None:
    path.write_text(f"Version 1\nFrom 0.0 1.0\nLength 3\nComponents 1\n{{\n0.0\n{middle}\n4.0\n}}\n")


def exr_header(folder: Path, dtype: Any = np.float16, name: str = "a.exr", **header: Any) -> tuple[Header, Path]:
    path = write_exr_file(folder / name, {"RGB": np.ones((4, 4, 3), dtype)}, **header)
    return read_header(path), path


def oiio_header(path: Path, kind: str, **entries: Any) -> tuple[Header, Path]:
    """Of a file that OpenImageIO writes; `__` in an entry's name stands for a colon."""
    spec = oiio.ImageSpec(4, 4, 3, kind)
    for name, value in entries.items():
        spec.attribute(name.replace("__", ":"), value)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(np.ones((4, 4, 3), np.float32))
    assert output.close()
    return read_header(path), path


def input_of(config: Config, asked: str, working: str | None = None) -> InputTransform:
    """The way of a half EXR in this space."""
    header = Header(("R", "G", "B"), Window(0, 0, 4, 4), Window(0, 0, 4, 4), 1.0, "half", "openexr")
    return open_input(config, choose_space(config, asked, header, Path("a.exr")), working)


def converted(way: InputTransform, *colors: Any) -> np.ndarray:
    """What becomes of colors: `[N,3]`, or `[N]` for grays."""
    values = np.array(colors, np.float32)
    rgb_HW3 = values[None] if values.ndim == 2 else np.repeat(values[None, :, None], 3, axis=2)
    return way.to_working(rgb_HW3)[0]
