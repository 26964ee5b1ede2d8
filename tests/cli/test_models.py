"""`penumbra models`, and what a model's license does to a run."""

import io
import sys

import numpy as np
import pytest
import torch

from penumbra.network import ModelCard, Network, load_model, save_weights
from penumbra.network.weights import PUBLISHED_LICENSE
from tests.engine.shots import files
from tests.models import TINY
from tests.pictures import read_exr_file
from tests.published import seeded_tensors

NOT_FOR_PAID_WORK = "License: the mattes of this model may not be used on paid work."


@pytest.fixture
def answer(monkeypatch):
    """What the person types when asked."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.fixture
def bound(tmp_path, tiny_model):
    """A tiny model with the license of the published ones."""
    path = tmp_path / "bound.safetensors"
    save_weights(path, tiny_model.network.state_dict(), ModelCard(TINY))
    return path


def test_when_the_published_checkpoint_is_added_then_it_is_licensed_named_and_works(
    penumbra, order, tmp_path, answer, monkeypatch
):
    checkpoint = tmp_path / "matanyone.pth"
    torch.save(seeded_tensors(1), checkpoint)
    kept = tmp_path / "data" / "models" / "matanyone.safetensors"

    answer("y\n")
    done = penumbra("models", "add", checkpoint)
    assert done.code == 0
    assert f"License: {PUBLISHED_LICENSE}" in done.out
    assert "non-commercial purposes only" in done.out
    assert done.out.count("Do you accept this license?") == 1
    assert "Added matanyone, digest " in done.out
    assert kept.is_file()
    checkpoint.unlink()

    line = order.line("--frames", "1001-1002", "--warmup", 0, model="matanyone")
    done = penumbra(*line)
    assert done.code == 0, done.err
    assert f"Model: matanyone, {PUBLISHED_LICENSE}, digest " in done.out
    assert NOT_FOR_PAID_WORK in done.out
    header = read_exr_file(order.out / "matte.1002.exr")[1]
    assert header["penumbra/model"] == "matanyone"
    assert header["penumbra/modelLicense"] == PUBLISHED_LICENSE
    assert f"digest {header['penumbra/modelDigest'][:12]}" in done.out

    before = files(order.out)
    monkeypatch.setenv("PENUMBRA_COMMERCIAL", "1")
    done = penumbra(*line)
    assert done.code == 2
    assert "The model matanyone may not be used on paid work" in done.err
    assert "Traceback" not in done.err
    assert files(order.out) == before


def test_when_the_license_is_not_accepted_then_nothing_is_kept(penumbra, bound, tmp_path, answer):
    answer("n\n")
    done = penumbra("models", "add", bound)
    assert done.code == 0
    assert "Not added." in done.out
    assert not (tmp_path / "data").exists()


def test_when_nobody_is_there_to_accept_the_license_then_nothing_is_kept(penumbra, bound, tmp_path, answer):
    answer("")
    assert penumbra("models", "add", bound).code != 0
    assert not (tmp_path / "data").exists()


def test_when_the_license_is_accepted_on_the_line_then_nothing_is_asked(penumbra, bound, tmp_path):
    done = penumbra("models", "add", bound, "--name", "v1", "--accept-license")
    assert done.code == 0
    assert PUBLISHED_LICENSE in done.out
    assert "accept" not in done.out
    assert (tmp_path / "data" / "models" / "v1.safetensors").is_file()


def test_when_a_model_is_free_for_paid_work_then_no_license_is_asked_for(penumbra, order, tiny_file, monkeypatch):
    monkeypatch.setenv("PENUMBRA_COMMERCIAL", "1")
    done = penumbra("models", "add", tiny_file)
    assert done.code == 0
    assert done.out == f"Added tiny, digest {load_model(tiny_file).digest}.\n"
    done = penumbra(*order.line(model="tiny"))
    assert done.code == 0
    assert NOT_FOR_PAID_WORK not in done.out
    assert read_exr_file(order.out / "matte.1001.exr")[1]["penumbra/modelLicense"] == "Apache-2.0"


def test_when_two_versions_are_added_then_both_are_listed_and_each_can_be_chosen(penumbra, order, bound, tmp_path):
    other = {
        name: array + 0.01
        for name, array in load_model(bound).network.state_dict().items()
        if array.is_floating_point()
    }
    save_weights(tmp_path / "other.safetensors", load_model(bound).network.state_dict() | other, ModelCard(TINY))
    for name, file in (("v1", bound), ("v2", tmp_path / "other.safetensors")):
        assert penumbra("models", "add", file, "--name", name, "--accept-license").code == 0
    rows = [line.split() for line in penumbra("models", "list").out.splitlines()]
    assert [row[0] for row in rows if row[0] in ("v1", "v2")] == ["v1", "v2"]
    alphas = {}
    for name in ("v1", "v2"):
        out = order.folder / name / "matte.####.exr"
        assert penumbra(*order.line(model=name, out=out)).code == 0
        channels, header = read_exr_file(order.folder / name / "matte.1003.exr")
        assert header["penumbra/model"] == name
        alphas[name] = channels["A"].astype(np.float32)
    assert np.abs(alphas["v1"] - alphas["v2"]).max() > 0


def test_when_models_are_listed_then_license_digest_and_place_are_told(penumbra, bound, tmp_path):
    penumbra("models", "add", bound, "--accept-license")
    listed = penumbra("models", "list")
    assert listed.code == 0
    assert "paid work" in listed.out.splitlines()[0]
    (row,) = [line for line in listed.out.splitlines() if line.startswith("bound ")]
    assert PUBLISHED_LICENSE in row
    assert load_model(bound).digest[:12] in row
    assert " no " in row
    assert row.rstrip().endswith(str(tmp_path / "data" / "models" / "bound.safetensors"))


def test_when_a_model_is_removed_then_it_is_gone(penumbra, order, bound, tmp_path):
    penumbra("models", "add", bound, "--accept-license")
    done = penumbra("models", "remove", "bound")
    assert done.code == 0
    assert "Removed " in done.out
    assert not list((tmp_path / "data" / "models").iterdir())
    assert "bound" not in penumbra("models", "list").out
    done = penumbra(*order.line(model="bound"))
    assert done.code == 2
    assert "There is no model named 'bound'." in done.err


def test_when_the_name_is_taken_by_another_model_then_it_is_told(penumbra, bound, tmp_path):
    penumbra("models", "add", bound, "--accept-license")
    tensors = Network(TINY).state_dict()
    save_weights(tmp_path / "new" / "bound.safetensors", tensors, ModelCard(TINY))
    done = penumbra("models", "add", tmp_path / "new" / "bound.safetensors", "--accept-license")
    assert done.code == 2
    assert "There is already another model named bound." in done.err


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (("add", "none.pth"), 3, "There is no model file none.pth."),
        (("remove", "none"), 2, "There is no model named 'none'."),
        (("add", "MODEL", "--name", "a/b"), 2, "'a/b' is no name for a model."),
    ],
)
def test_when_a_model_command_is_wrong_then_it_is_told(penumbra, tiny_file, line, code, said):
    done = penumbra("models", *(tiny_file if word == "MODEL" else word for word in line))
    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.err


def test_when_the_shot_is_for_paid_work_then_a_model_s_file_is_refused_too(refused, order, bound, monkeypatch):
    monkeypatch.setenv("PENUMBRA_COMMERCIAL", "1")
    said = refused(2, *order.line(model=bound))
    assert "The model bound may not be used on paid work" in said
    assert "PENUMBRA_COMMERCIAL is 1" in said
