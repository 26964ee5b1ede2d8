"""The looks: machine, disk, torch, models, color, window."""

import os
import shutil
import stat
import sys

import pytest
import torch as the_library

from penumbra.codec import read_picture
from penumbra.doctor.apart import looked_at
from penumbra.doctor.looks import color, disk, machine, models, pictures, torch, window
from penumbra.network import ModelCard, save_weights
from tests.doctor.conftest import ROOT
from tests.models import TINY, save_tiny


def only(findings):
    (found,) = findings
    return found


@pytest.mark.parametrize(("free", "level"), [(24e9, "fine"), (3e9, "note"), (1e9, "fault")])
def test_when_memory_is_less_than_a_shot_takes_then_it_is_said(free, level):
    found = machine.memory(free, 25e9)
    assert found.level == level
    assert found.text.startswith(f"{free / 1e9:.1f} GB of 25.0 GB are free.")
    assert bool(found.next_step) == (level != "fine")


def test_when_this_machine_is_looked_at_then_cores_and_memory_are_as_the_system_counts_them():
    processor, memory = machine.look()
    assert processor.text.startswith(f"{os.cpu_count()} core")
    if sys.platform == "linux":
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        assert f" of {total / 1e9:.1f} GB are free." in memory.text


def test_when_a_container_gives_less_than_the_machine_has_then_that_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "CGROUP", tmp_path)
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    (tmp_path / "memory.max").write_text("3000000000\n")
    (tmp_path / "memory.current").write_text("2000000000\n")
    processor, memory = machine.look()
    assert "This process may use 0.5 of them." in processor.text
    assert "OMP_NUM_THREADS=1" in processor.next_step
    assert memory.level == "fault"
    assert memory.text.startswith("1.0 GB of ")
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert "may use 0.5" not in next(machine.look()).text


def test_when_the_temporary_folder_is_not_there_then_it_is_said_which_one_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
    note, used, _ = looked_at(["disk"])["disk"]
    assert note.level == "note"
    assert f"TMPDIR names {tmp_path / 'gone'}, which cannot be written to; " in note.text
    assert used.level == "fine"


def test_when_the_user_folder_is_not_there_yet_then_its_disk_is_looked_at(tmp_path):
    found = disk.user_folder(tmp_path / "a" / "b")
    assert found.level == "fine"
    assert found.text.startswith(f"{tmp_path / 'a' / 'b'}, ")
    assert not list(tmp_path.iterdir())


def test_when_the_user_folder_lies_in_a_file_then_it_is_noted(tmp_path):
    (tmp_path / "file").write_text("")
    found = disk.user_folder(tmp_path / "file" / "models")
    assert (found.level, found.next_step != "") == ("note", True)
    assert f"{tmp_path / 'file'} is a file" in found.text


def test_when_the_user_folder_is_read_only_then_it_is_noted(tmp_path, ordinary_user):
    folder = tmp_path / "read_only"
    folder.mkdir(mode=0o555)
    with ordinary_user():
        found = disk.user_folder(folder / "penumbra")
    assert found.level == "note"
    assert f"you have no right to write in {folder}" in found.text


CARD = (("NVIDIA RTX A6000", "470.57.02"),)


@pytest.mark.parametrize(
    ("gpus", "level", "said"),
    [
        (torch.Gpus((), None, False), "fine", "runs on the CPU"),
        (torch.Gpus(CARD, None, False), "note", "NVIDIA RTX A6000 (driver 470.57.02) is not used"),
        (torch.Gpus((), "13.0", False), "note", "no NVIDIA GPU or driver is here"),
        (
            torch.Gpus(CARD, "13.0", False, "The NVIDIA driver on your system is too old"),
            "fault",
            "too old for CUDA 13.0",
        ),
        (torch.Gpus(CARD, "13.0", False, "CUDA unknown error"), "fault", "CUDA unknown error"),
        (torch.Gpus(CARD, "13.0", False, "", hidden=""), "note", "CUDA_VISIBLE_DEVICES is ''"),
    ],
)
def test_when_an_nvidia_gpu_is_not_used_then_it_is_said_why(gpus, level, said):
    found = only(torch.nvidia(gpus))
    assert found.level == level
    assert said in found.text
    assert bool(found.next_step) == (level != "fine")


def test_when_an_nvidia_gpu_is_used_then_nothing_is_in_its_way():
    assert list(torch.nvidia(torch.Gpus(CARD, "13.0", True))) == []


@pytest.mark.skipif(the_library.version.cuda is not None, reason="this torch is built for CUDA")
def test_when_the_machine_has_a_gpu_that_torch_is_not_built_for_then_the_build_is_named(tmp_path, monkeypatch):
    program = tmp_path / "nvidia-smi"
    program.write_text('#!/bin/sh\necho "NVIDIA RTX A6000, 580.65.06"\necho "NVIDIA L4, 580.65.06"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    build, gpu = torch.look()
    assert build.text.startswith(f"{the_library.__version__}, built for the CPU, ")
    assert "NVIDIA RTX A6000 (driver 580.65.06), NVIDIA L4 (driver 580.65.06) is not used" in gpu.text
    assert gpu.next_step == "python3 install.py --torch cuda"


def test_when_the_models_are_whole_then_each_is_told_with_its_license(tmp_path):
    save_tiny(tmp_path / "data" / "models" / "mine.safetensors")
    bundled, mine = models.look()
    assert bundled.level == mine.level == "fine"
    assert "penumbra-seed: bundled" in bundled.text
    assert "Apache-2.0, for paid work too." in bundled.text
    assert f"mine: added, {tmp_path / 'data' / 'models' / 'mine.safetensors'}" in mine.text


def test_when_an_added_model_is_damaged_then_it_is_a_fault(tmp_path):
    path = save_tiny(tmp_path / "data" / "models" / "mine.safetensors")
    content = bytearray(path.read_bytes())
    content[-3] ^= 1  # one bit of a weight
    path.write_bytes(content)
    _, found = models.look()
    assert found.level == "fault"
    assert "mine.safetensors is not a model" in found.text
    assert "digest" in found.text
    assert "penumbra models remove mine" in found.next_step


def test_when_a_model_is_refused_on_paid_work_then_it_is_noted(tmp_path, tiny_model, monkeypatch):
    path = tmp_path / "data" / "models" / "bound.safetensors"
    path.parent.mkdir(parents=True)
    save_weights(path, tiny_model.network.state_dict(), ModelCard(TINY))
    assert [found.level for found in models.look()] == ["fine", "fine"]
    monkeypatch.setenv("PENUMBRA_COMMERCIAL", "1")
    bundled, bound = models.look()
    assert (bundled.level, bound.level) == ("fine", "note")
    assert "NOT for paid work" in bound.text
    assert "it is refused" in bound.text


def test_when_the_bundled_model_is_damaged_or_gone_then_it_is_a_fault(tmp_path, monkeypatch):
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "core", copy / "core", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    shutil.copytree(ROOT / "models", copy / "models")
    monkeypatch.setenv("PYTHONPATH", str(copy / "core"))
    seed = copy / "models" / "penumbra-seed.safetensors"
    seed.write_bytes(seed.read_bytes()[:-1000])
    found = only(looked_at(["models"])["models"])
    assert found.level == "fault"
    assert str(seed) in found.text
    assert found.next_step == "Get the whole of Penumbra again."
    seed.unlink()
    save_tiny(tmp_path / "data" / "models" / "mine.safetensors")
    found, _ = looked_at(["models"])["models"]
    assert found.text == f"The bundled model penumbra-seed is not in {copy / 'models'}."
    assert found.level == "fault"


def test_when_ocio_names_nothing_then_the_built_in_configuration_is_told():
    found = only(color.look())
    assert found.level == "fine"
    assert "$OCIO is not set; ocio://studio-config" in found.text


def test_when_ocio_names_a_file_that_is_not_there_then_it_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setenv("OCIO", str(tmp_path / "gone.ocio"))
    found = only(color.look())
    assert found.level == "fault"
    assert f"no OCIO configuration {tmp_path / 'gone.ocio'}, which $OCIO names" in found.text
    assert "unset $OCIO" in found.next_step


def test_when_ocio_names_what_is_no_configuration_then_it_is_a_fault(tmp_path, monkeypatch):
    (tmp_path / "odd.ocio").write_text("ocio_profile_version: 2\nroles: [")
    monkeypatch.setenv("OCIO", str(tmp_path / "odd.ocio"))
    found = only(color.look())
    assert found.level == "fault"
    assert "cannot be used" in found.text


@pytest.mark.parametrize(
    ("roles", "level"), [("{default: raw, scene_linear: raw}", "fine"), ("{default: raw}", "note")]
)
def test_when_the_configuration_has_no_scene_linear_role_then_it_is_noted(tmp_path, monkeypatch, roles, level):
    path = tmp_path / "own.ocio"
    path.write_text(
        f"ocio_profile_version: 2\nroles: {roles}\nfile_rules:\n  - !<Rule> {{name: Default, colorspace: raw}}\n"
        "displays:\n  d:\n    - !<View> {name: v, colorspace: raw}\n"
        "colorspaces:\n  - !<ColorSpace> {name: raw, isdata: true}\n"
    )
    monkeypatch.setenv("OCIO", str(path))
    found = only(color.look())
    assert found.level == level
    assert f"$OCIO is {path}: 1 color spaces." in found.text
    assert ("no role scene_linear" in found.text) == (level == "note")


@pytest.mark.parametrize(("has_screen", "level"), [(True, "fault"), (False, "note")])
def test_when_qt_needs_a_system_library_then_its_packages_are_named(has_screen, level, monkeypatch):
    monkeypatch.setattr(window, "_is_missing", lambda library: library == "libEGL.so.1")
    fault = "libxcb-cursor.so.0: cannot open shared object file: No such file or directory"
    found = window.lacking(fault, has_screen=has_screen)
    assert found.level == level
    assert "libxcb-cursor.so.0, libEGL.so.1" in found.text
    step = "sudo apt install libegl1 libxcb-cursor0; on Rocky: sudo dnf install libglvnd-egl xcb-util-cursor"
    assert found.next_step == step


def test_when_qt_needs_a_library_that_nobody_knows_then_it_is_named_all_the_same():
    found = window.lacking("libodd.so.7: cannot open shared object file: No such file", has_screen=True)
    assert "libodd.so.7" in found.text
    assert "Install your system's packages" in found.next_step


def test_when_qt_is_not_installed_then_it_is_told(on_pythonpath):
    on_pythonpath("PySide6.py", "raise ImportError('No module named PySide6')")
    found = only(looked_at(["window"])["window"])
    assert found.level == "note"
    assert found.text.startswith("Qt cannot be loaded: No module named PySide6.")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")
def test_when_the_screen_does_not_answer_then_it_is_told(monkeypatch):
    monkeypatch.setattr(window, "_load_screen_plugin", lambda plugins: None)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":7777")
    found = only(window.look())
    assert found.level == "note"
    assert "cannot open a window" in found.text
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert only(window.look()).text.endswith("opens windows.")


def test_when_there_is_no_screen_then_no_window_is_tried(monkeypatch):
    monkeypatch.setattr(window, "_load_screen_plugin", lambda plugins: None)
    monkeypatch.setattr(window, "why_no_window", lambda: pytest.fail("a window was opened"))
    if sys.platform == "linux":
        assert "There is no screen here" in only(window.look()).text


def test_when_a_picture_comes_back_otherwise_than_it_was_written_then_it_is_a_fault(monkeypatch):
    def read_wrongly(path, channels):
        picture = read_picture(path, channels)
        picture.pixels_HWC[3, 4, 1] += 1
        return picture

    monkeypatch.setattr(pictures, "read_picture", read_wrongly)
    found = only(pictures.look())
    assert found.level == "fault"
    assert "read other pixels" in found.text


def test_when_no_picture_can_be_written_then_it_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    found = only(pictures.look())
    assert found.level == "fault"
    assert "could not write and read an EXR" in found.text
