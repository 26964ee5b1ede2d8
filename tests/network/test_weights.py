"""Model files: strict, and nothing in them is ever run."""

import pickle

import pytest
import safetensors.torch
import torch

from penumbra import load_model
from penumbra.errors import FileError, InputError
from penumbra.network import add_model, listed, remove_model
from tests.models import save_tiny
from tests.published import seeded_tensors


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PENUMBRA_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("PENUMBRA_COMMERCIAL", raising=False)


@pytest.fixture(scope="module")
def tensors():
    return seeded_tensors(1)


def test_when_a_published_pth_is_loaded_then_it_equals_the_safetensors(tensors, seeded_model, tmp_path):
    # The published file also holds computed positions.
    names = ("object_transformer.spatial_pe.inv_freq", "object_summarizer.pos_enc.inv_freq")
    computed = {name: torch.ones(64) for name in names}
    torch.save(tensors | computed, tmp_path / "matanyone.pth")
    model = load_model(tmp_path / "matanyone.pth")
    assert model.digest == seeded_model(1).digest
    assert "non-commercial" in model.card.license
    assert not model.card.commercial


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.pop("key_proj.d_proj.bias"), "1 missing: key_proj.d_proj.bias"),
        (lambda t: t.update({"extra.weight": torch.ones(1)}), "1 unknown: extra.weight"),
        (lambda t: t.update({"pix_feat_proj.bias": torch.ones(3)}), r"pix_feat_proj.bias \[3\] instead of \[256\]"),
    ],
)
def test_when_a_name_is_wrong_then_the_error_names_it(tensors, tmp_path, suffix, change, said):
    wrong, path = dict(tensors), tmp_path / f"wrong{suffix}"
    change(wrong)
    torch.save(wrong, path) if suffix == ".pth" else safetensors.torch.save_file(wrong, path)
    with pytest.raises(FileError, match=said):
        load_model(path)


class Harmful:
    def __reduce__(self):
        return (print, ("this must never run",))


@pytest.mark.parametrize(
    "content",
    [b"", b"not a model", pickle.dumps(Harmful(), 2), pickle.dumps({"a": 1}, 2)],
    ids=["empty", "text", "code", "plain pickle"],
)
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_when_a_file_is_no_checkpoint_then_it_is_refused_and_nothing_runs(tmp_path, capsys, content, suffix):
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(content)
    with pytest.raises(FileError, match="not a model"):
        load_model(path)
    assert "never run" not in capsys.readouterr().out


def test_when_a_checkpoint_holds_code_then_it_is_refused_and_nothing_runs(tmp_path, capsys):
    torch.save({"weight": Harmful()}, tmp_path / "code.pth")
    with pytest.raises(FileError, match="not a model"):
        load_model(tmp_path / "code.pth")
    assert "never run" not in capsys.readouterr().out


def test_when_there_is_no_such_file_or_name_then_the_error_says_which_there_are(tmp_path):
    with pytest.raises(FileError, match="no model file"):
        load_model(tmp_path / "none.pth")
    with pytest.raises(InputError, match="There is no model named 'nobody'"):
        load_model("nobody")


def test_when_a_file_of_ours_is_loaded_then_it_carries_its_own_config(tmp_path):
    model = load_model(save_tiny(tmp_path / "small.safetensors"))
    assert model.network.config.pixel == 16
    assert (model.card.license, model.card.commercial) == ("Apache-2.0", True)


def test_when_a_value_in_our_file_has_changed_then_it_is_refused(tmp_path):
    path = save_tiny(tmp_path / "small.safetensors")
    content = bytearray(path.read_bytes())
    content[-3] ^= 0x40
    path.write_bytes(content)
    with pytest.raises(FileError, match="its header says digest"):
        load_model(path)


def test_when_a_model_is_added_then_it_has_a_name_until_it_is_removed(tmp_path):
    path = save_tiny(tmp_path / "mine.safetensors")
    added = add_model(path, "hero")
    assert load_model("hero").digest == added.digest == load_model(path).digest
    assert [entry.name for entry in listed() if not entry.bundled] == ["hero"]
    add_model(path, "hero")
    with pytest.raises(InputError, match="another model named hero"):
        add_model(save_tiny(tmp_path / "other.safetensors", seed=3), "hero")
    remove_model("hero")
    with pytest.raises(InputError, match="no model named 'hero'"):
        load_model("hero")


def test_when_work_is_paid_then_a_non_commercial_model_is_refused(tensors, tmp_path, monkeypatch):
    torch.save(tensors, tmp_path / "matanyone2.pth")
    added = add_model(tmp_path / "matanyone2.pth", "matanyone2")
    assert load_model("matanyone2").digest == added.digest
    monkeypatch.setenv("PENUMBRA_COMMERCIAL", "1")
    for model in ("matanyone2", tmp_path / "matanyone2.pth"):
        with pytest.raises(InputError, match="paid work"):
            load_model(model)
    assert load_model(save_tiny(tmp_path / "free.safetensors")).card.commercial
