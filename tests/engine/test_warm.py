"""Models that stay loaded between runs."""

import gc
import weakref

import pytest

from penumbra.engine import Timeline, run
from penumbra.engine.warm import WarmModels
from penumbra.errors import FileError
from penumbra.network import load_model
from tests.engine.shots import files, make_shot
from tests.models import save_tiny


@pytest.fixture
def model_file(tmp_path):
    return save_tiny(tmp_path / "a model.safetensors")


@pytest.fixture
def loads():
    return []


@pytest.fixture
def models(loads):
    """Warm models, and every load of one counted."""

    def load(model, device):
        loads.append((model, device.type))
        return load_model(model, device)

    return WarmModels(load)


def test_when_a_shot_is_run_in_parts_then_its_model_is_loaded_once_and_the_mattes_are_the_same(
    tmp_path, model_file, models, loads
):
    shot = make_shot(tmp_path, model_file)
    list(run(shot))
    cold = files(tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "cold")

    with_matte = run(shot, load=models)
    assert next(with_matte)
    with_matte.close()
    list(run(shot, load=models))
    Timeline(shot, load=models).matte(1003)
    assert loads == [(str(model_file), "cpu")]
    assert files(tmp_path / "out") == cold


def test_when_a_model_s_file_is_another_then_it_is_loaded_anew(tmp_path, model_file, models, loads):
    shot = make_shot(tmp_path, model_file)
    list(run(shot, load=models))
    before = files(tmp_path / "out")
    save_tiny(model_file, seed=1)
    list(run(shot, load=models))
    assert len(loads) == 2
    assert files(tmp_path / "out") != before


def test_when_models_are_let_go_then_their_memory_is_free(model_file, models, loads):
    import torch

    model = weakref.ref(models(str(model_file), torch.device("cpu")).network)
    gc.collect()
    assert model() is not None
    assert models.are_there
    models.let_go()
    assert model() is None
    assert not models.are_there
    models(str(model_file), torch.device("cpu"))
    assert len(loads) == 2


def test_when_another_model_is_wanted_then_the_first_is_let_go_before_it_is_loaded(tmp_path, model_file):
    import torch

    alive = []

    def load(model, device):
        alive.append([network() is not None for network in networks])
        loaded = load_model(model, device)
        networks.append(weakref.ref(loaded.network))
        return loaded

    networks, models = [], WarmModels(load)
    for name in ("a model", "b"):
        models(str(save_tiny(tmp_path / f"{name}.safetensors")), torch.device("cpu"))
    assert alive == [[], [False]]


def test_when_a_model_s_file_is_gone_then_it_is_told_as_ever(model_file, models):
    import torch

    models(str(model_file), torch.device("cpu"))
    model_file.unlink()
    with pytest.raises(FileError, match="There is no model file"):
        models(str(model_file), torch.device("cpu"))
