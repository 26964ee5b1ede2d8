"""A memory on disk: every bit comes back, and whatever is not exactly what was saved is refused."""

import json
import os
import shutil
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
import safetensors.torch
import torch

from penumbra.errors import FileError, MachineError
from penumbra.memory import MemoryEntry, MemoryState

REFUSED = "is not a memory snapshot that can be read"


def noise(*shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(sum(shape)))


def a_state(*, objects: int = 2, size: int = 16, entries: int = 3, **changed: object) -> MemoryState:
    places = size // 16
    value = noise(objects, 4, places, places)
    bank = [MemoryEntry(noise(1, 2, places, places), noise(1, 1, places, places), value + i) for i in range(entries)]
    state = MemoryState(
        model="a model's digest",
        frame_size=(size - 3, size - 5),
        entries=tuple(bank),
        sensory=noise(objects, 3, places, places),
        summaries=noise(objects, 2, 5),
        last_alpha=noise(objects, 1, size, size),
        last_pixel=noise(1, 4, places, places),
        last_value=bank[-1].value,  # one tensor under two names, as after a memory frame
        frames_since_memory=2,
        permanent=2,
    )
    return replace(state, **changed)


def assert_same(one: MemoryState, other: MemoryState) -> None:
    for item in fields(MemoryState):
        mine, its = getattr(one, item.name), getattr(other, item.name)
        if isinstance(mine, torch.Tensor):
            assert mine.dtype == its.dtype, item.name
            assert torch.equal(mine, its), item.name
        elif item.name != "entries":
            assert mine == its, item.name
    assert len(one.entries) == len(other.entries)
    for mine, its in zip(one.entries, other.entries, strict=True):
        assert all(torch.equal(getattr(mine, name), getattr(its, name)) for name in ("key", "shrinkage", "value"))


@pytest.fixture
def saved(tmp_path) -> Path:
    path = tmp_path / "memory.safetensors"
    a_state().save(path, "fingerprint")
    return path


@pytest.mark.parametrize("fingerprint", [None, "fingerprint"])
def test_when_a_memory_is_saved_then_every_value_of_it_comes_back(saved, fingerprint):
    assert_same(MemoryState.load(saved, fingerprint), a_state())
    assert_same(MemoryState.load(str(saved)), a_state())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_when_the_bank_is_stored_smaller_then_it_comes_back_as_it_was(tmp_path, dtype):
    state = a_state()
    bank = tuple(MemoryEntry(e.key.to(dtype), e.shrinkage.to(dtype), e.value.to(dtype)) for e in state.entries)
    state = replace(state, entries=bank)
    state.save(tmp_path / "a")
    assert_same(MemoryState.load(tmp_path / "a"), state)
    assert MemoryState.load(tmp_path / "a").entries[0].key.dtype == dtype


def test_when_values_are_not_numbers_or_a_tensor_is_a_view_then_the_bits_still_come_back(tmp_path):
    odd = torch.tensor([float("nan"), float("inf"), -0.0, 1e-45])
    state = a_state(summaries=odd.repeat(2, 3, 2)[:, :2, 1:6])
    state.save(tmp_path / "a")
    loaded = MemoryState.load(tmp_path / "a").summaries
    assert torch.equal(loaded.view(torch.int32), state.summaries.contiguous().view(torch.int32))


def test_when_the_same_memory_is_saved_twice_then_the_files_are_equal(saved, tmp_path):
    a_state().save(tmp_path / "again", "fingerprint")
    assert (tmp_path / "again").read_bytes() == saved.read_bytes()


def test_when_a_memory_is_of_another_fingerprint_then_both_are_said(saved):
    with pytest.raises(FileError, match="memory of something else: its fingerprint is fingerprint, and another was"):
        MemoryState.load(saved, "another")
    with pytest.raises(FileError, match="something else"):
        MemoryState.load(saved, "")


def test_when_a_memory_was_saved_without_a_fingerprint_then_it_fits_none(tmp_path):
    a_state().save(tmp_path / "a")
    assert_same(MemoryState.load(tmp_path / "a"), a_state())
    with pytest.raises(FileError, match="its fingerprint is empty"):
        MemoryState.load(tmp_path / "a", "fingerprint")


def test_when_any_bit_of_the_file_is_flipped_then_it_is_refused(saved):
    whole = saved.read_bytes()
    with saved.open("r+b", buffering=0) as file:
        for place, byte in enumerate(whole):
            file.seek(place)
            file.write(bytes([byte ^ 1 << place % 8]))
            with pytest.raises(FileError):
                MemoryState.load(saved, "fingerprint")
            file.seek(place)
            file.write(bytes([byte]))
    assert_same(MemoryState.load(saved, "fingerprint"), a_state())


@pytest.mark.parametrize("left", [0, 1, 8, 100, 2000, -1])
def test_when_the_file_is_cut_then_it_is_refused(saved, left):
    saved.write_bytes(saved.read_bytes()[:left])
    with pytest.raises(FileError, match=REFUSED) as caught:
        MemoryState.load(saved)
    assert caught.value.path == saved
    assert "Delete it" in str(caught.value)


def test_when_the_file_goes_on_then_it_is_refused(saved):
    saved.write_bytes(saved.read_bytes() + b"\0")
    with pytest.raises(FileError, match=REFUSED):
        MemoryState.load(saved)


def test_when_two_tensors_have_changed_places_then_it_is_refused(saved):
    whole = saved.read_bytes()
    first, second = b'"entries.0.value"', b'"entries.1.value"'
    swapped = whole.replace(first, b"?" * 17).replace(second, first).replace(b"?" * 17, second)
    assert swapped != whole
    saved.write_bytes(swapped)
    with pytest.raises(FileError, match="its content is not what was written"):
        MemoryState.load(saved)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a text",
        b"\xff" * 64,
        safetensors.torch.save({"weight": torch.ones(3)}),
        safetensors.torch.save({"weight": torch.ones(3)}, metadata={"penumbra": "{}"}),
        safetensors.torch.save({"weight": torch.ones(3)}, metadata={"penumbra_memory": "{}"}),
        safetensors.torch.save({"weight": torch.ones(3)}, metadata={"penumbra_memory": "null"}),
        safetensors.torch.save({"weight": torch.ones(3)}, metadata={"penumbra_memory": "[" * 100_000}),
    ],
)
def test_when_the_file_is_no_memory_then_it_is_refused(tmp_path, content):
    (tmp_path / "foreign.safetensors").write_bytes(content)
    with pytest.raises(FileError, match=REFUSED):
        MemoryState.load(tmp_path / "foreign.safetensors")


def test_when_the_file_is_of_another_version_then_both_are_said(saved):
    content = saved.read_bytes()
    length = int.from_bytes(content[:8], "little")
    told = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["penumbra_memory"])
    header = told["header"]
    older = safetensors.torch.save(
        {"sensory": torch.ones(1)},
        metadata={"penumbra_memory": json.dumps(told | {"header": header | {"version": header["version"] - 1}})},
    )
    saved.write_bytes(older)
    with pytest.raises(FileError, match=f"of version {header['version'] - 1}, not {header['version']}"):
        MemoryState.load(saved)


def test_when_there_is_no_file_or_a_folder_then_it_is_refused(tmp_path):
    with pytest.raises(FileError, match=f"{REFUSED}: No such file or directory"):
        MemoryState.load(tmp_path / "gone")
    with pytest.raises(FileError, match=f"{REFUSED}: Is a directory"):
        MemoryState.load(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be cut there")
def test_when_the_file_is_gone_or_cut_after_it_was_loaded_then_the_memory_stays(saved):
    loaded = MemoryState.load(saved)
    os.truncate(saved, 0)
    saved.unlink()
    assert_same(loaded, a_state())


def test_when_it_cannot_be_written_then_nothing_is_left_and_what_was_there_stays(tmp_path, ordinary_user):
    folder = tmp_path / "locked"
    folder.mkdir()
    a_state().save(folder / "a")
    before = (folder / "a").read_bytes()
    folder.chmod(0o555)
    with ordinary_user(), pytest.raises(MachineError, match="a cannot be written: Permission denied"):
        a_state(objects=1).save(folder / "a")
    folder.chmod(0o755)
    assert [path.name for path in folder.iterdir()] == ["a"]
    assert (folder / "a").read_bytes() == before
    shutil.rmtree(folder)
