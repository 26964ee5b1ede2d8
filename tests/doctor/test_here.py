"""Penumbra, Python, libraries: what is looked at without loading anything."""

import json
import subprocess
import sys

import pytest

from penumbra.doctor import Finding
from penumbra.doctor.here import encoding, glibc, program
from penumbra.doctor.libraries import LIBRARIES, libraries


def levels(findings):
    return [finding.level for finding in findings]


def test_when_all_is_well_then_nothing_is_noted():
    assert set(levels(program({}))) == {"fine"}
    (found,) = libraries({})
    assert found.level == "fine"
    assert f"all {len(LIBRARIES)} are there" in found.text


@pytest.mark.parametrize(
    ("told", "level"),
    [(("glibc", "2.28"), "fine"), (("glibc", "2.36"), "fine"), (("glibc", "2.17"), "fault"), (("", ""), "fault")],
)
def test_when_the_system_s_c_library_is_older_than_the_libraries_need_then_it_is_a_fault(told, level):
    found = glibc(*told)
    assert found.level == level
    assert bool(found.next_step) == (level == "fault")


@pytest.mark.parametrize(
    ("name", "level"), [("utf-8", "fine"), ("UTF_8", "fine"), ("ascii", "fault"), ("cp1252", "fault")]
)
def test_when_file_names_are_not_utf8_then_it_is_a_fault(name, level):
    assert encoding(name).level == level


def test_when_another_python_s_home_is_named_then_it_is_noted():
    (found,) = [finding for finding in program({"PYTHONHOME": "/nuke/python"}) if finding.level != "fine"]
    assert found.level == "note"
    assert "PYTHONHOME is /nuke/python" in found.text
    assert "Unset PYTHONHOME" in found.next_step


def in_a_process():
    """The libraries, as a process finds them that has loaded none yet."""
    asked = "import json; from dataclasses import astuple; from penumbra.doctor.libraries import libraries; "
    asked += "print(json.dumps([astuple(finding) for finding in libraries()]))"
    done = subprocess.run([sys.executable, "-P", "-c", asked], capture_output=True, text=True, check=True)
    return [Finding(*found) for found in json.loads(done.stdout)]


def test_when_pythonpath_brings_another_library_then_it_and_its_folder_are_a_fault(on_pythonpath):
    folder = on_pythonpath("OpenImageIO.py", "raise RuntimeError('it must not be loaded')")
    (found,) = in_a_process()
    assert (found.level, found.topic) == ("fault", "environment")
    assert f"OpenImageIO is taken from {folder / 'OpenImageIO.py'}" in found.text
    assert f"Take {folder} out of PYTHONPATH" in found.next_step


def test_when_pythonpath_brings_nothing_of_ours_then_it_is_said(on_pythonpath):
    on_pythonpath("studio_tools.py", "")
    there, environment = in_a_process()
    assert (there.level, environment.level) == ("fine", "fine")
    assert environment.text == "PYTHONPATH names 1 folder, which hides none of our libraries."


def test_when_a_library_is_not_installed_then_it_is_a_fault(monkeypatch):
    monkeypatch.setitem(LIBRARIES, "no_such_module", "NoSuchPackage")
    (found,) = libraries({})
    assert (found.level, found.text) == ("fault", "NoSuchPackage is not installed.")
    assert "install.py" in found.next_step


def test_when_the_project_needs_another_version_then_it_is_noted(monkeypatch):
    import numpy

    needs = ["torch==1.0", "numpy>=999", "click>=8.1", "scipy >=1.14; python_version > '3'"]
    monkeypatch.setattr("importlib.metadata.requires", lambda name: needs)
    found = {finding.text.split()[0]: finding for finding in libraries({})}
    assert set(found) == {"torch", "numpy"}
    assert found["numpy"].text == f"numpy is {numpy.__version__}, and Penumbra was made with at least 999."
    assert "made with exactly 1.0" in found["torch"].text
    assert {finding.level for finding in found.values()} == {"note"}
