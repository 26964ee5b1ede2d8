import numpy as np
import OpenEXR
import pytest

from penumbra.delivery import Provenance, deliver, read_fingerprint
from penumbra.errors import MachineError
from penumbra.image import Attribute, Matte, Plate, Window
from penumbra.plates import PlateSource
from penumbra.shot import Delivery
from tests.pictures import read_exr_file, write_exr_file

PROVENANCE = Provenance(
    version="0.1.0",
    model="penumbra-seed",
    model_digest="ab" * 32,
    model_license="Apache-2.0",
    key_frames="1001",
    settings="cd" * 32,
    fingerprint="ef" * 32,
)


def a_matte(frame=1007, metadata=(), size=(12, 8)):
    rng = np.random.default_rng(frame)
    rgba = rng.random((size[1], size[0], 4), np.float32)
    rgba[..., :3] *= 20
    window = Window(0, 0, *size)
    plate = Plate(frame, rgba[..., :3].copy(), window, 2.0, tuple(metadata))
    return Matte(plate, rgba)


def test_when_a_matte_is_delivered_then_its_file_has_the_plate_s_number_and_all_channels(tmp_path):
    matte = a_matte()
    path = deliver(matte, Delivery(tmp_path / "new" / "matte.####.exr"), PROVENANCE)
    assert path == tmp_path / "new" / "matte.1007.exr"
    channels, header = read_exr_file(path)
    assert sorted(channels) == ["A", "B", "G", "R"]
    for index, name in enumerate("RGBA"):
        assert channels[name].dtype == np.float16
        np.testing.assert_array_equal(channels[name], matte.rgba_HW4[..., index].astype(np.float16))
    assert channels["R"].max() > 10
    assert header["compression"] == OpenEXR.ZIP_COMPRESSION
    assert header["pixelAspectRatio"] == 2.0
    assert [file.name for file in path.parent.iterdir()] == ["matte.1007.exr"]


def test_when_only_alpha_in_float_is_asked_for_then_it_is_exact(tmp_path):
    matte = a_matte()
    delivery = Delivery(tmp_path / "m.%05d.exr", channels="alpha", pixel_type="float", compression="piz")
    path = deliver(matte, delivery, PROVENANCE)
    assert path.name == "m.01007.exr"
    channels, header = read_exr_file(path)
    assert list(channels) == ["A"]
    np.testing.assert_array_equal(channels["A"], matte.alpha_HW)
    assert header["compression"] == OpenEXR.PIZ_COMPRESSION


def test_when_a_matte_is_delivered_then_its_header_says_where_it_comes_from(tmp_path):
    path = deliver(a_matte(), Delivery(tmp_path / "m.####.exr"), PROVENANCE)
    _, header = read_exr_file(path)
    assert {name: value for name, value in header.items() if name.startswith("penumbra/")} == {
        "penumbra/version": "0.1.0",
        "penumbra/model": "penumbra-seed",
        "penumbra/modelDigest": "ab" * 32,
        "penumbra/modelLicense": "Apache-2.0",
        "penumbra/keyFrames": "1001",
        "penumbra/settings": "cd" * 32,
        "penumbra/fingerprint": "ef" * 32,
    }


def test_when_the_plate_has_metadata_then_the_matte_has_it_frame_by_frame(tmp_path):
    for frame in (1001, 1002):
        timecode = OpenEXR.TimeCode(1, 2, 3, frame - 1000, *[False] * 6, *range(8))
        write_exr_file(
            tmp_path / f"p.{frame}.exr", {"RGB": np.ones((8, 12, 3), np.float16)}, timeCode=timecode
        )
    source = PlateSource.open(tmp_path / "p.####.exr")
    for frame in source.frames:
        plate = source.read(frame)
        matte = Matte(plate, np.ones((8, 12, 4), np.float32))
        _, header = read_exr_file(deliver(matte, Delivery(tmp_path / "m.####.exr"), PROVENANCE))
        assert header["timeCode"].frame == frame - 1000


def test_when_the_plate_is_itself_a_matte_then_its_provenance_is_not_mixed_in(tmp_path):
    old = [Attribute("penumbra/fingerprint", "string", "old"), Attribute("penumbra/other", "string", "old")]
    path = deliver(a_matte(metadata=old), Delivery(tmp_path / "m.####.exr"), PROVENANCE)
    _, header = read_exr_file(path)
    assert header["penumbra/fingerprint"] == "ef" * 32
    assert "penumbra/other" not in header


def test_when_a_matte_is_on_disk_then_its_fingerprint_is_found(tmp_path):
    path = deliver(a_matte(), Delivery(tmp_path / "m.####.exr"), PROVENANCE)
    assert read_fingerprint(path) == "ef" * 32


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
