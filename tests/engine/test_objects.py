"""Several objects in one shot: each has its own mask, alpha and layer."""

from dataclasses import replace

import numpy as np
import OpenEXR
import pytest
import torch

from penumbra import Propagator, load_model
from penumbra.color import View
from penumbra.shot import Delivery, KeyFrame
from tests.engine.shots import SIZE, alpha_of, files, make_shot, pixels, run_all, run_until, write_mask
from tests.pictures import read_exr_file

FRAMES = range(1001, 1005)


def masks():
    hero, dog = np.zeros((2, SIZE[1], SIZE[0]), np.float32)
    hero[6:26, 4:22] = 1
    dog[10:24, 27:44] = 1
    return {"hero": hero, "dog": dog}


@pytest.fixture
def shot(tmp_path, tiny_file):
    made = make_shot(tmp_path, tiny_file, FRAMES)
    keys = (KeyFrame(1001, write_mask(tmp_path / f"{name}.exr", mask), object=name) for name, mask in masks().items())
    return replace(made, key_frames=tuple(keys))


def of(shot, **delivery):
    return replace(shot, delivery=replace(shot.delivery, **{"pixel_type": "float", **delivery}))


def channels(folder, frame=1003):
    return read_exr_file(folder / "out" / f"matte.{frame}.exr")[0]


def test_when_there_are_two_objects_then_their_alphas_are_those_of_the_network_by_hand(tmp_path, tiny_file, shot):
    run_all(of(shot, channels="alpha"))
    propagator = Propagator(load_model(tiny_file), warmup=1)
    for frame in FRAMES:
        linear = pixels(tmp_path / f"plate.{frame}.exr").astype(np.float32).transpose(2, 0, 1)
        view = View()(torch.from_numpy(linear.copy()))
        both = torch.from_numpy(np.stack(list(masks().values())))
        alpha_OHW = propagator.start(view, both) if frame == 1001 else propagator.step(view)
        found = channels(tmp_path, frame)
        assert set(found) == {"A", "hero.A", "dog.A"}
        np.testing.assert_array_equal(found["hero.A"], alpha_OHW[0].numpy())
        np.testing.assert_array_equal(found["dog.A"], alpha_OHW[1].numpy())
        np.testing.assert_allclose(found["A"], np.minimum(alpha_OHW.sum(0).numpy(), 1), atol=1e-6)


def test_when_layers_are_written_then_each_is_the_plate_by_its_alpha(tmp_path, shot):
    run_all(of(shot))
    plate = pixels(tmp_path / "plate.1003.exr").astype(np.float32)
    found = channels(tmp_path)
    assert set(found) == {*"RGBA", *(f"{name}.{letter}" for name in ("hero", "dog") for letter in "RGBA")}
    for name in ("hero", "dog"):
        assert found[f"{name}.A"].max() > 0.05
        for index, letter in enumerate("RGB"):
            np.testing.assert_array_equal(found[f"{name}.{letter}"], plate[..., index] * found[f"{name}.A"])


def test_when_mattes_are_packed_then_they_are_the_same_alphas(tmp_path, shot):
    run_all(of(shot, channels="alpha"))
    apart = channels(tmp_path)
    run_all(of(shot, channels="packed"))
    packed = channels(tmp_path)
    np.testing.assert_array_equal(packed["R"], apart["hero.A"])
    np.testing.assert_array_equal(packed["G"], apart["dog.A"])
    assert not packed["B"].any()
    assert not packed["A"].any()


def test_when_a_cryptomatte_is_written_then_its_first_ranks_hold_both_objects(tmp_path, shot):
    run_all(of(shot, channels="cryptomatte", pixel_type="half"))
    header = OpenEXR.File(str(tmp_path / "out" / "matte.1003.exr"), separate_channels=True).header()
    (manifest,) = (value for name, value in header.items() if name.endswith("/manifest"))
    assert "hero" in manifest
    assert "dog" in manifest


def test_when_the_run_is_stopped_then_it_goes_on_with_both(tmp_path, shot):
    run_all(replace(of(shot), delivery=Delivery(tmp_path / "whole" / "matte.####.exr", pixel_type="float")))
    run_until(of(shot), 2)
    run_all(of(shot))
    assert files(tmp_path / "out") == files(tmp_path / "whole")


def test_when_objects_have_another_order_then_each_keeps_its_matte(tmp_path, shot):
    run_all(of(shot, channels="alpha"))
    before = channels(tmp_path)
    turned = replace(shot, key_frames=shot.key_frames[::-1])
    run_all(of(turned, channels="alpha", out=tmp_path / "turned" / "matte.####.exr"))
    after = read_exr_file(tmp_path / "turned" / "matte.1003.exr")[0]
    for name in ("hero.A", "dog.A"):
        np.testing.assert_allclose(after[name], before[name], atol=1e-5)


def test_when_one_object_has_a_name_then_it_has_a_layer_as_well(tmp_path, shot):
    run_all(of(replace(shot, key_frames=shot.key_frames[:1])))
    found = channels(tmp_path)
    np.testing.assert_array_equal(found["A"], found["hero.A"])
    assert alpha_of(tmp_path / "out" / "matte.1001.exr").max() > 0.05
