import pytest

from penumbra.errors import InputError
from penumbra.shot import FrameRange, in_ranges, named


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


@pytest.mark.parametrize("text", ["", "abc", "1001-", "1001,1003", "1001-1048:2", "10.5"])
def test_when_text_is_no_range_then_it_is_quoted(text):
    with pytest.raises(InputError, match="is not a frame range"):
        FrameRange.parse(text)


def test_when_an_end_is_no_whole_number_then_it_is_refused():
    with pytest.raises(InputError, match="whole number"):
        FrameRange(1, 2.5)


def test_when_frames_are_listed_then_neighbors_become_ranges():
    assert in_ranges([1014, 1012, 1011]) == "1011-1012, 1014"
    assert in_ranges([]) == ""
    assert named([3]) == "Frame 3"
    assert named([-3]) == "Frame -3"
    assert named([3, 4]) == "Frames 3-4"
    assert named([3, 9]) == "Frames 3, 9"
