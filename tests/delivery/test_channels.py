import numpy as np
import pytest

from penumbra.codec import read_header
from penumbra.delivery import deliver
from penumbra.shot import Delivery
from tests.delivery.mattes import PROVENANCE, a_matte, a_plate, delivered


def soft(seed):
    return np.random.default_rng(seed).random((8, 12), np.float32)


def planes(layer):
    return dict(zip("RGBA", np.moveaxis(layer.rgba_HW4, 2, 0), strict=True))


def same(channels, expected):
    assert sorted(channels) == sorted(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(channels[name], values, err_msg=name)


def test_when_objects_have_names_then_each_is_a_layer_and_the_plain_channels_are_all_of_them(tmp_path):
    matte = a_matte({"hero": 0.5 * soft(1), "dog": 0.5 * soft(2)})
    channels, _ = delivered(tmp_path, matte)
    hero, dog = map(planes, matte.layers)
    layers = {f"{layer.name}.{name}": values for layer in matte.layers for name, values in planes(layer).items()}
    same(channels, layers | {name: hero[name] + dog[name] for name in "RGBA"})


def test_when_alphas_sum_up_to_more_than_one_then_all_together_is_divided_by_it(tmp_path):
    channels, _ = delivered(tmp_path, a_matte({"hero": 1, "dog": 0.75, "cat": 0.25}))
    assert (channels["A"] == 1).all()
    assert (channels["dog.A"] == 0.75).all()
    # The same plate behind all three: what is covered by 1 has its color.
    np.testing.assert_allclose(channels["R"], a_plate().rgb_HW3[..., 0], rtol=1e-6)


def test_when_there_is_one_object_with_a_name_then_it_has_a_layer_as_well(tmp_path):
    matte = a_matte({"hero": soft(1)})
    plain = planes(matte.layers[0])
    same(delivered(tmp_path, matte)[0], plain | {f"hero.{name}": values for name, values in plain.items()})


def test_when_alphas_are_asked_for_then_there_is_one_of_all_and_one_of_each(tmp_path):
    hero, dog = 0.9 * soft(1), 0.9 * soft(2)
    channels, _ = delivered(tmp_path, a_matte({"hero": hero, "dog": dog}), channels="alpha")
    same(channels, {"A": np.minimum(hero + dog, 1), "hero.A": hero, "dog.A": dog})
    same(delivered(tmp_path, a_matte({None: hero}), channels="alpha")[0], {"A": hero})


@pytest.mark.parametrize(
    ("names", "which"),
    [
        ((None,), "R=matte"),
        (("hero",), "R=hero"),
        (("zebra", "ape"), "R=zebra G=ape"),
        (("d", "c", "b", "a"), "R=d G=c B=b A=a"),
    ],
)
def test_when_mattes_are_packed_then_they_are_in_the_shot_s_order_and_the_header_says_which(tmp_path, names, which):
    objects = {name: soft(index) for index, name in enumerate(names)}
    channels, header = delivered(tmp_path, a_matte(objects), channels="packed")
    same(channels, dict.fromkeys("RGBA", np.zeros((8, 12))) | dict(zip("RGBA", objects.values(), strict=False)))
    assert header["penumbra/packed"] == which


def test_when_there_are_layers_then_a_reader_meets_the_plain_channels_first(tmp_path):
    matte = a_matte({"Able": 0.5, "zoe": 0.5})
    for how in ("rgba", "cryptomatte"):
        path = deliver(matte, Delivery(tmp_path / "m.####.exr", channels=how), PROVENANCE)
        assert read_header(path).channels[:4] == ("R", "G", "B", "A")


@pytest.mark.parametrize("channels", ["rgba", "alpha", "packed"])
def test_when_half_is_asked_for_then_every_channel_is_half(tmp_path, channels):
    written, _ = delivered(tmp_path, a_matte({"hero": soft(1)}), channels=channels, pixel_type="half")
    assert {values.dtype for values in written.values()} == {np.dtype(np.float16)}


@pytest.mark.parametrize("compression", ["dwaa", "dwab:200"])
def test_when_the_compression_is_lossy_then_every_alpha_is_exact_still(tmp_path, compression):
    how = {"compression": compression, "pixel_type": "half"}
    hero, dog = 0.5 * soft(1), 0.5 * soft(2)
    for channels in ("rgba", "alpha"):
        written, _ = delivered(tmp_path, a_matte({"hero": hero, "dog": dog}), channels=channels, **how)
        np.testing.assert_array_equal(written["hero.A"], hero.astype(np.float16))
        np.testing.assert_array_equal(written["A"], (hero + dog).astype(np.float16))
