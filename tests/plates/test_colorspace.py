import numpy as np
import OpenImageIO as oiio
import pytest
from PIL import Image

from penumbra.codec import read_header
from penumbra.plates import default_colorspace
from tests.pictures import write_exr_file


def of_exr(tmp_path, dtype=np.float16, **header):
    return default_colorspace(
        read_header(write_exr_file(tmp_path / "a.exr", {"RGB": np.ones((4, 4, 3), dtype)}, **header))
    )


def with_oiio(path, kind, colorspace=None):
    spec = oiio.ImageSpec(4, 4, 3, kind)
    if colorspace:
        spec.attribute("oiio:ColorSpace", colorspace)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(np.ones((4, 4, 3), np.float32))
    assert output.close()
    return default_colorspace(read_header(path))


@pytest.mark.parametrize(("dtype", "word"), [(np.float16, "half"), (np.float32, "float")])
def test_when_an_exr_says_nothing_then_it_is_linear(tmp_path, dtype, word):
    name, reason = of_exr(tmp_path, dtype)
    assert name == "linear"
    assert word in reason


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("lin_ap1_scene", "linear"), ("srgb_rec709_scene", "srgb"), ("ocio:something", "linear")],
)
def test_when_an_exr_names_its_space_then_it_counts_only_where_it_is_clear(tmp_path, tag, expected):
    name, reason = of_exr(tmp_path, colorInteropID=tag)
    assert name == expected
    assert (tag in reason) == (tag != "ocio:something")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_when_a_file_has_8_bits_then_it_is_srgb(tmp_path, name):
    Image.fromarray(np.full((4, 4, 3), 100, np.uint8)).save(tmp_path / name)
    assert default_colorspace(read_header(tmp_path / name))[0] == "srgb"


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [("a.png", "uint16", "srgb"), ("a.tif", "uint16", "srgb"), ("a.tif", "float", "linear")],
)
def test_when_other_kinds_say_nothing_then_integers_are_srgb_and_floats_linear(
    tmp_path, name, kind, expected
):
    assert with_oiio(tmp_path / name, kind)[0] == expected


def test_when_a_dpx_says_nothing_then_the_reason_warns_of_log(tmp_path):
    name, reason = with_oiio(tmp_path / "a.dpx", "uint16")
    assert name == "srgb"
    assert "log" in reason
    assert "convert" in reason


def test_when_a_dpx_says_linear_then_it_is(tmp_path):
    assert with_oiio(tmp_path / "a.dpx", "uint16", "Linear")[0] == "linear"
