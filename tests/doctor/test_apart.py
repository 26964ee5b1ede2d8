"""A look in a process of its own: whatever happens there becomes a finding."""

import sys
import time

import pytest

from penumbra.doctor.apart import looked_at


def look_at(name, *how, **more):
    return looked_at([name], *how, **more)[name]


def test_when_a_look_ends_well_then_its_findings_arrive_as_it_made_them():
    (found,) = look_at("pictures")
    assert (found.level, found.topic, found.next_step) == ("fine", "pictures", "")
    assert found.text.endswith("writes and reads EXR.")


def test_when_a_library_prints_then_the_findings_are_told_from_it(on_pythonpath):
    on_pythonpath("platformdirs.py", "print('findings: none'); user_data_dir = lambda name: '/'")
    assert [found.topic for found in look_at("disk")] == ["temporary files", "user folder"]


def test_when_the_person_s_folder_holds_a_file_of_a_library_s_name_then_it_is_not_taken_for_it(tmp_path, monkeypatch):
    (tmp_path / "numpy.py").write_text("raise ImportError('not this one')")
    monkeypatch.chdir(tmp_path)
    assert [found.level for found in look_at("pictures")] == ["fine"]


def test_when_a_look_raises_then_its_last_words_are_a_fault(on_pythonpath):
    on_pythonpath("numpy.py", "raise ImportError('libopenblas.so.0: cannot open shared object file')")
    (found,) = look_at("pictures", "Mend this.")
    assert (found.level, found.topic, found.next_step) == ("fault", "pictures", "Mend this.")
    wrong = "This could not be looked at: ImportError: libopenblas.so.0: cannot open shared object file."
    assert found.text == wrong


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals on Windows")
def test_when_a_look_crashes_then_the_signal_is_a_fault(on_pythonpath):
    on_pythonpath("numpy.py", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    (found,) = look_at("pictures")
    assert found.level == "fault"
    assert "the look at it ended with SIGSEGV" in found.text


def test_when_a_look_leaves_without_a_word_then_its_exit_code_is_a_fault(on_pythonpath):
    on_pythonpath("numpy.py", "import os; os._exit(9)")
    (found,) = look_at("pictures")
    assert found.text == "This could not be looked at: the look at it ended with exit code 9."


def test_when_a_look_crashes_after_all_is_said_then_it_counts(on_pythonpath):
    on_pythonpath(
        "platformdirs.py", "import atexit, os; atexit.register(os._exit, 9); user_data_dir = lambda name: '/'"
    )
    assert [found.level for found in look_at("disk")] == ["fine", "fine"]


def test_when_a_look_hangs_then_it_is_given_up(on_pythonpath):
    on_pythonpath("numpy.py", "import time; time.sleep(60)")
    begun = time.monotonic()
    (found,) = look_at("pictures", longest=1)
    assert time.monotonic() - begun < 10
    assert found.level == "fault"
    assert "there was no answer within 1 seconds" in found.text
    assert found.next_step


def test_when_python_itself_is_gone_then_it_is_told(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    (found,) = look_at("pictures")
    assert "/nowhere/python cannot be started" in found.text


def test_when_one_of_several_looks_crashes_then_the_others_have_their_findings(on_pythonpath):
    on_pythonpath("numpy.py", "import os; os._exit(9)")
    found = looked_at(["machine", "pictures", "disk"])
    assert list(found) == ["machine", "pictures", "disk"]
    assert [finding.topic for finding in found["machine"]] == ["processor", "memory"]
    assert [finding.level for finding in found["pictures"]] == ["fault"]
    assert [finding.topic for finding in found["disk"]] == ["temporary files", "user folder"]


def test_when_one_of_several_looks_hangs_then_those_before_it_have_their_findings(on_pythonpath):
    on_pythonpath("numpy.py", "import time; time.sleep(60)")
    found = looked_at(["machine", "pictures", "disk"], longest=4)
    assert [finding.topic for finding in found["machine"]] == ["processor", "memory"]
    assert [finding.level for name in ("pictures", "disk") for finding in found[name]] == ["fault", "fault"]
