"""The contact sheet: the right pictures in the right places, in a real PNG."""

import numpy as np
import pytest
from PIL import Image

from penumbra.errors import MachineError
from penumbra.evaluation import Block, Row, busiest_edge, over_checkerboard
from penumbra.evaluation import draw_sheet as draw_blocks
from penumbra.evaluation.sheet import CHECKER, CHECKER_PX, GAP, GROUND, HEAD, TILE_WIDTH

RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
HEADS = ("plate", "mask", "alpha")


def draw_sheet(path, title, heads, rows):
    draw_blocks(path, title, [Block(heads, tuple(rows))])


def tile(color, height=20, width=40):
    return np.broadcast_to(np.array(color, np.float32), (height, width, 3)).copy()


def grey(value, height=20, width=40):
    return np.full((height, width), value, np.float32)


def middles(sheet, rows):
    """The color in the middle of every place, found from the right and the bottom, where no text is."""
    step_x, step_y = TILE_WIDTH + GAP, TILE_WIDTH // 2 + GAP
    left, top = sheet.width - len(HEADS) * step_x, sheet.height - rows * step_y
    return [
        [
            sheet.getpixel((left + column * step_x + TILE_WIDTH // 2, top + row * step_y + TILE_WIDTH // 4))
            for column in range(len(HEADS))
        ]
        for row in range(rows)
    ]


def test_when_a_sheet_is_drawn_then_every_picture_is_in_its_place(tmp_path):
    rows = [
        Row("1001", (tile(RED), grey(1.0), tile(BLUE))),
        Row("1007", (tile(GREEN), None, grey(0.5))),
    ]
    draw_sheet(tmp_path / "sheet.png", "A shot", HEADS, rows)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert (sheet.format, sheet.mode) == ("PNG", "RGB")
        assert middles(sheet, 2) == [
            [(255, 0, 0), (255, 255, 255), (0, 0, 255)],
            [(0, 255, 0), GROUND, (128, 128, 128)],
        ]
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.png"]


def test_when_a_sheet_is_drawn_then_its_size_holds_all_rows_heads_and_titles(tmp_path):
    sizes = []
    for titles in (["1"], ["1", "2"], ["1", "a rather long title of a row"]):
        rows = [Row(title, (tile(RED), None, None)) for title in titles]
        draw_sheet(tmp_path / "sheet.png", "A shot", HEADS, rows)
        with Image.open(tmp_path / "sheet.png") as sheet:
            sizes.append(sheet.size)
    (width, one), (same, two), (wider, _) = sizes
    assert two - one == TILE_WIDTH // 2 + GAP
    assert one == 2 * HEAD + TILE_WIDTH // 2 + GAP
    assert width == same > len(HEADS) * (TILE_WIDTH + GAP)
    assert wider > width + 100


def test_when_a_tile_is_drawn_then_it_fills_its_place_and_no_more(tmp_path):
    draw_sheet(tmp_path / "sheet.png", "", HEADS, [Row("1", (None, tile(RED), None)), Row("2", (None, None, None))])
    with Image.open(tmp_path / "sheet.png") as sheet:
        red = np.argwhere((np.asarray(sheet) == (255, 0, 0)).all(-1))
        right = sheet.width - 2 * GAP - TILE_WIDTH
    assert red.min(0).tolist() == [2 * HEAD, right - TILE_WIDTH]
    assert red.max(0).tolist() == [2 * HEAD + TILE_WIDTH // 2 - 1, right - 1]
    assert len(red) == TILE_WIDTH * (TILE_WIDTH // 2)


def test_when_a_sheet_has_titles_then_they_can_be_read_above_and_beside_the_tiles(tmp_path):
    draw_sheet(tmp_path / "sheet.png", "A shot", HEADS, [Row("1001", (None, None, None)), Row("", (tile(RED),))])
    pixels = np.asarray(Image.open(tmp_path / "sheet.png")).astype(int)
    inked = np.abs(pixels - np.array(GROUND)).sum(-1) > 200
    left = pixels.shape[1] - len(HEADS) * (TILE_WIDTH + GAP)
    assert inked[:HEAD].any(), "the title"
    assert all(inked[HEAD : 2 * HEAD, left + column * (TILE_WIDTH + GAP) :][:, :60].any() for column in range(3))
    assert inked[2 * HEAD : 2 * HEAD + TILE_WIDTH // 2, :left].any(), "the row's title"


def test_when_a_picture_has_two_halves_then_they_keep_their_sides(tmp_path):
    picture = tile(RED)
    picture[:, 20:] = BLUE
    picture[10:] *= 0.5
    draw_sheet(tmp_path / "sheet.png", "", HEADS, [Row("1", (None, None, picture))])
    with Image.open(tmp_path / "sheet.png") as sheet:
        right, bottom = sheet.width - GAP, sheet.height - GAP
        probes = [(right - 225, bottom - 112), (right - 75, bottom - 112), (right - 225, bottom - 38)]
        assert [sheet.getpixel(place) for place in probes] == [(255, 0, 0), (0, 0, 255), (128, 0, 0)]


def test_when_values_leave_0_to_1_then_they_are_cut_there(tmp_path):
    draw_sheet(tmp_path / "sheet.png", "", HEADS, [Row("1", (tile((3.0, -2.0, 0.5)), grey(7), grey(-7)))])
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert middles(sheet, 1) == [[(255, 0, 128), (255, 255, 255), (0, 0, 0)]]


def test_when_the_sheet_cannot_be_written_then_it_says_so_and_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(MachineError, match="cannot be written"):
        draw_sheet(tmp_path / "file" / "sheet.png", "", HEADS, [Row("1", (tile(RED),))])


def test_when_nothing_is_there_then_the_checkerboard_is_seen():
    shown = over_checkerboard(np.zeros((30, 30, 4), np.float32))
    assert shown.shape == (30, 30, 3)
    assert shown.dtype == np.float32
    first, other = shown[0, 0, 0], shown[0, CHECKER_PX, 0]
    assert {float(first), float(other)} == {float(np.float32(value)) for value in CHECKER}
    assert np.all(shown[:CHECKER_PX, :CHECKER_PX] == first)
    assert np.all(shown[CHECKER_PX : 2 * CHECKER_PX, :CHECKER_PX] == other)
    assert np.all(shown[CHECKER_PX : 2 * CHECKER_PX, CHECKER_PX : 2 * CHECKER_PX] == first)


def test_when_a_matte_is_premultiplied_then_it_is_added_to_what_shines_through():
    rgba = np.zeros((4, 4, 4), np.float32)
    rgba[0, 0] = 5, 0.5, -1, 1
    rgba[0, 1] = 0.3, 0.2, 0.1, 0.25
    shown = over_checkerboard(rgba)
    ground = over_checkerboard(np.zeros((4, 4, 4), np.float32))[0, 0, 0]
    np.testing.assert_array_equal(shown[0, 0], np.float32([5, 0.5, -1]))
    np.testing.assert_allclose(shown[0, 1], np.float32([0.3, 0.2, 0.1]) + 0.75 * ground, rtol=1e-6)


def test_when_a_block_is_a_close_up_then_its_pixels_are_whole_squares_below_the_first_block(tmp_path):
    picture = tile(RED, 10, 12)
    picture[3, 5] = BLUE
    blocks = [Block(HEADS, (Row("1", (tile(GREEN), None, None)),)), Block(("edge",), (Row("1", (picture,)),), zoom=2)]
    draw_blocks(tmp_path / "sheet.png", "", blocks)
    with Image.open(tmp_path / "sheet.png") as sheet:
        shown = np.asarray(sheet)
    blue = np.argwhere((shown == (0, 0, 255)).all(-1))
    red = np.argwhere((shown == (255, 0, 0)).all(-1))
    assert len(blue) == 4
    assert len(red) == 4 * (10 * 12 - 1)
    assert red[:, 0].min() == 3 * HEAD + TILE_WIDTH // 2 + GAP
    assert (blue.min(0) - red.min(0)).tolist() == [6, 10]


def test_when_an_edge_is_looked_for_then_the_crop_is_where_the_most_soft_pixels_are():
    alpha = np.zeros((60, 90), np.float32)
    alpha[:30] = 1
    alpha[30, 10:20] = 0.5
    alpha[40:50, 61:71] = 0.5
    rows, columns = busiest_edge(alpha, 20, 12)
    assert rows.stop - rows.start == 12
    assert columns.stop - columns.start == 20
    assert rows.start <= 40 < 50 <= rows.stop
    assert columns.start <= 61 < 71 <= columns.stop


def test_when_the_crop_is_larger_than_the_picture_then_it_is_the_picture():
    assert busiest_edge(np.zeros((6, 9), np.float32), 20, 20) == (slice(0, 6), slice(0, 9))
