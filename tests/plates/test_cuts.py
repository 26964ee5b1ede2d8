"""Hard cuts in glimpses, and the glimpses themselves."""

from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

from penumbra.errors import FileError
from penumbra.plates import PlateSource, Selection, cut_places
from tests.pictures import write_exr_file

WIDTH, HEIGHT = 192, 108


def scene(seed: int, frame: int = 0, drift: float = 0.005) -> np.ndarray:
    """Large soft shapes in scene-linear light `[H,W,3]`, that drift to the right."""
    dice = np.random.default_rng(seed)
    y, x = np.mgrid[:HEIGHT, :WIDTH] / HEIGHT
    picture = np.full((HEIGHT, WIDTH, 3), 0.02)
    for _ in range(7):
        at, size, color = dice.uniform(0, (1.8, 1)), dice.uniform(0.08, 0.4), dice.uniform(0, 1, 3)
        picture += color * np.exp(-((x - at[0] - drift * frame) ** 2 + (y - at[1]) ** 2) / size**2)[..., None]
    return picture.astype(np.float32)


def source(folder: Path, pictures: list[np.ndarray], **header) -> PlateSource:
    for number, picture in enumerate(pictures, 1):
        write_exr_file(folder / f"plate.{number:04d}.exr", {"RGB": picture.astype(np.float16)}, **header)
    return PlateSource.open(folder / "plate.####.exr")


def found(folder: Path, pictures: list[np.ndarray]) -> tuple[int, ...]:
    """Through files, and through half precision."""
    plates = source(folder, pictures)
    return cut_places([plates.glimpse(frame).astype(np.float16) for frame in plates.frames])


def clip(seed: int, count: int, first: int = 0, **how) -> list[np.ndarray]:
    return [scene(seed, frame, **how) for frame in range(first, first + count)]


@pytest.mark.parametrize("seed", range(5))
def test_when_two_scenes_follow_each_other_then_the_cut_is_found_wherever_it_lies(tmp_path, seed):
    for before, after in ((6, 6), (1, 6), (6, 1)):
        pictures = clip(seed, before) + clip(seed + 100, after)
        assert found(tmp_path, pictures) == (before - 1,)


def test_when_there_are_several_cuts_then_each_is_found(tmp_path):
    assert found(tmp_path, clip(1, 5) + clip(2, 4) + clip(9, 5)) == (4, 8)


def test_when_one_frame_stands_between_two_scenes_then_it_is_a_scene_of_its_own(tmp_path):
    assert found(tmp_path, clip(1, 6) + clip(2, 1) + clip(9, 6)) == (5, 6)


def test_when_a_flash_is_near_a_cut_then_the_cut_is_found_and_nothing_else(tmp_path):
    pictures = clip(1, 8) + clip(2, 8)
    pictures[4] = pictures[4] * 8 + 1
    assert found(tmp_path, pictures) == (7,)


def test_when_the_same_scene_is_framed_otherwise_then_it_is_a_cut(tmp_path):
    nearer = [np.kron(picture[27:81, 48:144], np.ones((2, 2, 1))) for picture in clip(4, 6)]
    assert found(tmp_path, clip(4, 6) + nearer) == (5,)


def test_when_the_plate_is_dark_or_bright_or_encoded_then_the_same_cut_is_found(tmp_path):
    pictures = clip(1, 6) + clip(2, 6)
    for encoded in (
        lambda light: light * 0.03, lambda light: light * 40, lambda light: np.clip(light, 0, 1) ** (1 / 2.2),
        lambda light: (np.log2(light / 0.18 + 2**-7) + 7) / 14,
    ):  # fmt: skip
        assert found(tmp_path, [encoded(picture) for picture in pictures]) == (5,)


def test_when_nothing_but_motion_grain_and_light_changes_then_there_is_no_cut(tmp_path):
    dice = np.random.default_rng(0)
    still = clip(4, 1) * 12
    flash = [picture * (9 if 5 <= frame <= 7 else 1) for frame, picture in enumerate(clip(4, 14))]
    cases = {
        "drift": clip(4, 12, drift=0.03),
        "fast pan": clip(4, 10, drift=0.2),
        "held": still,
        "held, then moves": still[:5] + clip(4, 8),
        "on twos": [picture for picture in clip(4, 8, drift=0.05) for _ in range(2)],
        "flash": flash,
        "black frame": [picture * (frame != 6) for frame, picture in enumerate(clip(4, 12))],
        "exposure ramp": [picture * 2.0 ** (frame / 2 - 3) for frame, picture in enumerate(clip(4, 12))],
        "lamp goes on": [picture * (1 + 3 * (frame > 6)) for frame, picture in enumerate(clip(4, 12))],
        "dissolve": [
            a * (1 - k / 9) + b * k / 9 for k, (a, b) in enumerate(zip(clip(4, 10), clip(5, 10), strict=True))
        ],
        "fade to black": [picture * max(0, 1 - frame / 8) for frame, picture in enumerate(clip(4, 14))],
        "strobe": [picture * (1 + 7 * (frame // 2 % 2)) for frame, picture in enumerate(clip(4, 14))],
        "whip pan": clip(4, 5, drift=0) + clip(4, 4, 1, drift=0.25) + clip(4, 5, 1000, drift=0.001),
        "grain": [np.maximum(picture + dice.normal(0, 0.05, picture.shape), 0) for picture in still],
        "noise alone": [dice.random((HEIGHT, WIDTH, 3)) for _ in range(10)],
        "black": [np.zeros((HEIGHT, WIDTH, 3))] * 6,
    }
    for name, pictures in cases.items():
        (folder := tmp_path / name).mkdir()
        assert found(folder, pictures) == (), name


def test_when_nothing_is_known_of_frames_then_nothing_is_said_of_them():
    unknown = np.full((9, 16, 3), np.nan, np.float16)
    known = np.random.default_rng(0).random((9, 16, 3)).astype(np.float16)
    assert cut_places([unknown] * 4 + [known] * 4) == ()


def test_when_there_are_fewer_than_two_frames_then_there_is_no_cut(tmp_path):
    assert cut_places([]) == ()
    assert found(tmp_path, clip(1, 1)) == ()


def test_when_a_glimpse_is_taken_then_it_is_of_the_same_size_and_shows_the_same_whatever_the_file(tmp_path):
    picture = scene(3)
    plain = source(tmp_path, [picture])
    expected = plain.glimpse(1)
    assert expected.shape == (9, 16, 3)
    assert np.isfinite(expected).all()
    for name, how in {"tiled": {"tile": 32}, "piz": {"compression": "piz"}, "dwab": {"compression": "dwab"}}.items():
        (folder := tmp_path / name).mkdir()
        spec = oiio.ImageSpec(WIDTH, HEIGHT, 3, "half")
        spec.tile_width = spec.tile_height = how.pop("tile", 0)
        for key, value in how.items():
            spec.attribute(key, value)
        output = oiio.ImageOutput.create(str(folder / "p.0001.exr"))
        assert output.open(str(folder / "p.0001.exr"), spec)
        assert output.write_image(picture)
        output.close()
        np.testing.assert_allclose(PlateSource.open(folder / "p.####.exr").glimpse(1), expected, atol=0.05)


def test_when_a_glimpse_is_taken_then_it_is_the_mean_of_what_lies_in_each_cell_of_nine_bands(tmp_path):
    height, width = 1080, 64
    picture = np.random.default_rng(1).uniform(-1, 300, (height, width, 3)).astype(np.float16).astype(np.float32)
    glimpse = source(tmp_path, [picture]).glimpse(1)
    for row, column in np.ndindex(9, 16):
        top = (60 + 120 * row) // 8 * 8
        cell = picture[top : top + 8, 4 * column : 4 * column + 4]
        expected = np.arcsinh(np.clip(cell, 0, 100) / 0.05).mean((0, 1))
        np.testing.assert_allclose(glimpse[row, column], expected, rtol=1e-5)


def test_when_a_block_that_no_band_needs_is_damaged_then_it_is_not_even_decoded(tmp_path):
    plates = source(tmp_path, [np.random.default_rng(1).random((1080, 64, 3))])
    whole = plates.glimpse(1)
    path = plates.path(1)
    content, blocks = bytearray(path.read_bytes()), -(-1080 // 16)
    table = next(at for at in range(len(content)) if int.from_bytes(content[at : at + 8], "little") == at + 8 * blocks)
    second = int.from_bytes(content[table + 8 : table + 16], "little")
    content[second + 8 : second + 200] = bytes(192)
    path.write_bytes(content)
    np.testing.assert_array_equal(plates.glimpse(1), whole)
    with pytest.raises(FileError, match="damaged"):
        plates.read(1)


def test_when_a_frame_has_another_format_then_its_glimpse_is_refused_as_the_frame_is(tmp_path):
    plates = source(tmp_path, [scene(3)] * 3)
    assert not plates.check()
    write_exr_file(tmp_path / "plate.0002.exr", {"RGB": scene(3)[:50].astype(np.float16)})
    with pytest.raises(FileError, match=r"Frame 2 .* is 192x50, the shot is 192x108"):
        plates.glimpse(2)


def test_when_the_data_window_is_smaller_larger_or_elsewhere_then_the_display_window_is_seen(tmp_path):
    wide = np.pad(scene(3), ((10, 10), (20, 20), (0, 0)), mode="edge")
    display = (0, 0, WIDTH, HEIGHT)
    whole = source(tmp_path, [scene(3)]).glimpse(1)
    over = source(tmp_path / "over", [wide], display=display, data=(-20, -10, WIDTH + 40, HEIGHT + 20)).glimpse(1)
    np.testing.assert_array_equal(over, whole)
    part = source(tmp_path / "part", [scene(3)[20:80, 48:96]], display=display, data=(48, 20, 48, 60)).glimpse(1)
    np.testing.assert_array_equal(part[2:6, 4:8], whole[2:6, 4:8])
    assert np.isnan(part[:, :4]).all()
    assert np.isnan(part[0]).all()
    beside = source(tmp_path / "beside", [scene(3)], display=display, data=(500, 500, WIDTH, HEIGHT)).glimpse(1)
    assert np.isnan(beside).all()


def test_when_the_data_window_changes_from_frame_to_frame_then_this_is_no_cut(tmp_path):
    display = (0, 0, WIDTH, HEIGHT)
    for number in range(1, 13):
        left = 0 if number < 7 else 60
        write_exr_file(
            tmp_path / f"plate.{number:04d}.exr", {"RGB": scene(3, number)[:, left:].astype(np.float16)},
            display=display, data=(left, 0, WIDTH - left, HEIGHT),
        )  # fmt: skip
    plates = PlateSource.open(tmp_path / "plate.####.exr")
    assert cut_places([plates.glimpse(frame) for frame in plates.frames]) == ()


def test_when_pixels_are_no_numbers_then_the_others_are_seen(tmp_path):
    picture = np.full((HEIGHT, WIDTH, 3), 0.25)
    picture[::3, ::2] = np.nan
    picture[:, :12, 1] = np.nan
    picture[:, 12:24] = np.inf
    picture[:, 24:36] = -np.inf
    glimpse = source(tmp_path, [picture]).glimpse(1)
    np.testing.assert_allclose(glimpse[:, 3:], np.arcsinh(0.25 / 0.05), rtol=1e-5)
    np.testing.assert_allclose(glimpse[:, 0, ::2], np.arcsinh(0.25 / 0.05), rtol=1e-5)
    assert np.isnan(glimpse[:, 0, 1]).all()
    np.testing.assert_allclose(glimpse[:, 1], np.arcsinh(100 / 0.05), rtol=1e-5)
    np.testing.assert_allclose(glimpse[:, 2], 0, atol=1e-6)


def test_when_a_layer_is_chosen_then_it_is_what_is_seen(tmp_path):
    beauty = scene(3).astype(np.float16)
    write_exr_file(tmp_path / "p.0001.exr", {"RGB": scene(9).astype(np.float16), "beauty": beauty})
    chosen = PlateSource.open(tmp_path / "p.####.exr", None, Selection("beauty")).glimpse(1)
    np.testing.assert_array_equal(chosen, source(tmp_path / "alone", [scene(3)]).glimpse(1))


def test_when_a_plate_is_tiny_then_it_has_a_glimpse_as_well(tmp_path):
    glimpse = source(tmp_path, [np.ones((2, 3, 3))]).glimpse(1)
    np.testing.assert_allclose(glimpse, np.full((9, 16, 3), np.arcsinh(20)), rtol=1e-5)


def test_when_the_file_is_cut_short_then_its_frame_is_named(tmp_path):
    plates = source(tmp_path, [scene(3), scene(3)])
    assert plates.header
    path = tmp_path / "plate.0002.exr"
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(FileError, match="Frame 2: ") as caught:
        plates.glimpse(2)
    assert caught.value.frame == 2
