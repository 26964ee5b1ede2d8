"""`penumbra doctor`, in a process of its own as a person starts it."""

import json
import os

import pytest

ASIDE = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "HOME": "/nonexistent", "COLUMNS": "80"}


@pytest.fixture
def doctor(process, tmp_path, monkeypatch):
    """Runs it with another environment; gives exit code, findings by topic or what is printed."""

    def run(*options, foreign=None, **environment):
        for name, value in (ASIDE | environment).items():
            monkeypatch.setenv(name, value)
        if foreign is not None:
            paths = [str(foreign), *filter(None, [os.environ.get("PYTHONPATH")])]
            monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
        begun = process("doctor", *options)
        out, err = begun.communicate(timeout=120)
        assert err == ""
        assert "Traceback" not in out
        return begun.returncode, out

    return run


def by_topic(out):
    found = {}
    for finding in json.loads(out)["findings"]:
        assert set(finding) == {"level", "topic", "text", "next_step"}
        assert finding["text"].endswith((".", ")", "--nuke")), finding
        found.setdefault(finding["topic"], []).append(finding)
    return found


def test_when_nothing_is_wrong_then_it_says_what_is_there_and_ends_with_0(doctor):
    code, out = doctor("--json")
    found = by_topic(out)
    # Other programs may leave this machine too little memory for a shot, which is nobody's fault here.
    faults = [topic for topic, findings in found.items() if any(finding["level"] == "fault" for finding in findings)]
    assert set(faults) <= {"memory"}, out
    assert code == (4 if faults else 0)
    everything = ["Penumbra", "Python", "libraries", "processor", "memory", "torch", "GPU", "models", "color"]
    assert set(everything) <= set(found)
    assert {"pictures", "window", "Nuke", "temporary files", "user folder", "file names"} <= set(found)


def test_when_several_things_are_wrong_then_each_is_told_with_what_to_do_and_it_ends_with_4(doctor, tmp_path):
    (tmp_path / "data" / "models").mkdir(parents=True)
    (tmp_path / "data" / "models" / "broken.safetensors").write_bytes(b"no model")
    code, out = doctor(OCIO=str(tmp_path / "gone.ocio"), PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", LC_ALL="C")
    assert code == 4
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80
    # Without the line breaks, which may fall into a path.
    run_on = "".join(out.split())
    for said in (
        "Read and written as ascii",
        f"There is no OCIO configuration {tmp_path / 'gone.ocio'}, which $OCIO names.-> Mend or unset $OCIO",
        f"{tmp_path / 'data' / 'models' / 'broken.safetensors'} is not a model",
        "3 faults",
    ):
        assert said.replace(" ", "") in run_on, out


def test_when_pythonpath_brings_another_torch_then_the_doctor_still_speaks(doctor, tmp_path):
    foreign = tmp_path / "studio tools"
    foreign.mkdir()
    (foreign / "torch.py").write_text("raise SystemExit('this torch does nothing')")
    code, out = doctor("--json", foreign=foreign)
    found = by_topic(out)
    assert code == 4
    (environment,) = found["environment"]
    assert f"torch is taken from {foreign / 'torch.py'}" in environment["text"]
    assert f"Take {foreign} out of PYTHONPATH" in environment["next_step"]
    (torch,) = found["torch"]
    assert "This could not be looked at: this torch does nothing." in torch["text"]
    assert torch["next_step"] == "Mend the faults above first."
    assert found["pictures"][0]["level"] == "fine"


def test_when_there_is_a_terminal_then_levels_have_colors(doctor, tmp_path):
    foreign = tmp_path / "quick"
    foreign.mkdir()
    (foreign / "torch.py").write_text("raise SystemExit('quickly')")
    _, out = doctor(foreign=foreign, FORCE_COLOR="1")
    assert "\x1b[1;31mfault" in out
    assert "\x1b[32mfine" in out
