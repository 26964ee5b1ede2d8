"""Where two passes disagree, in words."""

import pytest

from penumbra.engine.disagreement import said_of_disagreement


def said(by_frame):
    return [notice.text for notice in said_of_disagreement(by_frame)]


def test_when_passes_disagree_over_some_frames_then_the_stretch_the_most_of_it_and_its_middle_are_told():
    by_frame = dict.fromkeys(range(1030, 1060), 0.0001) | dict.fromkeys(range(1041, 1047), 0.03)
    assert said(by_frame) == [
        "1041-1046: the two passes disagree over 3 percent of the frame; a key frame near 1043 would settle it."
    ]


def test_when_the_disagreement_is_on_one_side_then_the_key_frame_is_asked_for_there():
    weak, strong = dict.fromkeys(range(1001, 1005), 0.01), dict.fromkeys(range(1005, 1012), 0.1)
    assert "near 1008 would" in said(weak | strong)[0]


def test_when_there_are_several_stretches_then_each_has_its_sentence_in_the_order_of_frames():
    texts = said({5: 0.5, 1: 0.004, 2: 0.004, 4: 0.25})
    assert [text.split(":")[0] for text in texts] == ["1-2", "4-5"]
    assert "0.4 percent" in texts[0]
    assert "50 percent" in texts[1]


@pytest.mark.parametrize("by_frame", [{}, {1: 0.0}, {1: 0.0019}])
def test_when_passes_hardly_disagree_then_nothing_is_said(by_frame):
    assert said(by_frame) == []


def test_when_frames_are_below_zero_then_they_are_told_as_they_are():
    assert said({-5: 0.1, -4: 0.1, -3: 0.1})[0].startswith("-5--3: ")
