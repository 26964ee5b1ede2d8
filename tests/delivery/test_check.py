import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from penumbra.delivery import check_output
from penumbra.delivery.check import expected_bytes
from penumbra.errors import InputError, MachineError
from penumbra.image import Window
from penumbra.shot import Delivery, FrameRange

HD = Window(0, 0, 1920, 1080)
FRAMES = FrameRange(1001, 1048)


class Disk:
    """A disk with so much room, which must be asked about a folder that is there."""

    def __init__(self, free: float) -> None:
        self.free = int(free)

    def __call__(self, folder: Path) -> SimpleNamespace:
        assert folder.is_dir()
        return SimpleNamespace(free=self.free)


def test_when_all_is_well_then_there_is_no_fault_and_no_trace(tmp_path):
    assert check_output(Delivery(tmp_path / "a" / "b" / "m.####.exr"), FRAMES, HD) == []
    assert list(tmp_path.iterdir()) == []


def test_when_the_path_is_relative_then_the_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check_output(Delivery("m.####.exr"), FRAMES, HD) == []
    assert check_output(Delivery("new/m.####.exr"), FRAMES, HD, usage=Disk(1e12)) == []


def test_when_the_disk_is_too_full_then_need_and_room_are_told(tmp_path):
    delivery = Delivery(tmp_path / "new" / "m.####.exr")
    (fault,) = check_output(delivery, FRAMES, HD, usage=Disk(50e6))
    assert isinstance(fault, MachineError)
    assert str(fault).startswith("The mattes need about 0.2 GB, but the disk of ")
    assert "has 50.0 MB left. Make room" in str(fault)
    assert check_output(delivery, FRAMES, HD, usage=Disk(1e9)) == []
    assert check_output(delivery, [1001], HD, usage=Disk(50e6)) == []


def test_when_more_is_written_then_more_room_is_expected(tmp_path):
    def expected(**how):
        return expected_bytes(Delivery("m.####.exr", **how), 10, HD)

    assert expected(compression="none") == 10 * 1920 * 1080 * 4 * 2
    assert expected(pixel_type="float") == 2 * expected()
    assert expected(channels="alpha") == expected() // 4
    assert expected(compression="dwaa") < expected() < expected(compression="none")


@pytest.mark.parametrize("made", [True, False])
def test_when_the_folder_is_read_only_then_it_is_said(tmp_path, ordinary_user, made):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    out = folder if made else folder / "mattes"
    with ordinary_user():
        (fault,) = check_output(Delivery(out / "m.####.exr"), FRAMES, HD)
    assert isinstance(fault, MachineError)
    assert str(fault).startswith(
        f"The folder {out} cannot be {'written to' if made else 'made'}: permission denied."
    )
    assert str(folder) in fault.next_step


def test_when_the_folder_is_a_file_then_it_is_said(tmp_path):
    (tmp_path / "mattes").write_text("")
    (fault,) = check_output(Delivery(tmp_path / "mattes" / "m.####.exr"), FRAMES, HD)
    assert isinstance(fault, InputError)
    assert "is a file" in str(fault)


def test_when_mattes_would_overwrite_the_plate_then_it_is_refused(tmp_path):
    plate = [tmp_path / f"plate.{frame}.exr" for frame in FRAMES]
    (tmp_path / "link").symlink_to(tmp_path)
    for out in (tmp_path, tmp_path / "." / "x" / "..", tmp_path / "link"):
        (fault,) = check_output(Delivery(out / "plate.####.exr"), FRAMES, HD, plate)
        assert isinstance(fault, InputError)
        assert "Frames 1001-1048 of " in str(fault)
        assert "would write over the plate or the mask" in str(fault)
    assert check_output(Delivery(tmp_path / "matte.####.exr"), FRAMES, HD, plate) == []


def test_when_one_matte_would_overwrite_the_mask_then_its_frame_is_named(tmp_path):
    (fault,) = check_output(Delivery(tmp_path / "roto.####.exr"), FRAMES, HD, [tmp_path / "roto.1001.exr"])
    assert "Frame 1001 of " in str(fault)
    assert fault.frame == 1001


def test_when_there_are_several_faults_then_all_are_told(tmp_path, ordinary_user):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    with ordinary_user():
        faults = check_output(Delivery(folder / "p.####.exr"), FRAMES, HD, [folder / "p.1001.exr"])
    assert [type(fault) for fault in faults] == [InputError, MachineError]


def test_when_nothing_is_given_then_the_real_disk_is_asked(tmp_path):
    far_too_many = range(10_000_000_000)
    (fault,) = check_output(Delivery(tmp_path / "m.####.exr", compression="none"), Many(far_too_many), HD)
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
