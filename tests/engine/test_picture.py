"""`penumbra.engine.picture`: one frame for a screen."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from penumbra.delivery import deliver
from penumbra.engine.picture import picture
from penumbra.errors import FileError, InputError
from penumbra.evaluation import over_checkerboard
from penumbra.image import Layer, Matte, Plate, Window, placed
from penumbra.shot import Delivery, KeyFrame, Settings, Shot
from tests.delivery.mattes import PROVENANCE
from tests.engine.shots import light
from tests.pictures import read_exr_file, write_exr_file

FRAME = 1043
SIZE = (32, 16)  # width, height
WHOLE = Window(0, 0, *SIZE)


def shot_in(folder, channels="rgba", window="display", plate="plate.####.exr", **settings):
    delivery = Delivery(folder / "out" / "matte.####.exr", channels, "float", window=window)
    key = KeyFrame(1001, folder / "roto.exr")
    # No model is there: none may be opened.
    return Shot(folder / plate, (key,), delivery, settings=Settings(model="none.safetensors", **settings))


def write_plate(folder, rgb, frame=FRAME, **header):
    return write_exr_file(folder / f"plate.{frame}.exr", {"RGB": np.asarray(rgb, np.float32)}, **header)


def write_matte(shot, objects, rgb, frame=FRAME, display=WHOLE, aspect=1.0):
    """As a run delivers it; `objects` are names with alphas over the display window."""
    plate = Plate(frame, rgb, display, display, display, aspect)
    layers = [Layer(name, np.dstack([rgb * alpha[..., None], alpha])) for name, alpha in objects.items()]
    return deliver(Matte(plate, tuple(layers)), shot.delivery, PROVENANCE)


def shown(shot, look, height=SIZE[1], frame=FRAME):
    image = Image.open(io.BytesIO(picture(shot, frame, look, height)))
    assert image.format == "PNG"
    return np.asarray(image)


def codes(linear):
    """The roll-off of docs/pictures.md and the sRGB curve, in float64, as 8 bits."""
    linear = np.asarray(linear, np.float64)
    peak = linear.max(-1, keepdims=True)
    over = np.maximum(peak - 0.6, 0) / 0.4
    rolled = linear * (np.minimum(peak, 0.6) + 0.4 * over / (1 + over)) / np.maximum(peak, 1e-9)
    return np.round(255 * np.where(rolled < 0.0031308, 12.92 * rolled, 1.055 * rolled ** (1 / 2.4) - 0.055))


def close(ours, theirs):
    assert ours.shape == np.shape(theirs)
    np.testing.assert_allclose(ours, theirs, atol=1.01)


def a_light(size=SIZE):
    return light(FRAME, size).astype(np.float32)


def an_alpha(size=SIZE, seed=0):
    return np.random.default_rng(seed).random((size[1], size[0]), np.float32)


def test_when_a_plate_is_shown_then_it_is_srgb_and_its_highlights_are_rolled_off_and_not_cut(tmp_path):
    rgb = a_light()
    rgb[0, :4] = [[0.18, 0.18, 0.18], [1, 1, 1], [4, 4, 4], [16, 16, 16]]
    write_plate(tmp_path, rgb)
    there = shown(shot_in(tmp_path), "plate")
    close(there, codes(rgb))
    assert there[0, 0].tolist() == [118] * 3
    assert 200 < there[0, 1, 0] < there[0, 2, 0] < there[0, 3, 0] < 255


def test_when_a_plate_is_in_another_space_then_its_colors_are_shown_as_a_person_sees_them(tmp_path):
    write_plate(tmp_path, np.full((16, 32, 3), [0.4, 0.2, 0.1]))
    there = shown(shot_in(tmp_path, colorspace="ACEScg"), "plate")
    # AP1 to Rec.709, Bradford-adapted, to four digits.
    rec709 = np.array([[1.7051, -0.6218, -0.0833], [-0.1303, 1.1408, -0.0105], [-0.0240, -0.1290, 1.1530]])
    close(there, np.broadcast_to(codes(rec709 @ [0.4, 0.2, 0.1]), (16, 32, 3)))


@pytest.mark.parametrize("kind", ["linear", "srgb"])
def test_when_a_plate_is_made_small_then_its_light_is_averaged_and_not_its_codes(tmp_path, kind):
    stripes = np.zeros((16, 32, 3), np.float32)
    stripes[::2] = 1
    shot = shot_in(tmp_path, plate="plate.####.exr" if kind == "linear" else "plate.####.png")
    if kind == "linear":
        write_plate(tmp_path, stripes)
    else:
        Image.fromarray((stripes * 255).astype(np.uint8)).save(tmp_path / f"plate.{FRAME}.png")
    there = shown(shot, "plate", height=4)
    assert there.shape == (4, 8, 3)
    # Half the light is 188; the mean of the codes would be 128.
    close(there[1:3], np.full((2, 8, 3), 188))


def test_when_a_plate_is_made_small_then_every_pixel_counts(tmp_path):
    rgb = a_light((256, 128))
    write_plate(tmp_path, rgb)
    small = [Image.fromarray(rgb[..., i].copy()).resize((32, 16), Image.Resampling.BILINEAR) for i in range(3)]
    close(shown(shot_in(tmp_path), "plate"), codes(np.dstack([np.asarray(channel) for channel in small])))


def test_when_a_matte_is_shown_then_it_is_its_alpha_in_grey_and_no_plate_is_needed(tmp_path):
    shot, alpha = shot_in(tmp_path), an_alpha()
    write_matte(shot, {None: alpha}, a_light())
    there = shown(shot, "matte")
    close(there, np.round(alpha * 255))


def test_when_the_subject_is_shown_over_squares_then_it_is_the_matte_before_them(tmp_path):
    shot, alpha, rgb = shot_in(tmp_path), an_alpha(), a_light()
    write_plate(tmp_path, rgb)
    write_matte(shot, {None: alpha}, rgb)
    over = over_checkerboard(np.dstack([rgb * alpha[..., None], alpha]))
    close(shown(shot, "over"), codes(over))


@pytest.mark.parametrize("channels", ["alpha", "packed"])
def test_when_a_matte_was_delivered_without_color_then_it_is_shown_with_the_plate_s(tmp_path, channels):
    shot, rgb = shot_in(tmp_path, channels), a_light()
    write_plate(tmp_path, rgb)
    alphas = {"hero": an_alpha(), "dog": an_alpha(seed=1)}
    write_matte(shot, alphas, rgb)
    together = np.minimum(sum(alphas.values()), 1)
    close(shown(shot, "matte"), np.round(together * 255))
    close(shown(shot, "over"), codes(over_checkerboard(np.dstack([rgb * together[..., None], together]))))


@pytest.mark.parametrize("channels", ["rgba", "cryptomatte"])
def test_when_a_matte_has_several_objects_then_all_are_shown_together(tmp_path, channels):
    shot, rgb = shot_in(tmp_path, channels), a_light()
    write_plate(tmp_path, rgb)
    alphas = {"hero": an_alpha() / 2, "dog": an_alpha(seed=1) / 2}
    write_matte(shot, alphas, rgb)
    together = sum(alphas.values())
    close(shown(shot, "matte"), np.round(together * 255))
    close(shown(shot, "over"), codes(over_checkerboard(np.dstack([rgb * together[..., None], together]))))


def test_when_the_matte_s_data_window_is_a_small_box_then_it_stands_where_it_belongs(tmp_path):
    shot, rgb = shot_in(tmp_path, window="auto"), a_light()
    alpha = np.zeros((16, 32), np.float32)
    alpha[5:9, 20:30] = 1
    path = write_matte(shot, {None: alpha}, rgb)
    write_plate(tmp_path, rgb)
    assert read_exr_file(path)[0]["A"].shape == (4, 10)
    close(shown(shot, "matte"), alpha * 255)
    assert shown(shot, "over").shape == (16, 32, 3)


def test_when_the_plate_has_overscan_and_an_origin_then_its_display_window_is_shown(tmp_path):
    data, display = Window(-4, -2, 48, 24), Window(10, 6, *SIZE)
    rgb = a_light(data.size)
    write_plate(tmp_path, rgb, data=(-4, -2, 48, 24), display=(10, 6, *SIZE))
    close(shown(shot_in(tmp_path), "plate"), codes(placed(rgb, data, display)))


def test_when_pixels_are_wide_then_so_is_the_picture_as_an_audience_sees_it(tmp_path):
    shot = shot_in(tmp_path)
    write_plate(tmp_path, np.full((16, 32, 3), 0.18), pixelAspectRatio=2.0)
    write_matte(shot, {None: an_alpha()}, a_light(), aspect=2.0)
    for look in ("plate", "matte", "over"):
        assert shown(shot, look).shape[:2] == (16, 64)
        assert shown(shot, look, height=8).shape[:2] == (8, 32)


def test_when_a_frame_is_smaller_than_what_is_asked_for_then_it_is_not_enlarged(tmp_path):
    write_plate(tmp_path, a_light())
    assert shown(shot_in(tmp_path), "plate", height=1080).shape == (16, 32, 3)


def test_when_a_plate_has_pixels_that_are_no_numbers_then_these_alone_are_black_or_bright(tmp_path):
    rgb = np.full((16, 32, 3), 0.18, np.float32)
    rgb[0, 0], rgb[15, 31] = np.nan, np.inf
    write_plate(tmp_path, rgb)
    there = shown(shot_in(tmp_path), "plate")
    assert there[0, 0].tolist() == [0, 0, 0]
    assert there[15, 31].tolist() == [255, 255, 255]
    close(there[1:15], np.full((14, 32, 3), 118))
    # In a smaller picture, one pixel of many that are gray leaves them so.
    small = shown(shot_in(tmp_path), "plate", height=2)
    assert np.all(np.abs(small[0, 0].astype(int) - 118) < 12)
    close(small[:, 1:3], np.full((2, 2, 3), 118))


def test_when_a_shot_has_views_then_the_ordered_one_is_shown(tmp_path):
    delivery = Delivery(tmp_path / "matte.%V.####.exr")
    shot = Shot(
        tmp_path / "plate.%V.####.exr", (KeyFrame(1001, tmp_path / "r.exr"),), delivery, settings=Settings(view="left")
    )
    write_exr_file(tmp_path / f"plate.left.{FRAME}.exr", {"RGB": np.full((16, 32, 3), 0.18, np.float32)})
    write_exr_file(tmp_path / f"plate.right.{FRAME}.exr", {"RGB": np.zeros((16, 32, 3), np.float32)})
    close(shown(shot, "plate"), np.full((16, 32, 3), 118))
    with pytest.raises(InputError, match=r"matte\.left\.1043\.exr"):
        picture(shot, FRAME, "matte", 16)


def test_when_other_frames_are_damaged_then_this_one_is_shown_all_the_same(tmp_path):
    shot = shot_in(tmp_path)
    write_plate(tmp_path, a_light())
    write_matte(shot, {None: an_alpha()}, a_light())
    for frame in (1001, 1042, 1044):
        (tmp_path / f"plate.{frame}.exr").write_bytes(b"no picture")
        (tmp_path / "out" / f"matte.{frame}.exr").write_bytes(b"no picture")
    for look in ("plate", "matte", "over"):
        assert shown(shot, look).shape[:2] == (16, 32)


def test_when_many_threads_ask_at_once_then_each_gets_the_same_bytes(tmp_path):
    shot = shot_in(tmp_path)
    write_plate(tmp_path, a_light())
    write_matte(shot, {None: an_alpha()}, a_light())
    alone = picture(shot, FRAME, "over", 8)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: picture(shot, FRAME, "over", 8), range(32))) == {alone}


@pytest.mark.parametrize("look", ["matte", "over"])
def test_when_there_is_no_matte_yet_then_it_is_said_so(tmp_path, look):
    write_plate(tmp_path, a_light())
    with pytest.raises(InputError, match="Frame 1043 has no matte yet") as caught:
        picture(shot_in(tmp_path), FRAME, look, 16)
    assert caught.value.frame == FRAME
    assert caught.value.path == tmp_path / "out" / "matte.1043.exr"


@pytest.mark.parametrize("look", ["plate", "over"])
def test_when_the_plate_lacks_the_frame_then_the_file_is_named(tmp_path, look):
    write_plate(tmp_path, a_light(), frame=1001)
    with pytest.raises(FileError, match=r"The plate has no frame 1043: there is no .*plate\.1043\.exr") as caught:
        picture(shot_in(tmp_path), FRAME, look, 16)
    assert caught.value.frame == FRAME


def test_when_the_matte_is_cut_short_then_it_is_told(tmp_path):
    shot = shot_in(tmp_path)
    path = write_matte(shot, {None: an_alpha()}, a_light())
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(FileError, match="cut short or damaged"):
        picture(shot, FRAME, "matte", 16)


def test_when_what_lies_there_has_no_alpha_then_its_channels_are_named(tmp_path):
    shot = shot_in(tmp_path)
    write_exr_file(tmp_path / "out" / "matte.1043.exr", {"RGB": a_light()})
    with pytest.raises(InputError, match="no alpha to show, only R, G, B"):
        picture(shot, FRAME, "matte", 16)


def test_when_the_matte_is_of_another_size_than_the_plate_then_both_are_told(tmp_path):
    shot = shot_in(tmp_path, "alpha")
    write_matte(shot, {None: an_alpha()}, a_light())
    write_plate(tmp_path, a_light((64, 32)))
    with pytest.raises(InputError, match="is 32x16, and the plate is 64x32"):
        picture(shot, FRAME, "over", 16)


def test_when_look_or_height_is_none_then_it_is_refused(tmp_path):
    write_plate(tmp_path, a_light())
    with pytest.raises(InputError, match="'alpha' is no look"):
        picture(shot_in(tmp_path), FRAME, "alpha", 16)
    with pytest.raises(InputError, match="0 pixels high"):
        picture(shot_in(tmp_path), FRAME, "plate", 0)
