"""The size at which the network sees a plate, and the way there and back."""

import pytest
import torch

from penumbra.propagation import ProcessSize


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
    size = ProcessSize.of(height, width, short)
    assert size == ProcessSize((height, width), view)


def test_when_many_sizes_are_tried_then_the_aspect_stays_within_half_a_pixel():
    for height in range(90, 300, 13):
        for width in range(90, 300, 17):
            view = ProcessSize.of(height, width, 96).view
            assert min(view) == min(96, height, width)
            scale = min(view) / min(height, width)
            assert abs(view[0] - height * scale) <= 0.5
            assert abs(view[1] - width * scale) <= 0.5


def test_when_the_plate_is_not_larger_then_pictures_pass_as_the_same_objects():
    size = ProcessSize.of(12, 20, 12)
    view, alpha = torch.rand(3, 12, 20), torch.rand(12, 20)
    assert size.shrunk(view) is view
    assert size.grown(alpha) is alpha


def test_when_pictures_go_there_and_back_then_they_have_the_right_sizes():
    size = ProcessSize.of(45, 80, 27)
    assert size.shrunk(torch.rand(3, 45, 80)).shape == (3, 27, 48)
    assert size.shrunk(torch.rand(1, 45, 80)).shape == (1, 27, 48)
    assert size.grown(torch.rand(27, 48)).shape == (45, 80)


def test_when_a_picture_is_constant_then_it_stays_so():
    size = ProcessSize.of(91, 133, 40)
    for value in (0.0, 0.37, 1.0):
        shrunk = size.shrunk(torch.full((3, 91, 133), value))
        assert (shrunk - value).abs().max() < 1e-6
        grown = size.grown(torch.full(size.view, value))
        assert (grown - value).abs().max() < 1e-6


def test_when_a_picture_is_black_and_white_then_values_stay_in_0_to_1():
    size = ProcessSize.of(97, 61, 30)
    board = (torch.rand(3, 97, 61, generator=torch.Generator().manual_seed(0)) > 0.5).float()
    shrunk = size.shrunk(board)
    assert 0 <= shrunk.min() < shrunk.max() <= 1
    grown = size.grown((shrunk[0] > 0.5).float())
    assert grown.min() == 0
    assert grown.max() == 1


def test_when_a_picture_is_shrunk_then_every_pixel_counts():
    size = ProcessSize.of(64, 64, 16)
    for place in (0, 21, 22, 23, 24, 63):
        picture = torch.zeros(1, 64, 64)
        picture[0, 31, place] = 1
        assert size.shrunk(picture).sum() > 0.03, f"the pixel in column {place} is lost"


def test_when_a_picture_leans_to_one_side_then_its_middle_stays_there():
    size = ProcessSize.of(80, 120, 20)
    ramp = torch.linspace(0, 1, 120).expand(1, 80, 120)
    shrunk = size.shrunk(ramp)[0]
    assert shrunk.mean().item() == pytest.approx(0.5, abs=1e-5)
    # A shift of half a pixel of the view would be 0.0167.
    torch.testing.assert_close(size.grown(shrunk)[:, 12:-12], ramp[0, :, 12:-12], atol=1e-3, rtol=0)
