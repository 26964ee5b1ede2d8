"""`penumbra info`: what a file is, in words, as JSON, and in a picture."""

import json
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from PIL import Image

from penumbra.network import ModelCard, load_model, save_weights
from penumbra.network.weights import PUBLISHED_LICENSE
from tests.color.configs import write_config
from tests.models import TINY
from tests.pictures import deep_channels, write_exr_file, write_exr_parts

ACESCG = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)
RNG = np.random.default_rng(4)


def noise(height=20, width=30, channels=3, dtype=np.float16):
    return RNG.random((height, width, channels)).astype(dtype)


def row(done, name):
    """The value that stands beside a name."""
    (line,) = [line for line in done.out.splitlines() if line.startswith(f"{name}  ")]
    return line.removeprefix(name).strip()


@pytest.fixture
def camera_plate(tmp_path):
    """An anamorphic plate with overscan, and a camera's header."""
    return write_exr_file(
        tmp_path / "plate.1001.exr",
        {"RGB": noise(), "matte.A": noise(channels=1, dtype=np.float32)[..., 0]},
        data=(-4, -2, 30, 20),
        display=(0, 0, 24, 18),
        pixelAspectRatio=2.0,
        chromaticities=ACESCG,
        timeCode=OpenEXR.TimeCode(1, 2, 3, 4, *[False] * 6, *[0] * 8),
        framesPerSecond=Fraction(24000, 1001),
        cameraMake="ARRI",
        cameraModel="ALEXA 35",
        isoSpeed=800.0,
        reelName="A001",
        shotgunId=4711,
    )


def test_when_a_plate_is_given_then_all_that_a_compositor_asks_is_told(penumbra, camera_plate):
    done = penumbra("info", camera_plate)
    assert (done.code, done.err) == (0, "")
    assert str(camera_plate) in done.out
    assert row(done, "format").startswith("OpenEXR, ")
    assert row(done, "stored") == "zip, in scanlines"
    assert row(done, "display window") == "24x18"
    assert row(done, "data window") == "30x20-4-2: overscan 4 left, 2 right, 2 top"
    assert row(done, "pixel aspect") == "2, shown as 48x18"
    assert row(done, "color space") == "ACEScg: the file's chromaticities"
    assert row(done, "OCIO").startswith("ocio://studio-config")
    assert row(done, "timecode") == "01:02:03:04"
    assert row(done, "frames per second") == "23.976"
    assert row(done, "camera") == "ARRI ALEXA 35"
    assert row(done, "ISO") == "800"
    assert row(done, "reel") == "A001"
    assert row(done, "as a mask") == "matte.A"
    assert row(done, "(plain)").split() == ["R,", "G,", "B", "half"]
    assert row(done, "matte").split() == ["matte.A", "float"]
    assert "shotgunId" not in done.out
    assert "3 more header entries: --all shows them." in done.out


def test_when_everything_is_asked_for_then_every_header_entry_is_shown(penumbra, camera_plate):
    done = penumbra("info", camera_plate, "--all")
    assert row(done, "shotgunId") == "4711"
    assert row(done, "framesPerSecond") == "[24000, 1001]"
    assert "more header entr" not in done.out


def test_when_json_is_asked_for_then_it_is_json_and_nothing_else(penumbra, camera_plate):
    info = json.loads(penumbra("info", camera_plate, "--json").out)
    assert info["kind"] == "picture"
    assert info["size"] == camera_plate.stat().st_size
    assert info["color_space"] == "ACEScg"
    assert info["facts"]["timecode"] == "01:02:03:04"
    assert info["facts"]["frames per second"] == pytest.approx(24000 / 1001)
    (part,) = info["parts"]
    assert part["data_window"] == {"x": -4, "y": -2, "width": 30, "height": 20}
    assert part["layers"] == [
        {"name": "", "view": None, "channels": {"R": "half", "G": "half", "B": "half"}},
        {"name": "matte", "view": None, "channels": {"matte.A": "float"}},
    ]
    assert part["metadata"]["shotgunId"] == 4711
    assert part["metadata"]["smpte:TimeCode"][0] == 0x01020304
    assert info["sequence"] is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ((0, 0, 30, 20), "30x20: the display window"),
        ((-5, -5, 40, 30), "40x30-5-5: overscan 5 on every side"),
        ((3, 0, 20, 20), "20x20+3+0: empty 3 left, 7 right"),
        ((-2, 1, 30, 25), "30x25-2+1: overscan 2 left, 6 bottom; empty 2 right, 1 top"),
        ((40, 0, 8, 8), "8x8+40+0: outside the display window"),
    ],
)
def test_when_the_data_window_is_another_one_then_how_it_lies_is_told(penumbra, tmp_path, data, said):
    path = write_exr_file(tmp_path / "a.exr", {"RGB": noise(data[3], data[2])}, data=data, display=(0, 0, 30, 20))
    assert row(penumbra("info", path), "data window") == said


@pytest.mark.parametrize("drop", [False, True])
def test_when_frames_are_dropped_then_the_timecode_shows_it(penumbra, tmp_path, drop):
    timecode = OpenEXR.TimeCode(10, 59, 58, 29, drop, *[False] * 5, *[0] * 8)
    path = write_exr_file(tmp_path / "a.exr", {"RGB": noise()}, timeCode=timecode)
    assert row(penumbra("info", path), "timecode") == f"10:59:58{';' if drop else ':'}29"


def test_when_there_are_parts_views_and_deep_pixels_then_each_part_is_told(penumbra, tmp_path):
    path = write_exr_parts(
        tmp_path / "a.exr",
        ("rgba.left", {"RGB": noise()}, {"view": "left"}),
        ("rgba.right", {"RGB": noise()}, {"view": "right"}),
        ("depth", {"Z": noise(channels=1, dtype=np.float32)[..., 0]}, {"compression": OpenEXR.PIZ_COMPRESSION}),
        ("points", deep_channels(20, 30), {}),
    )
    done = penumbra("info", path)
    assert [line for line in done.out.splitlines() if line.startswith("Part ")] == [
        "Part 0 rgba.left",
        "Part 1 rgba.right",
        "Part 2 depth",
        "Part 3 points",
    ]
    assert "not clear, as it has several views: left, right" in row(done, "color space")
    stored = [line.split(maxsplit=1)[1] for line in done.out.splitlines() if line.startswith("stored")]
    assert stored == ["zip, in scanlines", "zip, in scanlines", "piz, in scanlines", "zips, deep, in scanlines"]
    of_right = penumbra("info", path, "--view", "right")
    assert row(of_right, "color space").startswith("Linear Rec.709")
    none = penumbra("info", path, "--view", "up")
    assert none.code == 2
    assert f"{path} has no view up; the views are left, right." in none.err


@pytest.mark.parametrize(
    ("name", "mode", "format_said", "space"),
    [("a.png", "RGBA", "PNG", "sRGB"), ("a.jpg", "RGB", "JPEG", "sRGB"), ("mask.png", "L", "PNG", "sRGB")],
)
def test_when_the_picture_is_for_the_screen_then_it_is_told_likewise(
    penumbra, tmp_path, name, mode, format_said, space
):
    Image.fromarray((noise(channels=4)[..., : len(mode)].squeeze() * 255).astype(np.uint8), mode).save(tmp_path / name)
    done = penumbra("info", tmp_path / name)
    assert done.code == 0
    assert row(done, "format").startswith(f"{format_said}, ")
    assert row(done, "color space").startswith(space)
    assert done.out.rstrip().splitlines()[-1].endswith("uint8") or "more header" in done.out


def test_when_a_color_space_is_asked_for_then_it_is_the_one_that_is_told(penumbra, camera_plate):
    assert row(penumbra("info", camera_plate, "--colorspace", "logc3"), "color space").endswith("asked for as logc3")
    wrong = penumbra("info", camera_plate, "--colorspace", "ACESccg")
    assert wrong.code == 2
    listing = wrong.err.rpartition("penumbra info ")[2].strip()
    spaces = penumbra("info", listing)
    assert spaces.code == 0
    assert "27 color spaces" in penumbra("info", "cg").out
    assert row(spaces, "ACEScct").split() == ["no", "ocio:acescct_ap1_scene"]
    assert row(spaces, "ACEScg").split() == ["yes", "lin_ap1_scene"]


def test_when_a_configuration_lacks_a_table_then_its_color_spaces_are_listed_all_the_same(penumbra, tmp_path):
    done = penumbra("info", write_config(tmp_path))
    assert done.code == 0
    assert row(done, "house linear") == "yes"
    assert row(done, "film") == "no"
    assert row(done, "gone").startswith("cannot be used: The specified file reference 'gone.spi1d'")


# Sequences


def test_when_a_sequence_is_given_then_what_is_missing_broken_and_different_is_told(penumbra, plates, tmp_path):
    pattern = plates([*range(1001, 1006), *range(1008, 1011)])
    write_exr_file(tmp_path / "plate.1003.exr", {"RGB": noise(4, 8)}, compression=OpenEXR.PIZ_COMPRESSION)
    cut = tmp_path / "plate.1009.exr"
    cut.write_bytes(cut.read_bytes()[:-100])
    done = penumbra("info", pattern)
    assert done.code == 0
    assert done.out.splitlines()[1] == str(pattern)
    assert row(done, "frames").startswith("1001-1010 (8 files, ")
    assert row(done, "missing") == "1006-1007"
    assert row(done, "cannot be read").startswith("1009: it is cut short or damaged")
    assert row(done, "display window differs") == "16x8 on 1001-1002, 1004-1005, 1008, 1010; 8x4 on 1003"
    assert row(done, "compression differs") == "zip on 1001-1002, 1004-1005, 1008, 1010; piz on 1003"
    assert str(tmp_path / "plate.1001.exr") in done.out
    assert row(penumbra("info", pattern, "--frame", 1003), "display window") == "8x4"
    info = json.loads(penumbra("info", tmp_path, "--json").out)["sequence"]
    assert info["missing"] == [1006, 1007]
    assert info["differing"]["display window"]["8x4"] == [1003]


def test_when_a_sequence_is_sound_then_it_is_told_so(penumbra, plates):
    done = penumbra("info", plates(range(1, 4)))
    assert row(done, "missing") == "none"
    assert "differs" not in done.out
    assert "cannot be read" not in done.out


def test_when_files_of_a_sequence_say_different_color_spaces_then_it_is_told(penumbra, plates, tmp_path):
    pattern = plates(range(1, 4))
    write_exr_file(tmp_path / "plate.0002.exr", {"RGB": noise(8, 16)}, chromaticities=ACESCG)
    done = penumbra("info", pattern)
    assert row(done, "color in the header differs").startswith("none on 1, 3; chromaticities 0.713 0.293 0.165")


@pytest.mark.parametrize("more", [(), ("--frame", 2)])
def test_when_no_file_or_not_the_one_asked_for_can_be_read_then_it_is_refused(penumbra, plates, more):
    pattern = plates(range(1, 4))
    for path in pattern.parent.glob("plate.*.exr"):
        if not more or path.name == "plate.0002.exr":
            path.write_bytes(path.read_bytes()[:-100])
    done = penumbra("info", pattern, *more)
    assert done.code == 3
    assert "cannot be read: it is cut short or damaged" in done.err


def test_when_every_frame_has_another_data_window_then_they_are_counted(penumbra, tmp_path):
    for frame in range(1, 8):
        write_exr_file(tmp_path / f"a.{frame}.exr", {"RGB": noise()}, data=(frame, 0, 30, 20), display=(0, 0, 40, 20))
    assert row(penumbra("info", tmp_path / "a.#.exr"), "data window differs") == "7 different ones"


def test_when_views_have_files_of_their_own_then_they_are_found(penumbra, tmp_path):
    write_exr_file(tmp_path / "plate.left.1.exr", {"RGB": noise()})
    done = penumbra("info", tmp_path / "plate.%V.#.exr", "--view", "left")
    assert done.code == 0
    assert "plate.left.1.exr" in done.out
    assert penumbra("info", tmp_path / "plate.%V.#.exr").code == 2
    done = penumbra("info", tmp_path / "plate.left.1.exr", "--view", "left")
    assert done.code == 2
    assert "has no views" in done.err


# What Penumbra makes


def test_when_a_shot_is_given_then_what_is_ordered_and_what_of_it_is_there_is_told(penumbra, order, tmp_path):
    shot = tmp_path / "shot.yaml"
    line = order.line("--exposure", "auto", "--channels", "alpha", "--save-shot", shot, "--frames", "1001-1003")
    line.append("--across-cuts")  # three frames of noise are three scenes
    assert penumbra(*line).code == 0
    (order.out / "matte.1002.exr").unlink()
    done = penumbra("info", shot)
    assert (done.code, done.err) == (0, "")
    assert row(done, "plate") == str(order.shot.plate)
    assert row(done, "frames") == "1001-1003"
    assert row(done, "mask") == f"1001, {order.shot.key_frames[0].path}"
    assert row(done, "mattes") == str(order.shot.delivery.out)
    assert row(done, "on disk") == "1001, 1003 (2 of 3)"
    assert row(done, "channels") == "alpha"
    assert row(done, "colorspace") == "Linear Rec.709 (sRGB)"
    assert "gamma" not in done.out, "what is as always goes without saying"
    assert row(penumbra("info", shot, "--all"), "gamma") == "1.0"
    info = json.loads(penumbra("info", shot, "--json").out)
    assert (info["kind"], info["done"], info["lacking"]) == ("shot", [1001, 1003], [])
    assert penumbra("info", shot, "--png", tmp_path / "a.png").code == 2


def test_when_a_shot_s_files_are_not_there_then_it_is_told(penumbra, order, tmp_path):
    shot = tmp_path / "shot.json"
    order.shot.save(shot)
    order.shot.key_frames[0].path.unlink()
    order.shot.plate.with_name("plate.1003.exr").unlink()
    done = penumbra("info", shot)
    assert done.code == 0
    assert row(done, "frames") == "1001-1006"
    assert row(done, "lacking") == f"the mask {order.shot.key_frames[0].path}; frame 1003 of the plate"
    assert row(done, "on disk") == "none of 6"
    for path in order.folder.glob("plate.*"):
        path.unlink()
    assert "No file is named" in row(penumbra("info", shot), "lacking")
    shot.write_text("{}")
    assert penumbra("info", shot).code == 2


def test_when_a_matte_of_ours_is_given_then_where_it_comes_from_is_told(penumbra, order):
    assert penumbra(*order.line("--channels", "cryptomatte")).code == 0
    done = penumbra("info", order.out / "matte.1002.exr")
    assert row(done, "version")
    assert row(done, "model") == "tiny"
    assert row(done, "model license") == "Apache-2.0"
    assert row(done, "key frames") == "1001"
    assert len(row(done, "settings")) == len(row(done, "fingerprint")) == 64
    assert "Cryptomatte CryptoObject" in done.out
    assert row(done, "objects") == "matte"
    info = json.loads(penumbra("info", order.out / "matte.1002.exr", "--json").out)
    assert info["provenance"]["modelDigest"] == load_model(order.shot.settings.model).digest
    assert info["cryptomattes"] == {"CryptoObject": ["matte"]}


def test_when_a_cryptomatte_s_names_are_elsewhere_then_it_is_told(penumbra, tmp_path):
    header = {"cryptomatte/abc1234/name": "CryptoAsset", "cryptomatte/abc1234/manif_file": "names.json"}
    path = write_exr_file(tmp_path / "a.exr", {"RGB": noise()}, **header)
    done = penumbra("info", path)
    assert "Cryptomatte CryptoAsset" in done.out
    assert row(done, "objects") == "in another file"


def test_when_a_model_is_given_then_license_digest_and_size_are_told(penumbra, tiny_file, tmp_path, monkeypatch):
    monkeypatch.setenv("PENUMBRA_COMMERCIAL", "1")
    done = penumbra("info", tiny_file)
    model = load_model(tiny_file)
    assert done.code == 0
    assert "Model tiny" in done.out
    assert row(done, "license") == "Apache-2.0"
    assert row(done, "paid work") == "yes"
    assert row(done, "digest") == model.digest
    assert row(done, "made") == "random weights for tests"
    assert "encoder_widths" not in done.out
    assert row(penumbra("info", tiny_file, "--all"), "encoder_widths") == "[4, 8, 8]"
    info = json.loads(penumbra("info", tiny_file, "--json").out)
    assert info["kind"] == "model"
    assert info["parameters"] == sum(tensor.numel() for tensor in model.network.parameters())
    assert info["size"] == tiny_file.stat().st_size


def test_when_a_model_is_not_for_paid_work_then_it_is_told_and_not_refused(penumbra, tiny_model, tmp_path, monkeypatch):
    monkeypatch.setenv("PENUMBRA_COMMERCIAL", "1")
    save_weights(tmp_path / "bound.safetensors", tiny_model.network.state_dict(), ModelCard(TINY))
    done = penumbra("info", tmp_path / "bound.safetensors")
    assert done.code == 0
    assert row(done, "paid work") == "no"
    assert row(done, "license") == PUBLISHED_LICENSE


def test_when_a_model_s_name_is_given_then_it_is_that_model(penumbra, tiny_file):
    penumbra("models", "add", tiny_file)
    assert row(penumbra("info", "tiny"), "digest") == load_model(tiny_file).digest


# The picture


def drawn(penumbra, path, png, *more):
    done = penumbra("info", path, "--png", png, *more)
    assert done.code == 0, done.err
    assert done.out.endswith(f"\nPicture: {png}\n")
    assert not list(png.parent.rglob("*.part"))
    with Image.open(png) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def tiles(picture, count, height=240, width=480):
    """The pixels of a row of tiles, found from the right: they end a gap before the picture does."""
    right = picture.shape[1] - 8
    lefts = [right - width - column * (width + 8) for column in range(count)][::-1]
    bottom = picture.shape[0] - 8
    found = [picture[bottom - height : bottom, left : left + width] for left in lefts]
    assert {tile.shape for tile in found} == {(height, width, 3)}
    return found


def test_when_a_matte_is_drawn_then_color_alpha_and_checkerboard_stand_side_by_side(penumbra, tmp_path):
    rgba = np.zeros((60, 120, 4), np.float16)
    rgba[:, 40:] = (0.5, 0, 0, 0.5)
    rgba[:, 80:] = (1, 0, 0, 1)
    path = write_exr_file(tmp_path / "m.exr", {"RGBA": rgba})
    color, alpha, over = tiles(drawn(penumbra, path, tmp_path / "m.png"), 3, 300, 600)
    np.testing.assert_array_equal(color[150, 100], (0, 0, 0))
    np.testing.assert_array_equal(alpha[150, [100, 300, 500]], [[0] * 3, [128] * 3, [255] * 3])
    assert color[150, 500, 0] > 200
    assert color[150, 500, 1] == 0
    left, middle, right = (over[:, part].reshape(-1, 3) for part in np.split(np.arange(600), 3))
    squares = np.unique(left, axis=0)
    assert len(squares) == 2
    assert (squares == squares[:, :1]).all()
    assert len(np.unique(middle[:, 1])) == 2, "half of the checkerboard shines through"
    np.testing.assert_array_equal(right, np.broadcast_to(color[150, 500], right.shape))


def test_when_a_plate_without_alpha_is_drawn_then_it_alone_is_shown_as_wide_as_it_is_seen(
    penumbra, camera_plate, tmp_path
):
    picture = drawn(penumbra, camera_plate, tmp_path / "p.png", "--layer", "rgba")
    assert picture.shape[1] > 2 * picture.shape[0]


def test_when_the_file_s_color_is_not_multiplied_by_its_alpha_then_the_picture_is_right_all_the_same(
    penumbra, tmp_path
):
    rgba = np.full((60, 120, 4), 255, np.uint8)
    rgba[..., 3] = 0
    Image.fromarray(rgba).save(tmp_path / "a.png")
    color, alpha, over = tiles(drawn(penumbra, tmp_path / "a.png", tmp_path / "b.png"), 3, 300, 600)
    assert not alpha.any()
    assert not color.any()
    assert over.max() < 200


def test_when_there_are_objects_then_each_has_a_row(penumbra, order, tmp_path):
    key = order.shot.key_frames[0]
    line = [
        "--object",
        "hero",
        "--mask",
        f"{key.frame}={key.path}",
        "--object",
        "dog",
        "--mask",
        f"{key.frame}={key.path}",
    ]
    sizes = {}
    for channels in ("rgba", "alpha", "packed"):
        out = order.folder / channels / "matte.####.exr"
        assert penumbra(*order.line(*line, "--channels", channels, mask=None, out=out)).code == 0
        sizes[channels] = drawn(
            penumbra, order.folder / channels / "matte.1001.exr", tmp_path / f"{channels}.png"
        ).shape
    # Together and each alone; packed only each alone.
    assert sizes["rgba"][0] == sizes["alpha"][0] > sizes["packed"][0]
    assert sizes["rgba"][1] > 2 * sizes["alpha"][1]
    assert sizes["packed"][1] == sizes["alpha"][1]


def test_when_there_is_a_cryptomatte_then_its_numbers_are_not_drawn_as_if_they_were_colors(penumbra, order, tmp_path):
    shapes = []
    for channels in ("rgba", "cryptomatte"):
        out = order.folder / channels / "matte.####.exr"
        assert penumbra(*order.line("--channels", channels, out=out)).code == 0
        shapes.append(drawn(penumbra, order.folder / channels / "matte.1001.exr", tmp_path / f"{channels}.png").shape)
    assert shapes[0] == shapes[1]
    ids = {f"CryptoAsset{level}.{name}": noise(channels=1)[..., 0] for level in ("00", "01") for name in "rgba"}
    done = penumbra("info", write_exr_file(tmp_path / "ids.exr", ids), "--png", tmp_path / "ids.png")
    assert done.code == 2
    assert "has no color" in done.err
    assert not (tmp_path / "ids.png").exists()


def test_when_a_large_picture_is_drawn_then_it_is_made_small(penumbra, tmp_path):
    path = write_exr_file(tmp_path / "a.exr", {"RGB": noise(1000, 2000)})
    assert max(drawn(penumbra, path, tmp_path / "a.png").shape) < 700


def test_when_a_pixel_is_broken_then_it_does_not_spread(penumbra, tmp_path):
    pixels = np.full((960, 1280, 3), 0.2, np.float16)
    pixels[500, 500] = np.nan
    picture = drawn(penumbra, write_exr_file(tmp_path / "a.exr", {"RGB": pixels}), tmp_path / "a.png")
    (tile,) = tiles(picture, 1, 480, 640)
    assert tile.min() > tile.max() * 0.6


def test_when_the_data_window_is_smaller_then_the_display_window_is_drawn(penumbra, tmp_path):
    path = write_exr_file(tmp_path / "a.exr", {"RGB": np.ones((60, 60, 3), np.float16)}, display=(0, 0, 120, 60))
    (tile,) = tiles(drawn(penumbra, path, tmp_path / "a.png"), 1, 300, 600)
    assert tile[:, :300].min() > 200
    assert not tile[:, 300:].any()


# What cannot be told


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (("none.exr",), 3, "none.exr cannot be read: there is no such file."),
        (("none.####.exr",), 3, "No file is named none.####.exr."),
        (("text.exr",), 3, "text.exr cannot be read: it is no picture of a known kind"),
        (("cut.exr",), 3, "cut.exr cannot be read: it is cut short or damaged"),
        (("empty.exr",), 3, "empty.exr cannot be read: the file is empty (0 bytes)."),
        (("none.safetensors",), 3, "There is no model file none.safetensors."),
        (("text.pth",), 3, "text.pth is not a model that Penumbra can open"),
        (("none.ocio",), 3, "There is no OCIO configuration none.ocio."),
        (("ocio://none",), 2, "There is no built-in OCIO configuration"),
        (("z.exr", "--png", "z.png"), 2, "z.exr has no color; the channels are Z."),
        (("z.exr", "--frame", "3"), 2, "z.exr is one file and no sequence."),
        (("plate.#.exr", "--frame", "3"), 2, "plate.#.exr has no frame 3. On disk are 1-2."),
        (("penumbra-seed", "--png", "z.png"), 2, "penumbra-seed is a model, of which there is no picture to draw."),
        (("plate.1.exr", "--layer", "beauty"), 2, "plate.1.exr has no layer beauty with color; the layers are rgba."),
        (("plate.1.exr", "--png", "text.exr/a.png"), 4, "cannot be written"),
    ],
)
def test_when_it_cannot_be_told_then_that_is_said(penumbra, tmp_path, plates, monkeypatch, line, code, said):
    monkeypatch.chdir(tmp_path)
    Path("text.exr").write_text("Not a picture, but words.")
    Path("text.pth").write_text("Not a model, but words.")
    Path("empty.exr").touch()
    write_exr_file(Path("z.exr"), {"Z": noise(channels=1)[..., 0]})
    Path("cut.exr").write_bytes(write_exr_file(Path("whole.exr"), {"RGB": noise(90, 90)}).read_bytes()[:-3000])
    for frame in (1, 2):
        write_exr_file(Path(f"plate.{frame}.exr"), {"RGB": noise()})
    done = penumbra("info", *line)
    assert done.code == code, done.err
    assert said in " ".join(done.err.split())
    assert done.out == ""
    assert "Traceback" not in done.err
    assert not Path("z.png").exists()


# How it is told


def test_when_there_is_no_terminal_then_lines_are_plain_and_whole(penumbra, tmp_path):
    path = write_exr_file(tmp_path / "a.exr", {"RGB": noise()}, comments="long " * 60)
    done = penumbra("info", path)
    assert "\x1b" not in done.out
    assert row(done, "comment") == ("long " * 60).strip()
    assert all(line == line.rstrip() for line in done.out.splitlines())


@pytest.mark.parametrize("width", [40, 200])
def test_when_there_is_a_terminal_then_nothing_is_wider_than_it(penumbra, camera_plate, monkeypatch, width):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    done = penumbra("info", camera_plate, "--all")
    assert "\x1b[" in done.out
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in done.out.splitlines()]
    assert max(map(len, lines)) <= width
    assert str(camera_plate) in "".join(lines)
    assert "ALEXA" in "".join(lines)


def test_when_brackets_are_in_a_name_then_they_are_shown_as_they_are(penumbra, tmp_path):
    path = write_exr_file(tmp_path / "a[bold].exr", {"RGB": noise()}, comments="[red]x[/red]")
    done = penumbra("info", path)
    assert "a[bold].exr" in done.out
    assert row(done, "comment") == "[red]x[/red]"


def test_when_help_is_asked_for_then_its_examples_are_whole_lines(penumbra):
    done = penumbra("info", "--help")
    assert "\n  penumbra info matte.1001.exr --png look.png  color, alpha, and over checkerboard\n" in done.out
    assert "\n  info " in penumbra("--help").out
