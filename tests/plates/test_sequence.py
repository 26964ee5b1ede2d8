from pathlib import Path

import pytest

from penumbra.errors import FileError, InputError
from penumbra.plates import ImageSequence
from penumbra.shot import FrameRange


def touch(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder


@pytest.fixture
def shot_folder(tmp_path) -> Path:
    frames = [f"plate.{frame}.exr" for frame in (*range(1001, 1011), 1013, 10000)]
    # What lies about in real folders: half copied files, hidden files, another padding, a still, notes.
    others = [
        "plate.1014.exr.part",
        ".plate.1015.exr.99.part",
        "plate.01001.exr",
        "plate.exr",
        "notes_v02.txt",
    ]
    return touch(tmp_path / "shot", *frames, *others)


@pytest.mark.parametrize("name", ["plate.####.exr", "plate.%04d.exr", "plate.$F4.exr"])
def test_when_a_pattern_is_given_then_its_frames_on_disk_are_found(shot_folder, name):
    sequence = ImageSequence.find(shot_folder / name)
    assert sequence.frames == (*range(1001, 1011), 1013, 10000)
    assert sequence.path(1013) == shot_folder / "plate.1013.exr"
    assert sequence.missing(FrameRange(1009, 1014)) == [1011, 1012, 1014]
    assert sequence.extent == FrameRange(1001, 10000)
    assert str(sequence) == "plate.####.exr 1001-1010, 1013, 10000"


@pytest.mark.parametrize("name", ["plate.<frame>.exr", "plate.$F.exr", "plate.%d.exr", "plate.0998.exr", "."])
def test_when_the_width_is_not_given_then_the_disk_tells_it(tmp_path, name):
    touch(tmp_path, "plate.0998.exr", "plate.0999.exr", "plate.1000.exr")
    sequence = ImageSequence.find(tmp_path / name)
    assert sequence.frames == (998, 999, 1000)
    assert sequence.path(998) == tmp_path / "plate.0998.exr"


def test_when_numbers_are_not_filled_then_they_are_found_so(tmp_path):
    touch(tmp_path, "plate.8.exr", "plate.9.exr", "plate.10.exr")
    sequence = ImageSequence.find(tmp_path / "plate.9.exr")
    assert sequence.frames == (8, 9, 10)
    assert sequence.path(10) == tmp_path / "plate.10.exr"


def test_when_numbers_are_negative_then_they_are_found(tmp_path):
    touch(tmp_path, "plate.-002.exr", "plate.-001.exr", "plate.0000.exr")
    for name in ("plate.####.exr", "plate.-001.exr"):
        assert ImageSequence.find(tmp_path / name).frames == (-2, -1, 0)


def test_when_a_hyphen_stands_before_the_number_then_it_is_no_minus(tmp_path):
    touch(tmp_path, "plate-1001.exr", "plate-1002.exr")
    for name in ("plate-1001.exr", "plate-####.exr", "."):
        assert ImageSequence.find(tmp_path / name).frames == (1001, 1002)


def test_when_the_name_has_special_letters_then_they_are_letters(tmp_path):
    touch(tmp_path, "pl[a]te+(x).1001.exr", "plate.1001.exr")
    assert ImageSequence.find(tmp_path / "pl[a]te+(x).####.exr").frames == (1001,)


def test_when_a_folder_holds_one_sequence_then_it_is_meant(tmp_path):
    touch(tmp_path, "plate.1001.exr", "plate.1002.exr", "Thumbs.db", "notes_1.txt", ".hidden.1003.exr")
    sequence = ImageSequence.find(tmp_path)
    assert sequence.frames == (1001, 1002)
    assert sequence.path(1001) == tmp_path / "plate.1001.exr"


def test_when_a_folder_holds_several_then_they_are_listed(tmp_path):
    touch(tmp_path, "plate.1001.exr", "plate.1002.exr", "roto.1001.exr", "plate.1001.jpg")
    with pytest.raises(InputError, match="holds 3 sequences") as caught:
        ImageSequence.find(tmp_path)
    for told in ("plate.####.exr 1001-1002", "roto.####.exr 1001", "plate.####.jpg 1001"):
        assert told in str(caught.value)


def test_when_a_folder_holds_none_then_it_is_said(tmp_path):
    touch(tmp_path, "plate.exr")
    with pytest.raises(FileError, match="holds no numbered pictures"):
        ImageSequence.find(tmp_path)


def test_when_no_file_fits_then_what_is_there_is_told(shot_folder):
    with pytest.raises(FileError, match=r"No file is named .*plates\.####\.exr.*holds .*plate\.####\.exr") as caught:
        ImageSequence.find(shot_folder / "plates.####.exr")
    assert caught.value.path == shot_folder


def test_when_the_folder_is_missing_then_it_is_said(tmp_path):
    for name in ("none/plate.####.exr", "none/plate.1001.exr"):
        with pytest.raises(FileError, match=r"folder .*none cannot be read: no such file"):
            ImageSequence.find(tmp_path / name)


def test_when_one_file_is_missing_then_it_is_said(shot_folder):
    with pytest.raises(FileError, match=r"plate\.2001\.exr does not exist"):
        ImageSequence.find(shot_folder / "plate.2001.exr")


def test_when_a_still_is_given_then_the_message_asks_for_a_sequence(shot_folder):
    with pytest.raises(InputError, match="no frame number"):
        ImageSequence.find(shot_folder / "plate.exr")
