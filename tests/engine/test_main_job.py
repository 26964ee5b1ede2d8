"""The main job: an EXR plate and one mask in, premultiplied EXR out, looked at with OpenEXR's own package."""

from dataclasses import replace

import numpy as np
import OpenEXR
import pytest

import penumbra
from penumbra.engine import FrameDone, Progress
from penumbra.shot import FrameRange
from tests.engine.shots import FRAMES, alpha_of, light, make_shot, notices, pixels, run_all, write_frame, written
from tests.pictures import read_exr_file, write_exr_file


def test_when_a_plate_and_a_mask_are_given_then_every_frame_becomes_a_premultiplied_matte(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file)
    events = run_all(shot)
    assert written(events) == list(FRAMES)
    assert [path.name for path in sorted((tmp_path / "out").glob("*.exr"))] == [f"matte.{f}.exr" for f in FRAMES]
    brightest = 0.0
    for frame in FRAMES:
        channels, header = read_exr_file(tmp_path / "out" / f"matte.{frame}.exr")
        assert {name: str(array.dtype) for name, array in channels.items()} == dict.fromkeys("RGBA", "float16")
        assert header["compression"] == OpenEXR.ZIP_COMPRESSION
        rgba = pixels(tmp_path / "out" / f"matte.{frame}.exr").astype(np.float32)
        alpha = rgba[..., 3:]
        assert alpha.min() >= 0
        assert alpha.max() <= 1
        assert 0.01 < alpha.mean() < 0.99
        # Half keeps 11 bits; color and alpha are each rounded once.
        np.testing.assert_allclose(rgba[..., :3], light(frame).astype(np.float32) * alpha, rtol=2**-10, atol=2**-13)
        brightest = max(brightest, float(rgba[..., :3].max()))
    assert brightest > 2


def test_when_float_is_asked_for_then_color_is_exactly_plate_times_alpha(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file)
    run_all(replace(shot, delivery=replace(shot.delivery, pixel_type="float")))
    for frame in FRAMES:
        rgba = pixels(tmp_path / "out" / f"matte.{frame}.exr")
        assert rgba.dtype == np.float32
        np.testing.assert_array_equal(rgba[..., :3], light(frame).astype(np.float32) * rgba[..., 3:])


def test_when_a_run_goes_on_then_it_tells_how_far_it_is_and_each_file_that_is_complete(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file)
    steps = []
    for event in penumbra.run(shot):
        match event:
            case FrameDone(frame, path):
                assert path == tmp_path / "out" / f"matte.{frame}.exr"
                assert alpha_of(path).shape == (32, 48)
            case Progress(done, total, stage="matting"):
                steps.append((done, total))
    assert steps == [(done, len(FRAMES)) for done in range(len(FRAMES) + 1)]


def test_when_frames_are_given_then_only_these_are_made(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, key=1003)
    assert sorted(written(run_all(replace(shot, frames=FrameRange(1002, 1004))))) == [1002, 1003, 1004]
    assert {path.name for path in (tmp_path / "out").glob("*.exr")} == {f"matte.{f}.exr" for f in (1002, 1003, 1004)}


def test_when_the_plate_s_header_says_something_then_the_matte_s_says_it_too(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file)
    for frame in FRAMES:
        timecode = OpenEXR.TimeCode(1, 2, 3, frame - 1000, *[False] * 6, *range(8))
        write_frame(tmp_path, frame, timeCode=timecode, pixelAspectRatio=2.0, reelName="A001")
    run_all(shot)
    for frame in FRAMES:
        header = read_exr_file(tmp_path / "out" / f"matte.{frame}.exr")[1]
        assert header["timeCode"].frame == frame - 1000
        assert header["reelName"] == "A001"
        assert header["pixelAspectRatio"] == 2.0


def test_when_the_plate_has_windows_of_its_own_then_the_matte_fills_the_display_window(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file)
    # The display window begins at 10, 20; the pixels reach over its left edge and end before its right one.
    for frame in FRAMES:
        write_exr_file(
            tmp_path / f"plate.{frame}.exr", {"RGB": light(frame)}, display=(10, 20, 48, 32), data=(4, 20, 48, 32)
        )
    run_all(replace(shot, delivery=replace(shot.delivery, pixel_type="float")))
    for frame in FRAMES:
        path = tmp_path / "out" / f"matte.{frame}.exr"
        header = read_exr_file(path)[1]
        for window in ("displayWindow", "dataWindow"):
            assert [tuple(corner) for corner in header[window]] == [(10, 20), (57, 51)]
        rgba = pixels(path)
        np.testing.assert_array_equal(rgba[:, :42, :3], light(frame)[:, 6:].astype(np.float32) * rgba[:, :42, 3:])
        assert not rgba[:, 42:, :3].any()


def test_when_a_matte_is_written_then_its_header_says_what_made_it(tmp_path, tiny_file, tiny_model):
    shot = make_shot(tmp_path, tiny_file, key=1003)
    events = run_all(shot)
    fingerprints = set()
    for frame in FRAMES:
        header = read_exr_file(tmp_path / "out" / f"matte.{frame}.exr")[1]
        said = {name.removeprefix("penumbra/"): text for name, text in header.items() if name.startswith("penumbra/")}
        fingerprints.add(said.pop("fingerprint"))
        assert said == {
            "version": penumbra.__version__,
            "model": "tiny",
            "modelDigest": tiny_model.digest,
            "modelLicense": "Apache-2.0",
            "keyFrames": "1003",
            "settings": events[0].shot.digest,
            "colorspace": "Linear Rec.709 (sRGB)",
            "colorspaceReason": events[0].shot.settings.colorspace_reason,
            "workingSpace": "Linear Rec.709 (sRGB)",
            "ocio": "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5",
            "exposure": 0.0,
            "processSize": "48x32",
            "roi": "48x32",
            "foreground": "source",
        }
    assert len(fingerprints) == len(FRAMES)
    assert {len(fingerprint) for fingerprint in fingerprints} == {64}
    assert f"Model: tiny, Apache-2.0, digest {tiny_model.digest[:12]}" in notices(events)


@pytest.mark.parametrize(
    ("compression", "stored"),
    [
        ("none", OpenEXR.NO_COMPRESSION),
        ("zips", OpenEXR.ZIPS_COMPRESSION),
        ("piz", OpenEXR.PIZ_COMPRESSION),
        ("dwaa", OpenEXR.DWAA_COMPRESSION),
    ],
)
def test_when_alpha_alone_is_asked_for_then_nothing_else_is_written(tmp_path, tiny_file, compression, stored):
    shot = make_shot(tmp_path, tiny_file, frames=range(1001, 1003))
    run_all(replace(shot, delivery=replace(shot.delivery, channels="alpha", compression=compression)))
    channels, header = read_exr_file(tmp_path / "out" / "matte.1002.exr")
    assert {name: str(array.dtype) for name, array in channels.items()} == {"A": "float16"}
    assert header["compression"] == stored
    run_all(replace(shot, delivery=replace(shot.delivery, out=tmp_path / "whole" / "matte.####.exr")))
    np.testing.assert_array_equal(channels["A"], alpha_of(tmp_path / "whole" / "matte.1002.exr"))
