"""What a shot says of its objects, held against each other."""

import pytest

from penumbra.errors import Faults, InputError
from penumbra.shot import APPROVED, Delivery, FrameRange, KeyFrame, Presence, Shot


def a_shot(*keys: KeyFrame, presences=(), frames=None, channels="rgba") -> Shot:
    return Shot("plate.####.exr", keys, Delivery("matte.####.exr", channels=channels), frames, presences)


def of(name, *frames):
    return [KeyFrame(frame, f"{name}.{frame}.exr", object=name) for frame in frames]


def test_when_an_object_has_several_key_frames_then_they_are_given_in_the_order_of_their_frames():
    hero = of("hero", 1048, 1001)
    approved = KeyFrame(1020, "final.####.exr", object="hero", kind=APPROVED)
    shot = a_shot(*hero, *of("dog", 1010), approved, presences=[Presence("dog", 1005, 1040)])
    assert shot.objects == ("hero", "dog")
    assert shot.keys_of("hero") == (hero[1], approved, hero[0])
    assert [key.is_approved for key in shot.keys_of("hero")] == [False, True, False]
    assert shot.keys_of("cat") == ()
    assert shot.presence_of("dog") == Presence("dog", 1005, 1040)
    assert shot.presence_of("hero") is None


def test_when_there_is_one_nameless_object_then_it_may_have_several_key_frames():
    shot = a_shot(KeyFrame(1, "a.exr"), KeyFrame(9, "b.exr"))
    assert shot.objects == (None,)
    assert len(shot.keys_of(None)) == 2


@pytest.mark.parametrize(
    ("keys", "more", "message", "field"),
    [
        ([], {}, "key_frames has no mask", ("key_frames",)),
        ([*of("a", 1), KeyFrame(2, "x")], {}, "this one has none", ("key_frames", 1)),
        ([*of("a", 1, 2), *of("A", 3, 4)], {}, "A is the name of another object, too", ("key_frames", 2)),
        ([*of("B", 1), *of("b", 2)], {}, "b is the name of another object, too", ("key_frames", 1)),
        ([*of("a", 1, 2, 1)], {}, "The mask of a on frame 1 is given twice", ("key_frames", 2)),
        ([KeyFrame(1, "x"), KeyFrame(1, "y")], {}, "The mask on frame 1 is given twice", ("key_frames", 1)),
        (of("a", 1, 5), {"frames": FrameRange(1, 4)}, "on frame 5 is outside the frames 1-4", ("key_frames", 1)),
        (of("a", 1, 5), {"presences": [Presence("a", 2)]}, "frame 1, where a is not in the", ("key_frames", 0)),
        (of("a", 1, 5), {"presences": [Presence("a", None, 4)]}, "5, where a is not in the", ("key_frames", 1)),
        (of("a", 1), {"presences": [Presence("b", 2)]}, "The object b has no mask", ("presences", 0)),
        (of("a", 1), {"presences": [Presence("a")] * 2}, "twice when a enters and leaves", ("presences", 1)),
        ([*of("a", 1), *of("b", 1), *of("c", 1), *of("d", 1), *of("e", 1)], {"channels": "packed"}, "5 objects do", ()),
    ],
)
def test_when_key_frames_contradict_each_other_then_it_is_told_of_the_one_that_does(keys, more, message, field):
    with pytest.raises(InputError, match=message) as caught:
        a_shot(*keys, **more)
    assert caught.value.field == (field or ("delivery", "channels"))
    if field[0:1] == ("key_frames",) and len(field) > 1:
        assert caught.value.frame == keys[field[1]].frame


def test_when_four_objects_have_many_key_frames_then_they_still_fit_into_packed_channels():
    keys = [key for name in "abcd" for key in of(name, 1, 2, 3)]
    assert len(a_shot(*keys, channels="packed").key_frames) == 12


def test_when_several_things_contradict_each_other_then_all_are_told():
    with pytest.raises(Faults) as caught:
        a_shot(*of("a", 1, 1, 9), frames=FrameRange(2, 8), presences=[Presence("b")])
    assert [fault.field for fault in caught.value.faults] == [
        *[("key_frames", 0), ("key_frames", 1), ("key_frames", 1), ("key_frames", 2), ("presences", 0)]
    ]


@pytest.mark.parametrize(
    ("first", "last", "inside", "outside"),
    [(None, None, [-9, 0, 9], []), (3, None, [3, 99], [2]), (None, 3, [-9, 3], [4]), (3, 3, [3], [2, 4])],
)
def test_when_an_object_is_there_for_a_while_then_both_ends_belong_to_it(first, last, inside, outside):
    presence = Presence("hero", first, last)
    assert all(frame in presence for frame in inside)
    assert not any(frame in presence for frame in outside)


@pytest.mark.parametrize(
    ("presence", "message", "field"),
    [
        (("hero", 5, 4), "hero leaves on frame 4, before it enters on frame 5", ("last",)),
        (("hero", "5"), "The first frame of hero must be a whole number, not '5'", ("first",)),
        (("hero", 1, True), "The last frame of hero must be a whole number, not True", ("last",)),
        (("rgba",), "An object's name must be a letter, then letters", ("object",)),
        ((None,), "An object's name must be a letter, then letters", ("object",)),
    ],
)
def test_when_a_presence_is_none_then_it_is_told_what_is_wrong(presence, message, field):
    with pytest.raises(InputError, match=message) as caught:
        Presence(*presence)
    assert caught.value.field == field
