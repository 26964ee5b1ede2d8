import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from penumbra.delivery import check_output, deliver
from penumbra.delivery.check import expected_bytes
from penumbra.errors import InputError, MachineError
from penumbra.image import Matte, Plate, Window
from penumbra.shot import Delivery, FrameRange
from tests.delivery.mattes import PROVENANCE, a_layer

HD = Window(0, 0, 1920, 1080)
ONE = (None,)
FRAMES = FrameRange(1001, 1048)


class Disk:
    """A disk with so much room, which must be asked about a folder that is there."""

    def __init__(self, free: float) -> None:
        self.free = int(free)

    def __call__(self, folder: Path) -> SimpleNamespace:
        assert folder.is_dir()
        return SimpleNamespace(free=self.free)


def test_when_all_is_well_then_there_is_no_fault_and_no_trace(tmp_path):
    assert check_output(Delivery(tmp_path / "a" / "b" / "m.####.exr"), FRAMES, HD, ONE) == []
    assert list(tmp_path.iterdir()) == []


def test_when_the_path_is_relative_then_the_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check_output(Delivery("m.####.exr"), FRAMES, HD, ONE) == []
    assert check_output(Delivery("new/m.####.exr"), FRAMES, HD, ONE, usage=Disk(1e12)) == []


def test_when_the_disk_is_too_full_then_need_and_room_are_told(tmp_path):
    delivery = Delivery(tmp_path / "new" / "m.####.exr")
    (fault,) = check_output(delivery, FRAMES, HD, ONE, usage=Disk(50e6))
    assert isinstance(fault, MachineError)
    assert str(fault).startswith("The mattes need about 0.2 GB, but the disk of ")
    assert "has 50.0 MB left. Make room" in str(fault)
    assert check_output(delivery, FRAMES, HD, ONE, usage=Disk(1e9)) == []
    assert check_output(delivery, [1001], HD, ONE, usage=Disk(50e6)) == []


def expected(objects=ONE, window=HD, **how):
    return expected_bytes(Delivery("m.####.exr", **how), 10, window, objects)


def test_when_nothing_is_compressed_then_the_room_is_known_exactly():
    pixels, two = 10 * 1920 * 1080, ("hero", "dog")
    for channels, objects, size in [
        ("rgba", ONE, 8),
        ("rgba", two, 24),
        ("alpha", ONE, 2),
        ("alpha", two, 6),
        ("packed", two, 8),
        ("cryptomatte", ONE, 8 + 16),
        ("cryptomatte", two, 8 + 32),
    ]:
        assert expected(objects, channels=channels, compression="none") == pixels * size
        if channels != "cryptomatte":
            assert expected(objects, channels=channels, compression="none", pixel_type="float") == 2 * pixels * size


def test_when_more_is_written_then_more_room_is_expected():
    assert expected(pixel_type="float") == 2 * expected()
    assert expected(channels="alpha") < expected() < expected(("hero", "dog"))
    assert expected(compression="dwaa") < expected() < expected(compression="none")
    assert expected(compression="dwaa:45") == expected(compression="dwaa")
    assert expected(compression="dwaa:200") < expected(compression="dwaa") < expected(compression="dwaa:5")
    assert expected(window=Window(0, 0, 2000, 1200)) > expected()


def grainy_matte(names):
    """A soft disc that covers a quarter of a plate with grain, and another beside it."""
    y, x = np.mgrid[:270, :480].astype(np.float32)
    grain = np.random.default_rng(1).normal(0, 0.01, (270, 480, 3)).astype(np.float32)
    rgb = grain + (0.3 + 0.1 * np.sin(x / 40 + y / 60))[..., None].astype(np.float32)
    window = Window(0, 0, 480, 270)
    discs = [np.clip((90 - np.hypot(x - center, y - 135)) / 10, 0, 1) for center in (150, 320)]
    plate = Plate(1001, rgb, window, window, window)
    return Matte(plate, tuple(a_layer(plate, name, disc) for name, disc in zip(names, discs, strict=False)))


LOSSLESS = ("zip", "zips", "piz")
KINDS = [
    *((channels, how) for channels in ("rgba", "alpha") for how in (*LOSSLESS, "dwaa", "dwaa:5", "dwab:200")),
    *((channels, how) for channels in ("packed", "cryptomatte") for how in LOSSLESS),
]


@pytest.mark.parametrize(("channels", "compression"), KINDS)
def test_when_grainy_mattes_are_written_then_the_room_expected_is_enough_and_not_far_too_much(
    tmp_path, channels, compression
):
    for names in [ONE, ("hero", "dog")]:
        delivery = Delivery(tmp_path / "m.####.exr", channels=channels, compression=compression)
        matte = grainy_matte(names)
        size = deliver(matte, delivery, PROVENANCE).stat().st_size
        assert 0.9 < expected_bytes(delivery, 1, matte.plate.window, names) / size < 12


@pytest.mark.parametrize("made", [True, False])
def test_when_the_folder_is_read_only_then_it_is_said(tmp_path, ordinary_user, made):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    out = folder if made else folder / "mattes"
    with ordinary_user():
        (fault,) = check_output(Delivery(out / "m.####.exr"), FRAMES, HD, ONE)
    assert isinstance(fault, MachineError)
    assert str(fault).startswith(f"The folder {out} cannot be {'written to' if made else 'made'}: permission denied.")
    assert str(folder) in fault.next_step


def test_when_the_folder_is_a_file_then_it_is_said(tmp_path):
    (tmp_path / "mattes").write_text("")
    (fault,) = check_output(Delivery(tmp_path / "mattes" / "m.####.exr"), FRAMES, HD, ONE)
    assert isinstance(fault, InputError)
    assert "is a file" in str(fault)


def test_when_mattes_would_overwrite_the_plate_then_it_is_refused(tmp_path):
    plate = [tmp_path / f"plate.{frame}.exr" for frame in FRAMES]
    (tmp_path / "link").symlink_to(tmp_path)
    for out in (tmp_path, tmp_path / "." / "x" / "..", tmp_path / "link"):
        (fault,) = check_output(Delivery(out / "plate.####.exr"), FRAMES, HD, ONE, plate)
        assert isinstance(fault, InputError)
        assert "Frames 1001-1048 of " in str(fault)
        assert "would write over the plate or the mask" in str(fault)
    assert check_output(Delivery(tmp_path / "matte.####.exr"), FRAMES, HD, ONE, plate) == []


def test_when_one_matte_would_overwrite_the_mask_then_its_frame_is_named(tmp_path):
    (fault,) = check_output(Delivery(tmp_path / "roto.####.exr"), FRAMES, HD, ONE, [tmp_path / "roto.1001.exr"])
    assert "Frame 1001 of " in str(fault)
    assert fault.frame == 1001


def test_when_there_are_several_faults_then_all_are_told(tmp_path, ordinary_user):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    with ordinary_user():
        faults = check_output(Delivery(folder / "p.####.exr"), FRAMES, HD, ONE, [folder / "p.1001.exr"])
    assert [type(fault) for fault in faults] == [InputError, MachineError]


def test_when_nothing_is_given_then_the_real_disk_is_asked(tmp_path):
    far_too_many = range(10_000_000_000)
    (fault,) = check_output(Delivery(tmp_path / "m.####.exr", compression="none"), Many(far_too_many), HD, ONE)
    free = shutil.disk_usage(tmp_path).free / 1e9
    assert "left" in str(fault)
    assert free > 0


class Many:
    """So many frames that no disk holds them, none of which is looked at."""

    def __init__(self, frames: range) -> None:
        self.frames = frames

    def __len__(self) -> int:
        return len(self.frames)

    def __iter__(self):
        return iter(())

    def __contains__(self, frame: object) -> bool:
        return frame in self.frames
