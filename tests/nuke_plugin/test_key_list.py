"""The list of key frames, as an artist edits it."""

from __future__ import annotations

import pytest

from penumbra.errors import Faults, InputError
from penumbra_nuke.key_list import Key, neighbor, of_view, parse, with_key, written

KEYS = (Key(1001, "guide", "Penumbra1_ab/masks/1001.1.exr"), Key(1043, "approved", "/shots/a b/ü.1043.exr"))


def test_when_a_list_is_written_then_it_is_read_back_in_the_order_of_its_frames():
    assert parse(written(KEYS[::-1])) == KEYS


def test_when_a_person_has_edited_it_then_space_case_and_empty_lines_do_not_matter():
    assert parse("\n  1043   Approved   /shots/a b/ü.1043.exr \n\n1001 GUIDE Penumbra1_ab/masks/1001.1.exr\n") == KEYS


def test_when_a_frame_is_keyed_again_then_its_line_is_replaced():
    new = Key(1043, "guide", "other.exr")
    assert parse(written(with_key(KEYS, new))) == (KEYS[0], new)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1001", "1001' is no key frame"),
        ("frame 1001 guide a.exr", "is no key frame"),
        ("1001 guide", "Write its frame, its kind and its mask"),
        ("1001 roto a.exr", "of the kind 'roto'"),
        ("1001 guide a.exr\n1001 approved b.exr", "2 key frames on frame 1001"),
    ],
)
def test_when_a_line_is_wrong_then_it_is_said_with_what_to_write(line, words):
    with pytest.raises(InputError, match=words):
        parse(line)


def test_when_several_lines_are_wrong_then_all_are_told_at_once():
    with pytest.raises(Faults) as told:
        parse("x\n1001 guide a.exr\ny\n1001 guide b.exr")
    assert len(told.value.each) == 3


def test_when_a_script_has_two_views_then_each_has_its_own_key_and_shares_the_others():
    keys = parse("1001 guide all.exr\n1001@left guide left.exr\n1005@right approved right.exr")
    assert [key.mask for key in of_view(keys, "left")] == ["left.exr"]
    assert [key.mask for key in of_view(keys, "right")] == ["all.exr", "right.exr"]
    assert [key.mask for key in of_view(keys, "")] == ["all.exr"]
    assert parse(written(with_key(keys, Key(1001, "guide", "new.exr", "left")))) != keys
    assert len(with_key(keys, Key(1001, "guide", "new.exr", "left"))) == 3


@pytest.mark.parametrize(
    ("frame", "step", "there"), [(1010, -1, 1001), (1010, 1, 1043), (1001, -1, 1001), (1043, 1, 1043), (900, 1, 1001)]
)
def test_when_one_goes_to_the_next_key_frame_then_it_is_the_nearest_on_that_side(frame, step, there):
    assert neighbor(KEYS, frame, step) == there
