"""`penumbra shot check`: what a shot file orders, or what is wrong with it, and nothing is made."""

import json
from dataclasses import replace

import numpy as np
import pytest

from penumbra.shot import APPROVED, KeyFrame, Presence, Shot
from tests.engine.shots import a_mask, files, write_mask


def tree(folder):
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


@pytest.fixture
def saved(order):
    """The small shot's file, with changes."""

    def save(name="shot.yaml", **changes):
        replace(order.shot, **changes).save(order.folder / name)
        return order.folder / name

    return save


def test_when_a_shot_file_is_good_then_what_it_orders_is_told_and_nothing_is_made(penumbra, order, saved):
    final = write_mask(order.folder / "final.1004.exr", np.zeros_like(a_mask()))
    keys = [
        KeyFrame(1001, order.shot.key_frames[0].path, object="hero"),
        KeyFrame(1004, final, object="hero", kind=APPROVED),
        KeyFrame(1003, write_mask(order.folder / "dog.exr"), object="dog"),
    ]
    file = saved(key_frames=keys, presences=[Presence("dog", 1002, 1005)])
    before = tree(order.folder)
    done = penumbra("shot", "check", file)
    assert (done.code, done.err) == (0, "")
    lines = [line.strip() for line in done.out.splitlines()]
    assert lines[0] == f"{file}: good."
    assert f"Plate: {order.shot.plate}, frames 1001-1006, 48x32" in lines
    assert "Key frames of hero: guide 1001; approved 1004" in lines
    assert "Key frames of dog: guide 1003" in lines
    assert "dog is in the shot from 1002 until 1005." in lines
    assert any(line.startswith("Model: tiny, Apache-2.0") for line in lines)
    assert f"Mattes: {order.shot.delivery.out}, rgba, half, zip" in lines
    assert tree(order.folder) == before


def test_when_there_is_one_nameless_object_then_its_key_frames_are_told(penumbra, saved):
    assert "  Key frames: guide 1001\n" in penumbra("shot", "check", saved("shot.json")).out


def test_when_the_file_is_wrong_then_every_line_is_told(penumbra, order, saved):
    file = saved()
    text = file.read_text().replace("warmup: 1", "warmup: many").replace("edges: guided", "edegs: guided")
    file.write_text(text)
    done = penumbra("shot", "check", file)
    assert (done.code, done.out) == (2, "")
    assert "2 things must be mended first:" in done.err
    for words in ("warmup: many", "edegs"):
        line = next(number for number, each in enumerate(text.splitlines(), 1) if words in each)
        assert f"Error: {file}, line {line}" in done.err
    assert "Did you mean edges?" in done.err


def test_when_what_it_orders_is_not_there_then_all_of_it_is_told_at_once(penumbra, order, saved):
    file = saved(settings=replace(order.shot.settings, model="no-such-model"))
    (order.folder / "plate.1003.exr").unlink()
    write_mask(order.folder / "roto.1001.exr", np.zeros_like(a_mask()))
    before = tree(order.folder)
    done = penumbra("shot", "check", file)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"{file}:\n3 things must be mended first:\n")
    for words in ("Frame 1003 of plate.####.exr is missing", "is empty", "'no-such-model'"):
        assert words in done.err
    assert tree(order.folder) == before


def test_when_several_files_are_given_then_each_is_told_of_and_the_worst_code_is_given(penumbra, order, saved):
    good, bad, none = saved("good.yaml"), saved("bad.json"), order.folder / "none.yaml"
    bad.write_text(json.dumps(json.loads(bad.read_text()) | {"version": 9}, indent=1))
    done = penumbra("shot", "check", good, bad, none, good)
    assert done.code == 3
    assert done.out.count(f"{good}: good.") == 2
    assert done.out.endswith("\n2 of 4 shot files are good.\n")
    assert (
        f"{bad}:\nError: {bad}, line 2: version is 9, but this Penumbra reads shot files up to version 2." in done.err
    )
    assert f"{none}:\nError: {none} cannot be read: No such file" in done.err
    assert penumbra("shot", "check", good, bad).code == 2
    assert penumbra("shot", "check", good, good).code == 0


def test_when_a_checked_file_is_run_then_the_run_says_the_same(penumbra, order, saved):
    checked = penumbra("shot", "check", saved())
    ran = penumbra("matte", saved())
    assert (checked.code, ran.code) == (0, 0)
    assert len(files(order.out)) == 6
    told = {line.strip() for line in checked.out.splitlines()[1:] if not line.startswith(("  Key frames", "  Mattes"))}
    assert told
    assert told <= set(ran.out.splitlines())


def test_when_no_file_is_given_then_one_is_asked_for(penumbra):
    done = penumbra("shot", "check")
    assert done.code == 2
    assert "Missing argument 'FILE...'" in done.err
    assert "check" in penumbra("shot", "--help").out
    assert "Check shot files." in penumbra("--help").out


def test_when_the_shot_moves_to_another_place_then_variables_still_lead_to_its_plates(
    penumbra, order, saved, tmp_path_factory, monkeypatch
):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "shot.yaml"
    order.shot.save(elsewhere)
    elsewhere.write_text(elsewhere.read_text().replace(str(order.folder), "$MY_SHOW"))
    assert penumbra("shot", "check", elsewhere).code == 2
    monkeypatch.setenv("MY_SHOW", str(order.folder))
    done = penumbra("shot", "check", elsewhere)
    assert done.code == 0, done.err
    assert Shot.load(elsewhere) == order.shot
