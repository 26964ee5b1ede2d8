"""What the network sees of a plate, and where its alpha belongs."""

import pytest
import torch

from penumbra.image import Window
from penumbra.propagation import Region


def whole(height, width, process_size, pixel_aspect=1.0):
    canvas = Window(0, 0, width, height)
    return Region.of(canvas, canvas, process_size, pixel_aspect)


@pytest.mark.parametrize(
    ("height", "width", "short", "view"),
    [
        (2160, 4096, 1080, (1080, 2048)),
        (4096, 2160, 1080, (2048, 1080)),
        (1080, 1920, 1080, (1080, 1920)),
        (480, 640, 1080, (480, 640)),
        (1001, 1501, 500, (500, 750)),
        (3, 4000, 1, (1, 1333)),
        (1, 1, 1080, (1, 1)),
    ],
)
def test_when_a_plate_has_a_size_then_the_view_has_its_shape_and_is_never_larger(height, width, short, view):
    assert whole(height, width, short).view == view


def test_when_many_sizes_are_tried_then_the_aspect_stays_within_half_a_pixel():
    for height in range(90, 300, 13):
        for width in range(90, 300, 17):
            view = whole(height, width, 96).view
            assert min(view) == min(96, height, width)
            scale = min(view) / min(height, width)
            assert abs(view[0] - height * scale) <= 0.5
            assert abs(view[1] - width * scale) <= 0.5


def test_when_the_plate_is_not_larger_then_pictures_pass_as_the_same_objects():
    region = whole(12, 20, 12)
    view, alpha = torch.rand(3, 12, 20), torch.rand(1, 12, 20)
    assert region.shrunk(view) is view
    assert region.laid(alpha) is alpha


def test_when_a_picture_is_shrunk_then_it_has_the_view_s_size():
    region = whole(45, 80, 27)
    assert region.shrunk(torch.rand(3, 45, 80)).shape == (3, 27, 48)
    assert region.shrunk(torch.rand(1, 45, 80)).shape == (1, 27, 48)


def test_when_a_picture_is_constant_then_it_stays_so():
    region = whole(91, 133, 40)
    for value in (0.0, 0.37, 1.0):
        assert (region.shrunk(torch.full((3, 91, 133), value)) - value).abs().max() < 1e-6


def test_when_a_picture_is_black_and_white_then_values_stay_in_0_to_1():
    board = (torch.rand(3, 97, 61, generator=torch.Generator().manual_seed(0)) > 0.5).float()
    shrunk = whole(97, 61, 30).shrunk(board)
    assert 0 <= shrunk.min() < shrunk.max() <= 1


def test_when_a_picture_is_shrunk_then_every_pixel_counts():
    region = whole(64, 64, 16)
    for place in (0, 21, 22, 23, 24, 63):
        picture = torch.zeros(1, 64, 64)
        picture[0, 31, place] = 1
        assert region.shrunk(picture).sum() > 0.03, f"the pixel in column {place} is lost"


def test_when_a_picture_leans_to_one_side_then_its_middle_stays_there():
    ramp = torch.linspace(0, 1, 120).expand(1, 80, 120)
    assert whole(80, 120, 20).shrunk(ramp).mean().item() == pytest.approx(0.5, abs=1e-5)


@pytest.mark.parametrize(
    ("aspect", "short", "view"),
    [
        (2.0, 1080, (1080, 2578)),  # an anamorphic scan: 2048x1716 is 4096x1716 on the screen
        (2.0, 4000, (1716, 4096)),
        (0.5, 1080, (1716, 1024)),  # the short side is now the width
        (1.0, 858, (858, 1024)),
    ],
)
def test_when_pixels_are_not_square_then_the_network_sees_the_picture_as_an_audience_does(aspect, short, view):
    assert whole(1716, 2048, short, aspect).view == view


CANVAS = Window(-10, 20, 400, 200)
BOX = Window(50, 60, 100, 80)


def test_when_only_a_box_is_seen_then_it_is_cut_and_laid_back_where_it_was():
    region = Region.of(CANVAS, BOX, 1080)
    assert region.view == (80, 100)
    picture = torch.rand(3, 200, 400)
    cut = region.cut(picture)
    assert cut.shape == (3, 80, 100)
    back = region.laid(cut)
    assert back.shape == picture.shape
    assert torch.equal(region.cut(back), cut)
    assert torch.equal(back[:, 40:120, 60:160], picture[:, 40:120, 60:160])
    back[:, 40:120, 60:160] = 0
    assert back.abs().max() == 0


def test_when_only_a_box_is_seen_then_it_is_seen_sharper_and_never_costs_more_than_the_whole():
    sharp = Region.of(CANVAS, BOX, 50)
    assert sharp.view == (50, 62)
    long = Region.of(CANVAS, Window(-10, 20, 400, 40), 50)
    # 40 rows would fit as they are, but 400x40 pixels are more than the whole's 100x50.
    assert long.view[0] < 40
    assert long.view[0] * long.view[1] == pytest.approx(100 * 50, rel=0.05)


def test_when_the_box_is_the_canvas_then_the_view_is_that_of_the_whole():
    for process_size in range(20, 220, 7):
        assert Region.of(CANVAS, CANVAS, process_size).view == whole(200, 400, process_size).view
