"""The key frame strip as it is painted."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage

from penumbra.panel import theme
from penumbra.panel.strip import Strip
from penumbra.panel.strip_paint import Lanes
from penumbra.panel.timeline import Frame, Timeline


@pytest.fixture
def strip(application):
    made = Strip()
    made.resize(400, made.sizeHint().height())
    yield made
    made.deleteLater()


def painted(strip: Strip, frames: dict[int, Frame], selected: int | None = None) -> QImage:
    strip.show_timeline(Timeline(frames), selected)
    return strip.grab().toImage()


def columns(image: QImage, color: str, top: float, bottom: float) -> list[int]:
    """Where a color is seen between two heights."""
    wanted = QColor(color)
    return [
        x for x in range(image.width()) if any(image.pixelColor(x, y) == wanted for y in range(int(top), int(bottom)))
    ]


def lanes(strip: Strip) -> Lanes:
    return strip._lanes()


def test_when_frames_have_key_frames_then_their_signs_stand_over_them_and_nowhere_else(strip):
    frames = {number: Frame({"": "guide"} if number == 3 else {}, "done") for number in range(1, 11)}
    image = painted(strip, frames)
    at = columns(image, theme.KEY, 0, lanes(strip).keys.bottom())
    assert lanes(strip).edge(2, 10) <= min(at)
    assert max(at) <= lanes(strip).edge(3, 10)


def test_when_a_key_frame_is_approved_then_its_sign_has_another_shape(strip):
    guide, approved = (painted(strip, {1: Frame({"": kind}, "done")}) for kind in ("guide", "approved"))
    assert guide != approved


def test_when_three_thousand_frames_share_few_pixels_then_a_single_stale_one_is_seen(strip):
    frames = {number: Frame({}, "stale" if number == 1500 else "done") for number in range(1, 3001)}
    image = painted(strip, frames)
    cells = lanes(strip).cells
    at = columns(image, theme.CARE, cells.top(), cells.bottom())
    assert at
    assert all(abs(x - lanes(strip).middle(1499, 3000)) < 4 for x in at)


def test_when_passes_disagree_more_then_the_curve_is_higher(strip):
    def height(share: float) -> int:
        image = painted(strip, {number: Frame({}, "done", share) for number in range(1, 11)})
        curve = lanes(strip).curve
        x = image.width() // 2
        return sum(
            image.pixelColor(x, y).red() > image.pixelColor(x, y).green() + 30
            for y in range(int(curve.top()), int(curve.bottom()))
        )

    assert 0 == height(0.0) < height(0.002) < height(0.03) < height(0.25) == height(0.9)


def test_when_numbers_are_drawn_then_none_lies_over_another(strip):
    """The ground shows between any two of them: nowhere is there a longer run of ink than one number is wide."""
    for count, first in ((2, 1), (36, 1001), (96, 100_000), (3000, -20)):
        frames = {number: Frame({}, "done") for number in range(first, first + count)}
        image = painted(strip, frames, first + count // 2)
        row = lanes(strip).numbers
        empty = image.pixelColor(0, image.height() - 1)
        inked = [
            any(image.pixelColor(x, y) != empty for y in range(int(row.top()), int(row.bottom())))
            for x in range(image.width())
        ]
        widest = strip.fontMetrics().horizontalAdvance(str(first + count)) + 4
        gaps = "".join("x" if ink else " " for ink in inked).replace("x   x", "xxxxx").replace("x  x", "xxxx")
        assert max(map(len, gaps.replace("x x", "xxx").split())) <= widest, (count, first)


def test_when_there_are_no_frames_then_no_place_is_one(strip):
    painted(strip, {})
    assert strip.frame_at(10) is None
    assert strip.words(None) == ""


def test_when_a_place_outside_is_pointed_at_then_it_means_the_nearest_frame(strip):
    painted(strip, {number: Frame({}, "done") for number in range(1001, 1037)})
    assert (strip.frame_at(-50), strip.frame_at(9999)) == (1001, 1036)
    assert strip.frame_at(lanes(strip).middle(7, 36)) == 1008
