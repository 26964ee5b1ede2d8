from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ICONS = Path(__file__).resolve().parents[2] / "icons"
SIZES = {"penumbra.png": 24, "penumbra@2x.png": 48, "penumbra_256.png": 256}
# The greys that Nuke's interface is made of.
GREYS = [0x22 / 255, 0x32 / 255]


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        assert picture.mode == "RGBA", f"{path.name} has no alpha"
        return np.asarray(picture, np.float32) / 255


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    """What the script makes now, in a process of its own: it needs Qt."""
    folder = tmp_path_factory.mktemp("icons")
    done = subprocess.run(
        [sys.executable, ICONS / "make_icons.py", folder], capture_output=True, text=True, check=False
    )
    if "cannot open shared object file" in done.stderr:
        pytest.skip(f"this system cannot load Qt: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_when_the_icons_are_drawn_anew_then_they_are_those_in_the_folder(drawn, name, size):
    kept, new = pixels(ICONS / name), pixels(drawn / name)
    assert kept.shape == new.shape == (size, size, 4)
    # Another version of Qt may round an edge otherwise; another drawing is another picture.
    assert np.abs(kept[..., 3] - new[..., 3]).max() < 0.05
    assert np.abs(kept * kept[..., 3:] - new * new[..., 3:]).max() < 0.05
    assert {path.name for path in drawn.iterdir()} == set(SIZES)


@pytest.mark.parametrize("name", SIZES)
def test_when_an_icon_is_looked_at_then_it_is_solid_soft_and_empty_where_it_should_be(name):
    alpha = pixels(ICONS / name)[..., 3]
    middle = len(alpha) // 2
    row = alpha[middle]
    assert alpha[0].max() == alpha[-1].max() == alpha[0, 0] == 0
    assert row[len(row) * 2 // 5] > 0.98, "the matte is not solid inside"
    fade = row[len(row) // 2 : len(row) * 9 // 10]
    assert (np.diff(fade) <= 0).all()
    assert fade[0] - fade[-1] > 0.4, "its edge is not soft"


@pytest.mark.parametrize("grey", GREYS)
def test_when_it_is_shown_at_24_pixels_on_nukes_grey_then_it_stands_out(grey):
    """WCAG asks for a contrast of 3 to 1 of what must be recognized; most of what is drawn has it."""
    icon = pixels(ICONS / "penumbra.png")
    shown = icon[..., :3] * icon[..., 3:] + grey * (1 - icon[..., 3:])
    linear = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    bright = linear @ np.float32([0.2126, 0.7152, 0.0722])
    behind = ((grey + 0.055) / 1.055) ** 2.4
    contrast = (bright + 0.05) / (behind + 0.05)
    assert (contrast > 3).mean() > 0.35
    assert contrast.max() > 12
