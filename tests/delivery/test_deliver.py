import numpy as np
import OpenEXR
import pytest

from penumbra.delivery import Provenance, deliver, read_fingerprint
from penumbra.errors import MachineError
from penumbra.image import Attribute, Window
from penumbra.shot import Delivery
from tests.delivery.mattes import PROVENANCE, a_matte, delivered, window_of
from tests.pictures import read_exr_file, write_exr_file

AP1 = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)


def test_when_a_matte_is_delivered_then_its_file_has_the_plate_s_number_and_all_channels(tmp_path):
    matte = a_matte()
    path = deliver(matte, Delivery(tmp_path / "new" / "matte.####.exr"), PROVENANCE)
    assert path == tmp_path / "new" / "matte.1007.exr"
    channels, header = read_exr_file(path)
    assert sorted(channels) == ["A", "B", "G", "R"]
    for index, name in enumerate("RGBA"):
        assert channels[name].dtype == np.float16
        np.testing.assert_array_equal(channels[name], matte.layers[0].rgba_HW4[..., index].astype(np.float16))
    assert channels["R"].max() > 10
    assert header["compression"] == OpenEXR.ZIP_COMPRESSION
    assert header["type"] == OpenEXR.scanlineimage
    assert header["pixelAspectRatio"] == 2.0
    assert [file.name for file in path.parent.iterdir()] == ["matte.1007.exr"]


@pytest.mark.parametrize(
    ("compression", "expected"),
    [
        ("none", OpenEXR.NO_COMPRESSION),
        ("zips", OpenEXR.ZIPS_COMPRESSION),
        ("piz", OpenEXR.PIZ_COMPRESSION),
        ("dwab", OpenEXR.DWAB_COMPRESSION),
        ("dwaa:45", OpenEXR.DWAA_COMPRESSION),
    ],
)
def test_when_a_compression_is_asked_for_then_the_file_has_it(tmp_path, compression, expected):
    _, header = delivered(tmp_path, a_matte(), compression=compression)
    assert header["compression"] == expected
    assert header.get("dwaCompressionLevel") == (45 if ":" in compression else None)


def test_when_the_plate_is_larger_than_what_is_shown_then_the_matte_is_cropped_to_that(tmp_path):
    matte = a_matte(window=Window(-3, -2, 12, 8), display=Window(0, 0, 8, 5), data=Window(-3, -2, 12, 8))
    channels, header = delivered(tmp_path, matte)
    assert window_of(header) == window_of(header, "displayWindow") == Window(0, 0, 8, 5)
    np.testing.assert_array_equal(channels["A"], matte.layers[0].alpha_HW[2:7, 3:11])


def test_when_the_data_window_is_asked_for_then_the_matte_lies_there_with_its_overscan(tmp_path):
    matte = a_matte(window=Window(-3, -2, 12, 8), display=Window(0, 0, 8, 5), data=Window(-3, 1, 5, 6))
    channels, header = delivered(tmp_path, matte, window="data")
    assert window_of(header) == Window(-3, 1, 5, 6)
    assert window_of(header, "displayWindow") == Window(0, 0, 8, 5)
    expected = np.zeros((6, 5), np.float32)
    expected[:5] = matte.layers[0].alpha_HW[3:, :5]  # the data window goes on below what was read
    np.testing.assert_array_equal(channels["A"], expected)


def test_when_the_window_is_automatic_then_it_is_the_smallest_that_holds_all_objects(tmp_path):
    hero, dog = np.zeros((8, 12)), np.zeros((8, 12))
    hero[3, 4] = 1e-3
    dog[5, 7:9] = 1
    dog[0, 0] = 1  # not shown
    window, display = Window(-2, -1, 12, 8), Window(0, 0, 20, 9)
    matte = a_matte({"hero": hero, "dog": dog}, window=window, display=display)
    for how in ("rgba", "alpha", "packed", "cryptomatte"):
        channels, header = delivered(tmp_path, matte, window="auto", channels=how)
        assert window_of(header) == Window.between(2, 2, 7, 5)
        assert window_of(header, "displayWindow") == display
        assert channels["A"].shape == (3, 5)
    channels, _ = delivered(tmp_path, matte, window="auto")
    np.testing.assert_array_equal(channels["A"], (hero + dog).astype(np.float32)[3:6, 4:9])


def test_when_the_window_is_automatic_and_nothing_is_there_then_it_is_one_empty_pixel(tmp_path):
    channels, header = delivered(tmp_path, a_matte({None: 0}, window=Window(3, 4, 12, 8)), window="auto")
    assert window_of(header) == Window(3, 4, 1, 1)
    assert {name: values.tolist() for name, values in channels.items()} == {name: [[0]] for name in "RGBA"}


def test_when_a_matte_is_delivered_then_its_header_says_where_it_comes_from(tmp_path):
    _, header = delivered(tmp_path, a_matte())
    assert {name: value for name, value in header.items() if name.startswith("penumbra/")} == {
        "penumbra/version": "0.1.0",
        "penumbra/model": "penumbra-seed",
        "penumbra/modelDigest": "ab" * 32,
        "penumbra/modelLicense": "Apache-2.0",
        "penumbra/keyFrames": "1001",
        "penumbra/settings": "cd" * 32,
        "penumbra/fingerprint": "ef" * 32,
    }


def test_when_more_is_known_of_its_making_then_the_header_says_it_and_numbers_stay_numbers(tmp_path):
    provenance = Provenance(
        *["x"] * 7, objects="hero dog", colorspace_reason="as asked", exposure=0.0, process_size="1920x1080"
    )
    _, header = delivered(tmp_path, a_matte(), provenance=provenance)
    said = {name: value for name, value in header.items() if name.startswith("penumbra/") and value != "x"}
    assert said == {
        "penumbra/objects": "hero dog",
        "penumbra/colorspaceReason": "as asked",
        "penumbra/exposure": 0.0,
        "penumbra/processSize": "1920x1080",
    }


def test_when_the_plate_has_metadata_then_the_matte_has_it(tmp_path):
    entries = [
        Attribute("smpte:TimeCode", "timecode", (0x01020307, 0)),
        Attribute("framesPerSecond", "rational", (24000, 1001)),
        Attribute("camera/iso", "int", 800),
        Attribute("camera/position", "vector", (1.0, 2.0, 3.0)),
    ]
    _, header = delivered(tmp_path, a_matte(metadata=entries))
    assert header["timeCode"].frame == 7
    assert (header["framesPerSecond"].numerator, header["framesPerSecond"].denominator) == (24000, 1001)
    assert header["camera/iso"] == 800
    assert header["camera/position"].tolist() == [1, 2, 3]


def test_when_the_plate_is_itself_a_matte_then_its_provenance_and_its_ids_are_not_mixed_in(tmp_path):
    old = [
        Attribute("penumbra/fingerprint", "string", "old"),
        Attribute("penumbra/packed", "string", "R=old"),
        Attribute("cryptomatte/0123456/name", "string", "old"),
    ]
    for how in ("rgba", "cryptomatte"):
        _, header = delivered(tmp_path, a_matte(metadata=old), channels=how)
        assert header["penumbra/fingerprint"] == "ef" * 32
        assert not [name for name, value in header.items() if isinstance(value, str) and "old" in value]


def test_when_the_plate_says_what_its_colors_are_then_the_matte_says_the_same(tmp_path):
    color = [Attribute("chromaticities", "float[8]", AP1), Attribute("colorInteropID", "string", "lin_ap1_scene")]
    _, header = delivered(tmp_path, a_matte(metadata=color))
    np.testing.assert_allclose(header["chromaticities"], AP1, atol=1e-6)
    assert header["colorInteropID"] == "lin_ap1_scene"


def test_when_a_matte_is_on_disk_then_its_fingerprint_is_found(tmp_path):
    path = deliver(a_matte(), Delivery(tmp_path / "m.####.exr"), PROVENANCE)
    assert read_fingerprint(path) == "ef" * 32


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_when_a_matte_is_cut_short_then_its_header_alone_does_not_make_it_one(tmp_path, share):
    window = Window(0, 0, 96, 64)
    path = deliver(a_matte(window=window), Delivery(tmp_path / "m.####.exr"), PROVENANCE)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert b"penumbra/fingerprint" in path.read_bytes()
    assert read_fingerprint(path) is None


@pytest.mark.parametrize("what", ["missing", "empty", "text", "header cut", "another's", "a folder"])
def test_when_there_is_no_matte_of_ours_then_there_is_no_fingerprint(tmp_path, what):
    path = tmp_path / "m.1001.exr"
    contents = {"empty": b"", "text": b"text", "header cut": b"\x76\x2f\x31\x01\x02\0\0\0chan"}
    if what in contents:
        path.write_bytes(contents[what])
    elif what == "another's":
        write_exr_file(path, {"A": np.ones((4, 4), np.float16)})
    elif what == "a folder":
        path.mkdir()
    assert read_fingerprint(path) is None


def test_when_the_folder_takes_nothing_then_it_is_the_machine_s_fault(tmp_path, ordinary_user):
    (tmp_path / "out").mkdir(mode=0o555)
    with ordinary_user(), pytest.raises(MachineError, match=r"m\.1007\.exr cannot be written") as caught:
        deliver(a_matte(), Delivery(tmp_path / "out" / "m.####.exr"), PROVENANCE)
    assert caught.value.exit_code == 4
