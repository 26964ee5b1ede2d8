"""The process: its streams, its threads, its models, and what becomes of a bug."""

from dataclasses import replace
from pathlib import Path

from penumbra.protocol import Code
from tests.engine.shots import FRAMES, files
from tests.models import save_tiny


def test_when_libraries_print_then_stdout_stays_pure_and_torch_has_the_threads_of_the_command_line(odd, shot, tmp_path):
    name = odd.open(shot, tmp_path)
    assert odd.ask("matte", shot=name, frames="1001-1003")["written"] == ["1001-1003"]
    odd.ask("picture", shot=name, frame=1001, look="over", height=8)
    assert odd.ask("matte", shot=name)["written"] == ["1004-1006"]
    odd.ask("frame", shot=name, frame=1006)
    log = odd.client.log_lines()
    counts = {
        words: log.count(words)
        for words in ("from Python", "from the system", "from C", "from a child", "2 threads, in the main one: True")
    }
    assert set(counts.values()) == {log.count("from C")}
    assert log.count("from C") >= len(FRAMES) - 1
    assert not odd.logged("not understood")


def test_when_there_is_a_bug_then_it_is_reported_in_a_file_and_the_worker_lives_on(odd, shot, tmp_path):
    name = odd.open(shot, tmp_path)
    (odd.folder / "bug").touch()
    refusal = odd.refused("matte", shot=name)
    assert refusal.code == Code.BUG
    assert "a bug of Penumbra's, and nothing that you did: ZeroDivisionError" in refusal.message
    report = Path(refusal.data["report"]).read_text()
    assert report.startswith("penumbra ")
    assert f"method='matte', params={{'shot': '{name}'}}" in report
    assert "in odd" in report
    assert "ZeroDivisionError: a bug, on purpose" in report
    assert odd.ask("matte", shot=name)["outcome"] == "done"
    assert len(files(tmp_path / "out")) == len(FRAMES)


def test_when_a_library_cannot_be_loaded_then_it_is_said_and_the_worker_lives_on(start, shot, tmp_path):
    talk = start(first="import sys; sys.modules['torch'] = None")
    name = talk.open(shot, tmp_path)
    asked = [("matte", {}), ("states", {}), ("picture", {"frame": 1001, "look": "plate", "height": 16})]
    for method, params in [*asked, *asked]:
        refusal = talk.refused(method, shot=name, **params)
        assert refusal.code == Code.MACHINE
        assert "libraries cannot be loaded: import of torch halted" in refusal.message
        assert "`penumbra doctor`" in refusal.data["faults"][0]["next_step"]


def test_when_a_second_matte_is_ordered_then_its_model_is_there_already_until_its_file_changes(talk, shot, tmp_path):
    model = save_tiny(tmp_path / "warm.safetensors")
    name = talk.open(replace(shot, settings=replace(shot.settings, model=str(model))), tmp_path)
    talk.ask("matte", shot=name, frames="1001-1003")
    talk.ask("matte", shot=name, frames="1001-1006")
    talk.ask("frame", shot=name, frame=1002)
    talk.ask("states", shot=name)
    assert len(talk.logged("Model warm is loaded on cpu", 1)) == 1

    save_tiny(model, seed=1)
    assert talk.ask("matte", shot=name)["written"] == ["1001-1006"]
    assert len(talk.logged("Model warm is loaded on cpu", 2)) == 2


def test_when_nothing_is_asked_for_a_while_then_the_model_is_let_go_and_loaded_again(odd, shot, tmp_path):
    model = save_tiny(tmp_path / "idle.safetensors")
    name = odd.open(replace(shot, settings=replace(shot.settings, model=str(model))), tmp_path)
    for loads in (1, 2):
        before = len(odd.logged("let go"))
        odd.ask("matte", shot=name)
        assert len(odd.logged("Model idle is loaded on cpu", loads)) == loads
        odd.logged("let go: there was no job for 1 seconds.", before + 1)
