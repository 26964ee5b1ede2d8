import pytest

from penumbra.errors import InputError
from penumbra.shot import FrameRange, in_ranges, named, parse_frames


def test_when_a_range_is_parsed_then_both_ends_belong_to_it():
    frames = FrameRange.parse("1001-1003")
    assert list(frames) == [1001, 1002, 1003]
    assert len(frames) == 3
    assert 1003 in frames
    assert 1004 not in frames
    assert str(frames) == "1001-1003"


def test_when_one_number_is_parsed_then_it_is_a_range_of_one_frame():
    assert FrameRange.parse(" 1001 ") == FrameRange(1001, 1001)
    assert str(FrameRange(7, 7)) == "7"


@pytest.mark.parametrize("frames", [FrameRange(-5, -2), FrameRange(-5, 10), FrameRange(0, 0)])
def test_when_numbers_are_negative_then_text_and_range_still_match(frames):
    assert FrameRange.parse(str(frames)) == frames


def test_when_a_range_has_a_step_then_the_message_says_that_every_frame_is_needed():
    with pytest.raises(InputError, match=r"Every frame is needed.*write 1001-1048"):
        FrameRange.parse("1001-1048x2")


def test_when_a_range_ends_before_it_begins_then_the_message_turns_it_around():
    with pytest.raises(InputError, match="Write 1001-1048"):
        FrameRange.parse("1048-1001")


@pytest.mark.parametrize(
    "text", ["", "abc", "1001-", "1001,1003", "1001-1048:2", "10.5", "²", "\u0661\u0660", "1" * 5000]
)
def test_when_text_is_no_range_then_it_is_quoted(text):
    with pytest.raises(InputError, match="is not a frame range"):
        FrameRange.parse(text)


def test_when_an_end_is_no_whole_number_then_it_is_refused():
    with pytest.raises(InputError, match="The last frame must be a whole number"):
        FrameRange(1, 2.5)


def test_when_an_end_could_not_be_read_again_then_it_is_refused():
    assert FrameRange.parse(str(FrameRange(-999_999_999, -999_999_990))) == FrameRange(-999_999_999, -999_999_990)
    with pytest.raises(InputError, match="from -999999999 to 999999999, not 1000000000"):
        FrameRange(1, 1_000_000_000)


def test_when_ranges_are_joined_by_commas_then_every_frame_comes_once_and_in_order():
    assert parse_frames("1010, 1001-1003,1002") == (1001, 1002, 1003, 1010)
    assert parse_frames("-3--1") == (-3, -2, -1)
    with pytest.raises(InputError, match="'' is not a frame range"):
        parse_frames("1001,")


def test_when_frames_are_more_than_anyone_means_then_they_are_not_even_counted_out():
    with pytest.raises(InputError, match="is of more than 100000 frames"):
        parse_frames("1-900000")


def test_when_frames_are_listed_then_neighbors_become_ranges():
    assert in_ranges([1014, 1012, 1011]) == "1011-1012, 1014"
    assert in_ranges([]) == ""
    assert named([3]) == "Frame 3"
    assert named([-3]) == "Frame -3"
    assert named([3, 4]) == "Frames 3-4"
    assert named([3, 9]) == "Frames 3, 9"


def test_when_a_range_is_longer_than_any_shot_then_it_is_taken_for_a_slip_of_the_hand():
    assert len(FrameRange(1, 1_000_000)) == 1_000_000
    with pytest.raises(InputError, match="The frame range 1001-999999999 has 999,998,999 frames"):
        FrameRange(1001, 999_999_999)
