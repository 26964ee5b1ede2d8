"""Other files than EXR, other ways to name them, and color spaces."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest
from PIL import Image

from penumbra.engine import Opened
from penumbra.errors import FileError
from penumbra.shot import FrameRange, KeyFrame, Shot
from tests.color.configs import AP1, write_config
from tests.engine.shots import SIZE, files, make_shot, notices, pixels, run_all, write_frame, written
from tests.pictures import write_exr_file

FRAMES = range(1, 4)


def codes(frame: int) -> np.ndarray:
    """Smooth 8-bit colors, which survive a JPEG well."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    return np.stack([5 * x, 7 * y, 80 + 3 * x + 5 * frame], axis=-1).astype(np.uint8)


def decoded(encoded: np.ndarray) -> np.ndarray:
    """SRGB -> linear, written down a second time."""
    encoded = encoded.astype(np.float64)
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def save(path: Path, frame: int) -> None:
    """As the file's name says; DPX and 16 bits through OpenImageIO, the others through Pillow."""
    if "16" not in path.name and path.suffix != ".dpx":
        Image.fromarray(codes(frame)).save(path, quality=100, subsampling=0)
        return
    spec = oiio.ImageSpec(*SIZE, 3, "uint16")
    if path.suffix == ".dpx":
        spec.attribute("oiio:BitsPerSample", 10)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(codes(frame).astype(np.float32) / 255)
    assert output.close()


def screen_shot(folder, model, name, **settings):
    for frame in FRAMES:
        save(folder / name.replace("####", f"{frame:04d}"), frame)
    shot = make_shot(folder, model, FRAMES)
    delivery = replace(shot.delivery, pixel_type="float")
    return replace(shot, plate=folder / name, delivery=delivery, settings=replace(shot.settings, **settings))


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        ("scan.####.png", 1e-6),
        ("scan16.####.png", 1e-6),
        ("scan.####.tif", 1e-6),
        ("scan16.####.tif", 1e-6),
        ("scan.####.dpx", 2e-3),  # 10 bits
        ("scan.####.jpg", 3e-2),
    ],
)
def test_when_a_plate_is_made_for_the_screen_then_the_matte_is_scene_linear_all_the_same(
    tmp_path, tiny_file, name, tolerance
):
    events = run_all(screen_shot(tmp_path, tiny_file, name))
    assert written(events) == list(FRAMES)
    assert "Color space: sRGB Encoded Rec.709 (sRGB); " in notices(events)
    for frame in FRAMES:
        rgba = pixels(tmp_path / "out" / f"matte.{frame:04d}.exr")
        expected = decoded(codes(frame) / 255) * rgba[..., 3:]
        np.testing.assert_allclose(rgba[..., :3], expected, atol=tolerance)
        assert rgba[..., 3].max() > 0.1


def test_when_the_color_space_is_said_then_the_file_s_type_does_not_count(tmp_path, tiny_file):
    shot = screen_shot(tmp_path, tiny_file, "scan.####.png", colorspace="linear")
    events = run_all(shot)
    assert "Color space: Linear Rec.709 (sRGB); asked for as linear" in notices(events)
    as_linear = pixels(tmp_path / "out" / "matte.0003.exr")
    np.testing.assert_allclose(as_linear[..., :3], codes(3) / 255 * as_linear[..., 3:], atol=1e-6)
    run_all(replace(shot, settings=replace(shot.settings, colorspace="srgb")))
    as_srgb = pixels(tmp_path / "out" / "matte.0003.exr")
    np.testing.assert_allclose(as_srgb[..., :3], decoded(codes(3) / 255) * as_srgb[..., 3:], atol=1e-6)
    assert np.abs(as_linear[..., 3] - as_srgb[..., 3]).max() > 1e-3  # the network was shown another picture


def test_when_an_exr_is_said_to_be_srgb_then_it_is_decoded(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    for frame in FRAMES:
        write_exr_file(tmp_path / f"plate.{frame:04d}.exr", {"RGB": (codes(frame) / 255).astype(np.float32)})
    delivery = replace(shot.delivery, pixel_type="float")
    run_all(replace(shot, delivery=delivery, settings=replace(shot.settings, colorspace="srgb")))
    rgba = pixels(tmp_path / "out" / "matte.0002.exr")
    np.testing.assert_allclose(rgba[..., :3], decoded(codes(2) / 255) * rgba[..., 3:], atol=1e-6)


@pytest.mark.parametrize("name", ["plate.%04d.exr", "plate.<frame>.exr", "plate.$F4.exr", "plate.1003.exr", ""])
def test_when_the_plate_is_named_in_another_way_then_the_mattes_are_the_same(tmp_path, tiny_file, name):
    frames = range(1001, 1005)
    (tmp_path / "shot").mkdir()
    shot = make_shot(tmp_path / "shot", tiny_file, frames)
    run_all(shot)
    mask = shot.key_frames[0].path.rename(tmp_path / "roto.1001.exr")  # a folder must hold one sequence only
    other = replace(
        shot,
        plate=tmp_path / "shot" / name,
        key_frames=(KeyFrame(1001, mask),),
        delivery=replace(shot.delivery, out=tmp_path / "again" / "matte.%04d.exr"),
    )
    assert written(run_all(other)) == list(frames)
    assert files(tmp_path / "again") == files(tmp_path / "shot" / "out")


def test_when_the_mask_is_a_png_and_named_by_a_pattern_then_it_is_found(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES, key=2)
    mask = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    mask[8:24, 16:40] = 255
    Image.fromarray(mask).save(tmp_path / "roto.0002.png")
    run_all(shot)
    by_exr = files(tmp_path / "out")
    key = KeyFrame(2, tmp_path / "roto.####.png")
    run_all(replace(shot, key_frames=(key,), delivery=replace(shot.delivery, out=tmp_path / "b" / "matte.####.exr")))
    assert files(tmp_path / "b") == by_exr


def test_when_frame_numbers_are_below_zero_then_they_are_kept(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, range(-2, 2), key=-1)
    events = run_all(replace(shot, frames=FrameRange(-2, 1)))
    assert sorted(written(events)) == [-2, -1, 0, 1]


def test_when_frames_say_different_color_spaces_then_it_is_a_fault_before_the_first_frame(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    for frame in (2, 3):
        write_frame(tmp_path, frame, chromaticities=AP1)
    with pytest.raises(FileError) as caught:
        run_all(shot)
    said = str(caught.value)
    assert "Frames 2-3 of plate.####.exr are in ACEScg (the file's chromaticities), the shot in Linear Rec.709" in said
    assert "--colorspace" in said
    assert not (tmp_path / "out").exists()
    events = run_all(replace(shot, settings=replace(shot.settings, colorspace="ACEScg")))
    assert written(events) == list(FRAMES)


def test_when_a_shot_is_kept_then_so_is_the_configuration_that_named_its_color(tmp_path, tiny_file, monkeypatch):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    monkeypatch.setenv("OCIO", str(write_config(tmp_path / "house")))
    (opened,) = (event.shot for event in run_all(shot) if isinstance(event, Opened))
    first = files(tmp_path / "out")
    opened.save(tmp_path / "shot.yaml")
    monkeypatch.delenv("OCIO")
    again = Shot.load(tmp_path / "shot.yaml")
    assert again.settings.ocio == str(tmp_path / "house" / "config.ocio")
    elsewhere = replace(again, delivery=replace(again.delivery, out=tmp_path / "again" / "matte.####.exr"))
    run_all(elsewhere)
    assert files(tmp_path / "again") == first
    (opened,) = (event.shot for event in run_all(shot) if isinstance(event, Opened))
    assert opened.settings.ocio == "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"


def test_when_the_order_is_for_one_view_then_the_shot_that_is_kept_is_good_for_both(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    for frame in FRAMES:
        for view in ("left", "right"):
            write_frame(tmp_path, frame).rename(tmp_path / f"plate.{view}.{frame:04d}.exr")
    shot = replace(shot, plate=tmp_path / "plate.%V.####.exr", settings=replace(shot.settings, view="left"))
    shot = replace(shot, delivery=replace(shot.delivery, out=tmp_path / "out" / "matte.%V.####.exr"))
    for path in tmp_path.glob("plate.0*"):
        path.unlink()
    (opened,) = (event.shot for event in run_all(shot) if isinstance(event, Opened))
    opened.save(tmp_path / "shot.yaml")
    again = Shot.load(tmp_path / "shot.yaml")
    assert written(run_all(again)) == []
    assert written(run_all(replace(again, settings=replace(again.settings, view="right")))) == list(FRAMES)
    assert (tmp_path / "out" / "matte.right.0001.exr").exists()


def test_when_a_view_is_asked_for_and_the_mattes_have_no_place_for_it_then_it_is_said(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    one = replace(shot, plate=tmp_path / "plate.%V.####.exr", settings=replace(shot.settings, view="left"))
    for frame in FRAMES:
        (tmp_path / f"plate.{frame:04d}.exr").rename(tmp_path / f"plate.left.{frame:04d}.exr")
    text = "The mattes of another view would be written over these: write %V in --out."
    assert text in notices(run_all(one))
    named = replace(one, delivery=replace(one.delivery, out=tmp_path / "out" / "matte.%V.####.exr"))
    assert text not in notices(run_all(named))
