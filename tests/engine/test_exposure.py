"""Exposure: a plate one stop up gets the same matte with `auto`, and the number is kept in the order."""

from dataclasses import replace

import numpy as np

from penumbra.engine.opened import open_shot
from penumbra.shot import Delivery
from tests.engine.shots import FRAMES, alpha_of, files, light, make_shot, notices, pixels, run_all
from tests.pictures import write_exr_file


def brighter(folder, stops):
    for frame in FRAMES:
        plate = light(frame).astype(np.float32) * 2**stops
        write_exr_file(folder / f"plate.{frame}.exr", {"RGB": plate})


def with_exposure(shot, exposure, out="out"):
    delivery = Delivery(shot.plate.parent / out / "matte.####.exr", pixel_type="float")
    return replace(shot, settings=replace(shot.settings, exposure=exposure), delivery=delivery)


def alphas(folder, out="out"):
    return np.stack([alpha_of(folder / out / f"matte.{frame}.exr") for frame in FRAMES])


def test_when_the_plate_is_one_stop_up_then_auto_gives_the_same_matte_and_no_exposure_does_not(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file)
    found = {}
    for stops in (0, 1):
        brighter(tmp_path, stops)
        for exposure in (0.0, "auto"):
            run_all(with_exposure(shot, exposure, f"{stops}_{exposure}"))
            found[stops, exposure] = alphas(tmp_path, f"{stops}_{exposure}")
    assert np.abs(found[1, "auto"] - found[0, "auto"]).mean() < 0.01
    assert np.abs(found[1, 0.0] - found[0, 0.0]).mean() > 0.002, "a stop that the network is shown is seen"


def test_when_exposure_is_auto_then_the_order_keeps_a_number_that_gives_the_same_bytes(tmp_path, tiny_file):
    shot = with_exposure(make_shot(tmp_path, tiny_file), "auto")
    decided = open_shot(shot, "cpu").shot
    assert isinstance(decided.settings.exposure, float)
    assert f"Exposure for the network: {decided.settings.exposure:+g} stops" in notices(run_all(shot))
    run_all(replace(decided, delivery=Delivery(tmp_path / "again" / "matte.####.exr", pixel_type="float")))
    assert files(tmp_path / "out") == files(tmp_path / "again")


def test_when_only_a_later_frame_is_brighter_then_the_exposure_is_still_the_key_frame_s(tmp_path, tiny_file):
    shot = with_exposure(make_shot(tmp_path, tiny_file), "auto")
    before = open_shot(shot, "cpu").shot.settings.exposure
    write_exr_file(tmp_path / "plate.1004.exr", {"RGB": light(1004).astype(np.float32) * 64})
    assert open_shot(shot, "cpu").shot.settings.exposure == before
    write_exr_file(tmp_path / "plate.1001.exr", {"RGB": light(1001).astype(np.float32) * 4})
    assert open_shot(shot, "cpu").shot.settings.exposure == before - 2


def test_when_an_exposure_is_given_then_only_the_network_sees_it(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file)
    run_all(with_exposure(shot, -2))
    rgba = pixels(tmp_path / "out" / "matte.1002.exr")
    np.testing.assert_array_equal(rgba[..., :3], light(1002).astype(np.float32) * rgba[..., 3:])
