"""`penumbra evaluate`: numbers, a table and a picture."""

import csv
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from penumbra.engine import run
from tests.engine.shots import FRAMES, a_mask
from tests.pictures import write_exr_file


def write_alphas(folder, alphas, channels=("A",), **header):
    """A sequence of mattes, float; every channel holds the alpha."""
    for frame, alpha in alphas.items():
        write_exr_file(folder / f"m.{frame}.exr", dict.fromkeys(channels, alpha.astype(np.float32)), **header)
    return folder / "m.####.exr"


@pytest.fixture
def truth(tmp_path):
    """A box that moves one pixel to the right in every frame."""
    return write_alphas(tmp_path / "truth", {frame: np.roll(a_mask(), frame - FRAMES[0], 1) for frame in FRAMES})


@pytest.fixture
def mattes(order):
    """What the order gives."""
    list(run(order.shot))
    return order.shot.delivery.out


def test_when_mattes_are_the_truth_then_every_error_is_zero(penumbra, truth):
    done = penumbra("evaluate", truth, truth)
    assert done.code == 0
    assert done.out == "Error over 6 frames: MAD 0.00, MSE 0.00, Grad 0.00, dtSSD 0.00, Conn 0.00\n"


def test_when_mattes_differ_then_mad_and_mse_are_the_means_over_the_frames(penumbra, truth, tmp_path):
    wrong = {frame: np.roll(a_mask(), frame - FRAMES[0], 1) for frame in FRAMES}
    wrong[1003] = wrong[1003] * 0.5
    done = penumbra("evaluate", write_alphas(tmp_path / "wrong", wrong), truth)
    share = a_mask().mean() / len(FRAMES)
    assert f"MAD {1e3 * share * 0.5:.2f}, MSE {1e3 * share * 0.25:.2f}, " in done.out
    assert float(re.search(r"dtSSD ([\d.]+)", done.out)[1]) > 0


def test_when_the_mask_is_given_then_it_is_told_what_repeating_it_would_have_given(penumbra, truth, order):
    key = f"1001={order.folder / 'roto.1001.exr'}"
    done = penumbra("evaluate", truth, truth, "--mask", key)
    mad = np.mean([np.abs(a_mask() - np.roll(a_mask(), shift, 1)).mean() * 1e3 for shift in range(len(FRAMES))])
    assert f"The mask repeated: MAD {mad:.2f}; the mattes have 0.00 of it" in done.out


def test_when_a_table_is_asked_for_then_it_has_every_frame(penumbra, truth, mattes, tmp_path):
    done = penumbra("evaluate", mattes, truth, "--csv", tmp_path / "tables" / "errors.csv")
    assert done.code == 0
    assert f"Errors by frame: {tmp_path / 'tables' / 'errors.csv'}" in done.out
    with (tmp_path / "tables" / "errors.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["frame"]) for row in rows] == list(FRAMES)
    assert set(rows[0]) == {"frame", "mad", "mse", "grad", "conn", "dtssd"}
    assert rows[0]["dtssd"] == ""
    assert f"MAD {np.mean([float(row['mad']) for row in rows]):.2f}, " in done.out
    assert f"dtSSD {np.mean([float(row['dtssd']) for row in rows[1:]]):.2f}, " in done.out


def test_when_a_sheet_is_asked_for_then_it_shows_every_frame_of_a_short_shot(penumbra, truth, mattes, order, tmp_path):
    sheet = tmp_path / "sheet.png"
    key = f"1001={order.folder / 'roto.1001.exr'}"
    done = penumbra("evaluate", mattes, truth, "--mask", key, "--plate", order.shot.plate, "--sheet", sheet)
    assert done.code == 0, done.err
    assert f"Contact sheet: {sheet}" in done.out
    with Image.open(sheet) as picture:
        assert picture.format == "PNG"
        width, height = picture.size
        pixels = np.asarray(picture.convert("RGB"))
    assert width > 4 * 300
    assert height > len(FRAMES) * 200
    alphas = pixels[:, width // 2 : width // 2 + 300]
    assert alphas.std() > 20
    assert not list(tmp_path.rglob("*.part"))


def test_when_only_some_frames_are_asked_for_then_only_these_count(penumbra, truth):
    assert "Error over 2 frames: " in penumbra("evaluate", truth, truth, "--frames", "1002-1003").out


def test_when_mattes_are_given_as_folders_then_they_are_found(penumbra, truth, mattes):
    assert penumbra("evaluate", mattes.parent, truth.parent).code == 0


def test_when_the_mattes_are_alpha_alone_then_they_count_alike(penumbra, truth, mattes, order):
    whole = penumbra("evaluate", mattes, truth).out
    shutil.rmtree(order.out)
    list(run(replace(order.shot, delivery=replace(order.shot.delivery, channels="alpha"))))
    assert penumbra("evaluate", mattes, truth).out == whole


@pytest.mark.parametrize("which", [0, 1])
def test_when_one_of_the_sequences_lacks_frames_then_they_are_told(penumbra, truth, mattes, which):
    gone = (mattes, truth)[which]
    for frame in (1003, 1004):
        gone.with_name(gone.name.replace("####", str(frame))).unlink()
    done = penumbra("evaluate", mattes, truth, "--frames", "1001-1006")
    assert done.code == 2
    assert f"{gone} lacks the frames 1003-1004." in done.err
    assert "It has 1001-1002, 1005-1006" in done.err


def test_when_the_sizes_differ_then_both_are_told(penumbra, truth, tmp_path):
    small = write_alphas(tmp_path / "small", {frame: np.ones((16, 24)) for frame in FRAMES})
    done = penumbra("evaluate", small, truth)
    assert done.code == 2
    assert "is 24x16, and what it is compared with is 48x32." in done.err


def test_when_a_picture_has_no_alpha_then_it_is_told(penumbra, truth, tmp_path):
    color = write_alphas(tmp_path / "color", {frame: a_mask() for frame in FRAMES}, channels="RGB")
    done = penumbra("evaluate", color, truth)
    assert done.code == 2
    assert "has no alpha, only R, G, B." in done.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("none.####.exr", "TRUTH"), 3, "No file is named none.####.exr."),
        (("TRUTH", "none.####.exr"), 3, "No file is named none.####.exr."),
        (("TRUTH", "TRUTH", "--sheet", "s.png"), 2, "Add --plate and --mask."),
        (("TRUTH", "TRUTH", "--frames", "all"), 2, "'all' is not a frame range."),
        (("TRUTH", "TRUTH", "--mask", "1=none.exr"), 3, "none.exr cannot be read: there is no such file."),
    ],
)
def test_when_the_line_cannot_be_carried_out_then_it_is_told(penumbra, truth, tmp_path, monkeypatch, words, code, said):
    monkeypatch.chdir(tmp_path)
    done = penumbra("evaluate", *(truth if word == "TRUTH" else word for word in words))
    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.err


def test_when_a_matte_is_cut_short_then_it_is_told(penumbra, truth):
    path = truth.with_name("m.1004.exr")
    path.write_bytes(path.read_bytes()[:-200])
    done = penumbra("evaluate", truth, truth)
    assert done.code == 3
    assert f"{path} cannot be read: it is cut short or damaged" in done.err


def test_when_the_sheet_cannot_be_written_then_it_is_told(penumbra, truth, mattes, order, tmp_path):
    (tmp_path / "a file").write_text("")
    sheet = tmp_path / "a file" / "sheet.png"
    key = f"1001={order.folder / 'roto.1001.exr'}"
    done = penumbra("evaluate", mattes, truth, "--mask", key, "--plate", order.shot.plate, "--sheet", sheet)
    assert done.code == 4
    assert f"{sheet} cannot be written: " in done.err


def test_when_mattes_without_color_are_given_for_a_sheet_then_the_plate_s_is_shown(penumbra, truth, order, tmp_path):
    key = f"1001={order.folder / 'roto.1001.exr'}"
    line = ("--mask", key, "--plate", order.shot.plate, "--sheet", tmp_path / "s.png")
    done = penumbra("evaluate", truth, truth, *line)
    assert done.code == 0, done.err
    with Image.open(tmp_path / "s.png") as picture:
        assert len(np.unique(np.asarray(picture))) > 50
