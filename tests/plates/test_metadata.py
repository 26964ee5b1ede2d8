"""What cameras and pipelines write into headers reaches the plate with its types, from whichever part and layer."""

from fractions import Fraction

import numpy as np
import OpenEXR
import pytest

from penumbra.image import Attribute
from penumbra.plates import PlateSource, Selection
from tests.pictures import write_exr_file, write_exr_parts

# As the camera's file has it, and as the plate does.
SHARED = {"timeCode": OpenEXR.TimeCode(10, 20, 30, 12, True, False, False, False, False, False, *range(1, 9))}
OWN = {
    "framesPerSecond": Fraction(24000, 1001),
    "cameraModel": "ALEXA 35",
    "isoSpeed": 800.0,
    "expTime": 0.0208,
    "arri/sensor_width": 4608,
    "com.arri.camera.ReelName": "A001R1AB",
    "colorInteropID": "lin_ap1_scene",
    "lens/distortion": np.array([0.25, -0.5, 0.125], np.float32),
    "lens/center": np.array([-3, 7], np.int32),
    "worldToCamera": np.arange(16, dtype=np.float32).reshape(4, 4) / 4,
    "texture": np.arange(9, dtype=np.float32).reshape(3, 3),
    "slates": ["12A", "take 3"],
    "unicode": "Ä 漢",
}
EXPECTED = {
    "framesPerSecond": ("rational", (24000, 1001)),
    "cameraModel": ("string", "ALEXA 35"),
    "isoSpeed": ("float", 800.0),
    "ExposureTime": ("float", pytest.approx(0.0208)),
    "arri/sensor_width": ("int", 4608),
    "com.arri.camera.ReelName": ("string", "A001R1AB"),
    "colorInteropID": ("string", "lin_ap1_scene"),
    "lens/distortion": ("vector", (0.25, -0.5, 0.125)),
    "lens/center": ("vector2i", (-3, 7)),
    "worldToCamera": ("matrix", tuple(np.arange(16) / 4)),
    "texture": ("matrix33", tuple(np.arange(9.0))),
    "slates": ("string[2]", ("12A", "take 3")),
    "unicode": ("string", "Ä 漢"),
}


def color(value, prefix=""):
    return {f"{prefix}{letter}": np.full((4, 6), value, np.float16) for letter in "RGB"}


def parts(path, first, second):
    return write_exr_parts(path, ("rgba", color(1), SHARED | first), ("grade", color(2, "grade."), SHARED | second))


def layers(path):
    return write_exr_file(path, color(1) | color(2, "grade."), **SHARED, **OWN)


@pytest.mark.parametrize("kind", ["layers", "its own part", "the first part"])
def test_when_a_plate_is_a_layer_or_a_part_then_it_has_all_of_the_file_s_entries(tmp_path, kind):
    path = tmp_path / "p.1001.exr"
    {
        "layers": lambda: layers(path),
        "its own part": lambda: parts(path, {}, OWN),
        "the first part": lambda: parts(path, OWN, {}),
    }[kind]()
    source = PlateSource.open(tmp_path / "p.####.exr", None, Selection(layer="grade"))
    plate = source.read(1001)
    assert plate.rgb_HW3.min() == 2
    entries = {entry.name: (entry.kind, entry.value) for entry in plate.metadata}
    assert len(entries) == len(plate.metadata)
    assert {name: entries.get(name) for name in EXPECTED} == EXPECTED
    packed, user_bits = entries["smpte:TimeCode"][1]
    assert (f"{packed & 0x3F7F7F3F:08x}", f"{user_bits & 0xFFFFFFFF:08x}") == ("10203012", "87654321")
    assert {entry.name for entry in source.header.metadata} == set(entries)


def test_when_the_second_part_says_otherwise_then_its_word_counts_and_names_stay_its_own(tmp_path):
    parts(tmp_path / "p.1001.exr", {"cameraModel": "A", "view": "left"}, {"cameraModel": "B"})
    plate = PlateSource.open(tmp_path / "p.####.exr", None, Selection(part="grade")).read(1001)
    assert Attribute("cameraModel", "string", "B") in plate.metadata
    names = [entry.name for entry in plate.metadata]
    assert names.count("cameraModel") == 1
    assert "view" not in names
