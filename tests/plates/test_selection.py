"""Layers, parts and views: each color is told by its value."""

import numpy as np
import pytest
from PIL import Image

from penumbra.errors import FileError, InputError
from penumbra.plates import PlateSource, Selection
from tests.pictures import deep_channels, write_exr_file, write_exr_parts


def channel(value):
    return np.full((4, 6), value, np.float16)


def color(value, prefix="", letters="RGB"):
    return {f"{prefix}{letter}": channel(value) for letter in letters}


def opened(folder, **wanted):
    return PlateSource.open(folder / "p.####.exr", None, Selection(**wanted))


def value(folder, frame=1001, **wanted):
    """Of the color that is read, the check having nothing to say."""
    source = opened(folder, **wanted)
    assert source.check() == []
    rgb = source.read(frame).rgb_HW3
    assert rgb.shape == (4, 6, 3)
    assert len(np.unique(rgb)) == 1
    return float(rgb[0, 0, 0])


def fault(folder, **wanted):
    (found,) = opened(folder, **wanted).check()
    return found


LAYERS = color(1) | color(2, "beauty.") | color(3, "light.key.") | color(4, "light.fill.") | {"depth.Z": channel(5)}


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (None, 1),
        ("rgba", 1),
        ("rgb", 1),
        ("beauty", 2),
        ("BEAUTY", 2),
        ("light.key", 3),
        ("key", 3),
        ("fill", 4),
    ],
)
def test_when_a_layer_is_named_then_it_is_read(tmp_path, layer, expected):
    write_exr_file(tmp_path / "p.1001.exr", LAYERS)
    assert value(tmp_path, layer=layer) == expected


def test_when_a_layer_is_not_there_then_those_with_color_are_listed(tmp_path):
    write_exr_file(tmp_path / "p.1001.exr", LAYERS)
    for layer in ("depth", "eauty", "light"):
        found = fault(tmp_path, layer=layer)
        assert isinstance(found, InputError)
        assert str(found).startswith(
            f"Frame 1001 of p.####.exr has no layer {layer} with color; the layers are rgba, beauty, light."
        )


def test_when_the_last_word_fits_several_layers_then_it_is_not_guessed(tmp_path):
    write_exr_file(tmp_path / "p.1001.exr", color(1, "left_lamp.key.") | color(2, "right_lamp.key."))
    assert "has several layers that fit key: left_lamp.key, right_lamp.key." in str(fault(tmp_path, layer="key"))
    assert value(tmp_path, layer="right_lamp.key") == 2


def test_when_there_are_several_layers_and_none_is_asked_for_then_the_option_is_named(tmp_path):
    write_exr_file(tmp_path / "p.1001.exr", color(1, "beauty.") | color(2, "spec."))
    found = fault(tmp_path)
    assert isinstance(found, InputError)
    assert str(found).endswith("none is the plain one: beauty, spec. Choose one with --layer, as in --layer beauty.")


@pytest.mark.parametrize("words", ["R G B", "red green blue", "r g b", "Red Green Blue"])
def test_when_writers_name_colors_in_their_way_then_they_are_read(tmp_path, words):
    names = [f"C.{word}" for word in words.split()]
    write_exr_file(tmp_path / "p.1001.exr", {name: channel(index) for index, name in enumerate(names)})
    rgb = opened(tmp_path, layer="C").read(1001).rgb_HW3
    np.testing.assert_array_equal(rgb[0, 0], [0, 1, 2])


def test_when_a_layer_has_capitals_and_small_letters_then_the_capitals_are_the_color(tmp_path):
    write_exr_file(tmp_path / "p.1001.exr", color(1) | color(2, letters="rgb"))
    assert value(tmp_path) == 1


def test_when_there_is_no_color_then_it_is_the_files_fault_and_of_a_part_that_is_asked_for_the_order_s(tmp_path):
    write_exr_parts(tmp_path / "p.1001.exr", ("a", {"Z": channel(1)}, {}), ("b", {"R": channel(1)}, {}))
    assert isinstance(fault(tmp_path), FileError)
    assert "has no color; the channels are a.Z, b.R." in str(fault(tmp_path))
    assert isinstance(fault(tmp_path, part="b"), InputError)


def test_when_the_first_frame_lacks_the_layer_then_another_s_header_speaks_for_the_shot(tmp_path):
    write_exr_file(tmp_path / "p.1001.exr", color(1))
    write_exr_parts(tmp_path / "p.1002.exr", ("rgba", color(1), {}), ("beauty", color(2), {}))
    assert opened(tmp_path, layer="beauty").header.part == "beauty"


def test_when_a_blender_file_has_cryptomattes_then_only_its_passes_count_as_colors(tmp_path):
    crypto = color(9, "ViewLayer.CryptoObject00.", "rgba") | color(9, "ViewLayer.CryptoObject01.", "rgba")
    combined = color(1, "ViewLayer.Combined.", "RGBA")
    write_exr_file(tmp_path / "p.1001.exr", combined | crypto | {"ViewLayer.Depth.Z": channel(3)})
    assert value(tmp_path) == 1
    write_exr_file(tmp_path / "p.1001.exr", combined | crypto | color(2, "ViewLayer.DiffCol."))
    assert value(tmp_path, layer="Combined") == 1
    assert value(tmp_path, layer="DiffCol") == 2
    assert "the layers are ViewLayer.Combined, ViewLayer.DiffCol." in str(fault(tmp_path, layer="CryptoObject00"))


def parts(path, *names, **views):
    """Plain R, G, B in each; the value is the place in which it is given here, from 1."""
    given = list(enumerate(names, 1))
    write_exr_parts(path, *[(name, color(n), {"view": views[name]} if name in views else {}) for n, name in given])


@pytest.mark.parametrize(("names", "expected"), [(("diffuse", "rgba"), 2), (("beauty", "spec"), 1), (("", "x"), 1)])
def test_when_parts_are_plain_then_the_one_named_rgba_is_meant_else_the_first(tmp_path, names, expected):
    parts(tmp_path / "p.1001.exr", *names)
    assert value(tmp_path) == expected


@pytest.mark.parametrize(
    ("part", "expected"),
    [("diffuse", 1), ("Spec", 2), ("1", 3), ("1 ", None), ("2", 3), ("0", 1), ("3", None), ("-1", None)],
)
def test_when_a_part_is_named_or_numbered_then_it_is_read_and_a_name_goes_first(tmp_path, part, expected):
    parts(tmp_path / "p.1001.exr", "Diffuse", "spec", "1")
    if expected:
        assert value(tmp_path, part=part) == expected
        return
    found = fault(tmp_path, part=part)
    assert isinstance(found, InputError)
    assert f"has no part {part}; the parts are 0 Diffuse, 1 spec, 2 1. Choose one" in str(found)


def test_when_a_file_of_one_part_has_a_part_s_name_then_it_is_no_layer(tmp_path):
    write_exr_file(tmp_path / "p.1001.exr", color(1) | color(2, "beauty."), name="depth")
    assert value(tmp_path) == value(tmp_path, layer="rgba") == value(tmp_path, part="depth") == 1


def test_when_layers_differ_in_capitals_only_then_the_exact_name_is_read(tmp_path):
    write_exr_file(tmp_path / "p.1001.exr", color(1, "Key.") | color(2, "key."))
    assert [value(tmp_path, layer=layer) for layer in ("Key", "key")] == [1, 2]
    assert "has several layers that fit KEY: Key, key." in str(fault(tmp_path, layer="KEY"))


def test_when_a_part_s_channels_have_no_layer_then_the_part_s_name_is_one(tmp_path):
    write_exr_parts(
        tmp_path / "p.1001.exr",
        ("rgba", color(1), {}),
        ("diffuse", color(2), {}),
        ("grade", color(3, "grade."), {}),
        ("depth", {"Z": channel(4)}, {}),
    )
    assert value(tmp_path, layer="diffuse") == 2
    assert value(tmp_path, layer="grade") == value(tmp_path, part="grade") == value(tmp_path, part="2") == 3
    assert "has no color; the channels are depth.Z." in str(fault(tmp_path, part="depth"))
    assert "the layers are rgba, diffuse, grade." in str(fault(tmp_path, layer="depth"))
    assert "has no layer grade with color" in str(fault(tmp_path, layer="grade", part="diffuse"))


def test_when_a_part_is_deep_then_the_flat_one_is_read_and_the_deep_one_refused(tmp_path):
    deep = deep_channels(4, 6)
    write_exr_parts(tmp_path / "p.1001.exr", ("deep", deep, {}), ("flat", color(2), {}))
    assert value(tmp_path) == 2
    assert opened(tmp_path).header.part == "flat"
    assert "has only a deep picture in part deep." in str(fault(tmp_path, part="deep"))
    write_exr_parts(tmp_path / "p.1001.exr", ("deep", deep, {}), ("deeper", deep, {}))
    assert "cannot be read: it is a deep picture" in str(fault(tmp_path))


def test_when_frames_order_their_parts_otherwise_then_the_name_decides_for_each(tmp_path):
    write_exr_parts(tmp_path / "p.1001.exr", ("rgba", color(1), {}), ("diffuse", color(2), {}))
    write_exr_parts(tmp_path / "p.1002.exr", ("diffuse", color(2), {}), ("rgba", color(1), {}))
    write_exr_file(tmp_path / "p.1003.exr", color(1) | color(2, "diffuse."))
    for frame in (1001, 1002, 1003):
        assert value(tmp_path, frame) == 1
        assert value(tmp_path, frame, layer="diffuse") == 2


def test_when_some_frames_lack_the_layer_then_they_are_named_and_it_is_the_files_fault(tmp_path):
    for frame in range(1001, 1007):
        layers = color(1) if frame in (1002, 1003) else color(1) | color(2, "beauty.")
        write_exr_file(tmp_path / f"p.{frame}.exr", layers)
    found = fault(tmp_path, layer="beauty")
    assert isinstance(found, FileError)
    assert "Frames 1002-1003 of p.####.exr have no layer beauty with color; the layers are rgba." in str(found)
    with pytest.raises(FileError, match=r"Frame 1003 of p\.####\.exr has no layer beauty"):
        opened(tmp_path, layer="beauty").read(1003)


MULTI_VIEW = color(1) | color(2, "right.") | color(3, "beauty.") | color(4, "beauty.right.") | color(5, "right.spec.")


@pytest.mark.parametrize(
    ("layer", "view", "expected"),
    [
        (None, None, 1),
        (None, "left", 1),
        (None, "right", 2),
        (None, "Right", 2),
        ("beauty", None, 3),
        ("beauty", "right", 4),
        ("spec", "right", 5),
    ],
)
def test_when_one_part_holds_views_then_the_first_of_its_list_is_the_default(tmp_path, layer, view, expected):
    write_exr_file(tmp_path / "p.1001.exr", MULTI_VIEW, multiView=["left", "right"])
    assert value(tmp_path, layer=layer, view=view) == expected


def test_when_a_view_has_not_the_layer_then_those_that_it_has_are_listed(tmp_path):
    write_exr_file(tmp_path / "p.1001.exr", MULTI_VIEW, multiView=["left", "right"])
    assert "no layer spec with color; the layers are rgba, beauty." in str(fault(tmp_path, layer="spec", view="left"))
    found = fault(tmp_path, view="center")
    assert isinstance(found, InputError)
    assert "has no view center; the views are left, right. Choose one of these, as in --view left." in str(found)


def test_when_each_view_has_its_part_then_it_must_be_chosen(tmp_path):
    parts(tmp_path / "p.1001.exr", "rgba.left", "rgba.right", **{"rgba.left": "left", "rgba.right": "right"})
    assert "has several views: left, right. Choose one with --view, as in --view left." in str(fault(tmp_path))
    assert value(tmp_path, view="left") == 1
    assert value(tmp_path, view="right") == value(tmp_path, part="rgba.right") == 2


def test_when_parts_are_named_as_nuke_does_then_their_view_is_no_part_of_the_layer(tmp_path):
    write_exr_parts(
        tmp_path / "p.1001.exr",
        ("diffuse_main", color(1), {"view": "main"}),
        ("rgba_main", color(2), {"view": "main"}),
    )
    assert value(tmp_path) == 2
    assert value(tmp_path, layer="diffuse") == 1
    parts(tmp_path / "p.1001.exr", "diffuse.main", "main.rgba", "depth_main")  # without saying that it is a view
    assert value(tmp_path) == 2
    assert value(tmp_path, layer="depth") == 3
    views = {"view": "left"}, {"view": "right"}
    write_exr_parts(
        tmp_path / "p.1001.exr",
        ("diffuse.left", color(1), views[0]),
        ("diffuse.right", color(2), views[1]),
        ("left", color(3), views[0]),
        ("right", color(4), views[1]),
    )
    assert [value(tmp_path, view=view) for view in ("left", "right")] == [3, 4]
    assert [value(tmp_path, view=view, layer="diffuse") for view in ("left", "right")] == [1, 2]


def test_when_a_plain_file_is_asked_for_a_view_then_it_is_refused_unless_its_name_says_it(tmp_path):
    for view, number in (("left", 1), ("right", 2)):
        write_exr_file(tmp_path / view / f"p_{view[0]}.1001.exr", color(number))
    plain = tmp_path / "right" / "p_r.####.exr"
    (found,) = PlateSource.open(plain, None, Selection(view="right")).check()
    assert isinstance(found, InputError)
    assert "has no views. Leave out --view, or write %V" in str(found)
    for view, number in (("left", 1), ("right", 2)):
        source = PlateSource.open(tmp_path / "%V" / "p_%v.####.exr", None, Selection(view=view))
        assert source.check() == []
        assert source.path(1001) == tmp_path / view / f"p_{view[0]}.1001.exr"
        assert source.read(1001).rgb_HW3[0, 0, 0] == number
        assert PlateSource.open(source.path(1001), None, Selection(view=view, view_is_named=True)).check() == []
    with pytest.raises(InputError, match=r"place for the view \(%V\).*--view left"):
        PlateSource.open(tmp_path / "%V" / "p_%v.####.exr")


def test_when_the_name_has_the_view_then_the_file_s_only_view_may_have_any_name(tmp_path):
    write_exr_file(tmp_path / "p_r.1001.exr", color(1), view="main")
    pattern = tmp_path / "p_%v.####.exr"
    assert PlateSource.open(pattern, None, Selection(view="right")).check() == []
    parts(tmp_path / "p_r.1001.exr", "a", "b", a="left", b="right")
    source = PlateSource.open(pattern, None, Selection(view="right"))
    assert source.check() == []
    assert source.read(1001).rgb_HW3[0, 0, 0] == 2
    (found,) = PlateSource.open(pattern, None, Selection(view="rear")).check()
    assert "has no view rear; the views are left, right." in str(found)


def test_when_more_than_the_plain_color_is_there_then_the_choice_can_be_told(tmp_path):
    write_exr_file(tmp_path / "p.1001.exr", LAYERS)
    assert opened(tmp_path).choice is None
    assert opened(tmp_path, layer="key").choice == "Read from: layer light.key"
    write_exr_parts(
        tmp_path / "p.1001.exr", ("rgba.left", color(1), {"view": "left"}), ("d.right", color(1), {"view": "right"})
    )
    assert opened(tmp_path, view="left").choice == "Read from: view left"
    assert opened(tmp_path, part="1").choice == "Read from: layer d, view right, part 1 (d.right)"


def test_when_the_plate_is_a_gray_layer_then_it_can_be_asked_for(tmp_path):
    write_exr_file(tmp_path / "p.1001.exr", color(1) | {"witness.Y": channel(2)})
    assert value(tmp_path) == 1
    assert value(tmp_path, layer="witness") == 2


def test_when_a_format_knows_no_parts_then_its_only_one_is_number_0(tmp_path):
    Image.fromarray(np.full((4, 6, 3), 255, np.uint8)).save(tmp_path / "p.1001.png")
    source = PlateSource.open(tmp_path, None, Selection(part="0"))
    assert source.check() == []
    assert source.read(1001).rgb_HW3.min() == 1
