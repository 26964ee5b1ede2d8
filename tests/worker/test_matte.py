"""Jobs: what they make is what the command line makes, and what they tell on the way."""

import base64
import io
import json
import os
from pathlib import Path

import pytest
from PIL import Image

from penumbra.cli.main import main
from penumbra.engine.kept.lock import OutputLock
from penumbra.engine.kept.snapshots import Snapshots
from penumbra.engine.picture import picture as drawn
from penumbra.protocol import Code
from penumbra.shot import Shot
from tests.engine.shots import FRAMES, files, make_shot


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_when_a_shot_is_matted_then_the_bytes_are_those_of_the_command_line(talk, shot, tmp_path, out, monkeypatch):
    monkeypatch.setenv("PENUMBRA_DATA", str(tmp_path / "data"))
    name = talk.open(shot, tmp_path)
    result = talk.ask("matte", shot=name)
    assert result["outcome"] == "done"
    assert result["written"] == ["1001-1006"]
    assert result["seconds"] > 0
    ours = files(out)
    assert len(ours) == len(FRAMES)

    out.rename(tmp_path / "the worker's")
    assert main(["matte", str(tmp_path / "shot.json")]) == 0
    assert files(out) == ours


def test_when_a_shot_is_opened_then_its_relative_paths_start_at_the_folder(talk, shot, tmp_path, out):
    shot.save(tmp_path / "shot.json")
    document = json.loads((tmp_path / "shot.json").read_text())
    assert (document["plate"], document["delivery"]["out"]) == ("plate.####.exr", "out/matte.####.exr")
    opened = talk.ask("open", shot=document | {"frames": "1001-1004"}, folder=str(tmp_path))
    assert opened["frames"] == "1001-1004"
    assert opened["out"] == str(out / "matte.####.exr")
    assert talk.ask("open", shot=document, folder=str(tmp_path))["frames"] is None


def test_when_a_job_runs_then_all_of_its_events_are_told_with_its_number(talk, shot, tmp_path, out):
    name = talk.open(shot, tmp_path)
    job = talk.client.send("matte", shot=name, frames="1001-1003", device="cpu")
    assert talk.answer(job).result["written"] == ["1001-1003"]
    assert talk.told("started", job) == [{"job": job}]
    (opened,) = talk.told("opened", job)
    # With what was decided, so that every machine makes the same of it; and still a shot, its paths as they were.
    assert opened["shot"]["plate"] == "plate.####.exr"
    assert opened["shot"]["settings"]["colorspace"] == "Linear Rec.709 (sRGB)"
    assert opened["shot"]["settings"]["exposure"] == 0
    (tmp_path / "decided.json").write_text(json.dumps(opened["shot"]))
    assert Shot.load(tmp_path / "decided.json").plate == shot.plate
    assert any("frames 1001-1006, 48x32" in notice["text"] for notice in talk.told("notice", job))
    assert [(done["frame"], done["path"]) for done in talk.told("frame_done", job)] == [
        (frame, str(out / f"matte.{frame}.exr")) for frame in FRAMES[:3]
    ]
    progress = talk.told("progress", job)
    assert {each["stage"] for each in progress} == {"cuts", "matting"}
    first, *_, last = (each for each in progress if each["stage"] == "matting")
    assert (first["done"], first["total"], first["seconds_left"], first["frames_per_second"]) == (0, 3, None, 0)
    assert (last["done"], last["total"], last["seconds_left"]) == (3, 3, 0)
    assert last["frames_per_second"] == pytest.approx(3 / last["seconds"])


def test_when_one_frame_is_asked_for_then_it_is_that_of_the_whole_run_and_the_others_are_not_made(
    talk, shot, tmp_path, out
):
    name = talk.open(shot, tmp_path)
    assert talk.ask("frame", shot=name, frame=1004) == {"path": str(out / "matte.1004.exr")}
    (only,) = files(out).values()
    talk.ask("matte", shot=name)
    assert files(out)["matte.1004.exr"] == only
    assert talk.ask("frame", shot=name, frame=1004) == {"path": str(out / "matte.1004.exr")}


def test_when_states_are_asked_for_then_every_frame_says_how_it_stands(talk, shot, tmp_path):
    name = talk.open(shot, tmp_path)
    talk.ask("matte", shot=name, frames="1001-1002")
    frames = talk.ask("states", shot=name)["frames"]
    assert [each["frame"] for each in frames] == [*FRAMES]
    assert [each["matte"] for each in frames] == ["done"] * 2 + ["missing"] * 4
    assert frames[0] == {"frame": 1001, "keys": {"": "guide"}, "matte": "done", "disagreement": None}
    assert frames[1]["keys"] == {}


def test_when_a_picture_is_asked_for_then_it_is_a_small_png_of_the_frame(talk, shot, tmp_path, out):
    name = talk.open(shot, tmp_path)
    talk.ask("matte", shot=name, frames="1001")
    answer = talk.ask("picture", shot=name, frame=1001, look="matte", height=16)
    picture = Image.open(io.BytesIO(base64.b64decode(answer["png"])))
    assert picture.size == (answer["width"], answer["height"]) == (24, 16)
    assert base64.b64decode(answer["png"]) == drawn(shot, 1001, "matte", 16)
    refusal = talk.refused("picture", shot=name, frame=1002, look="matte", height=16)
    assert refusal.code in (Code.INPUT, Code.FILE)
    assert "1002" in refusal.message


def test_when_the_doctor_is_asked_then_each_finding_says_what_to_do(odd):
    finding = {"level": "fault", "topic": "GPU", "text": "There is none.", "next_step": "Use --device cpu."}
    assert odd.ask("doctor") == {"findings": [finding]}


def test_when_several_things_are_wrong_with_a_shot_then_all_are_told_with_their_fields(talk, shot, tmp_path):
    shot.save(tmp_path / "shot.json")
    document = json.loads((tmp_path / "shot.json").read_text())
    document["settings"]["roi"] = 17
    document["delivery"]["out"] = "matte.exr"
    document["spped"] = 1
    refusal = talk.refused("open", shot=document, folder=str(tmp_path))
    assert refusal.code == Code.INPUT
    faults = {tuple(fault["field"]): fault for fault in refusal.data["faults"]}
    assert set(faults) == {("settings", "roi"), ("delivery", "out"), ("spped",)}
    assert {fault["kind"] for fault in faults.values()} == {"input"}
    assert faults["delivery", "out"]["next_step"].startswith("Write ")
    # There is no file of which it could be a line.
    assert "line" not in refusal.message


def test_when_files_are_missing_then_the_job_fails_with_them_and_the_next_one_runs(talk, shot, tmp_path):
    name = talk.open(shot, tmp_path)
    (tmp_path / "plate.1003.exr").rename(tmp_path / "elsewhere.exr")
    (tmp_path / "plate.1005.exr").write_bytes(b"no picture")
    refusal = talk.refused("matte", shot=name)
    assert refusal.code == Code.FILE
    assert {fault["kind"] for fault in refusal.data["faults"]} == {"file"}
    assert {fault["frame"] for fault in refusal.data["faults"]} >= {1005}
    assert all(fault["next_step"] for fault in refusal.data["faults"])
    assert talk.ask("matte", shot=talk.open(make_shot(tmp_path, Path(shot.settings.model)), tmp_path))


def test_when_a_frame_or_a_device_is_none_then_it_is_said(talk, shot, tmp_path):
    name = talk.open(shot, tmp_path)
    assert "1001-1006" in talk.refused("frame", shot=name, frame=99).message
    assert "'toaster' is no device" in talk.refused("matte", shot=name, device="toaster").message
    assert "not a frame range" in talk.refused("matte", shot=name, frames="all").message
    assert talk.refused("matte", shot=name, frames="1001-1006x2").code == Code.INPUT


def test_when_another_run_makes_the_same_mattes_then_a_frame_is_refused_and_a_matte_waits_until_it_is_canceled(
    talk, shot, tmp_path
):
    name = talk.open(shot, tmp_path)
    with OutputLock(Snapshots.beside(shot.delivery, 0).folder, "another's") as lock:
        list(lock.take())
        refusal = talk.refused("frame", shot=name, frame=1002)
        assert refusal.code == Code.BUSY
        assert refusal.data["faults"][0]["kind"] == "busy"
        assert f"process {os.getpid()}" in refusal.message

        job = talk.client.send("matte", shot=name)
        talk.until(lambda message: getattr(message, "method", "") == "waiting" and message.params["job"] == job)
        assert talk.ask("cancel", job=job) == {"stopping": True}
        assert talk.answer(job).result["outcome"] == "stopped"
        assert f"Waiting for process {os.getpid()}" in talk.told("notice", job)[-1]["text"]

        job = talk.client.send("matte", shot=name)
        talk.until(lambda message: getattr(message, "method", "") == "waiting" and message.params["job"] == job)
    assert talk.answer(job).result["outcome"] == "done"


def test_when_a_shot_is_closed_then_it_is_gone(talk, shot, tmp_path):
    name = talk.open(shot, tmp_path)
    assert talk.ask("close", shot=name) == {}
    assert talk.refused("matte", shot=name).code == Code.INPUT
