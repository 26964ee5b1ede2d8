"""A training run as YAML: what it says, and what it is told when it is wrong."""

from pathlib import Path

import pytest
import yaml

from penumbra.errors import FileError, InputError
from penumbra.network import Network
from penumbra.training import Stage, TrainingConfig
from tests.models import TINY

ROOT = Path(__file__).resolve().parents[2]
STAGE = {
    "iterations": 3, "batch": 1, "frames": 2, "size": 32, "learning_rate": 0.02, "final_learning_rate": 0.01,
}  # fmt: skip


def written(folder, **changes):
    """A good run with some fields changed, or left out where they are None."""
    data = {"seed": 1, "network": TINY.to_dict(), "stages": [STAGE], **changes}
    path = folder / "run.yaml"
    path.write_text(yaml.safe_dump({name: value for name, value in data.items() if value is not None}))
    return path


def staged(folder, **changes):
    return written(folder, stages=[{**STAGE, **changes}])


def test_when_a_run_is_written_by_hand_then_it_loads_as_it_is_written(tmp_path):
    config = TrainingConfig.load(written(tmp_path, stages=[STAGE, {**STAGE, "norms_learn": False}], save_every=7))
    assert (config.seed, config.save_every, config.iterations) == (1, 7, 6)
    assert config.network == TINY
    assert config.stages == (Stage(**STAGE), Stage(**STAGE, norms_learn=False))


def test_when_stages_follow_each_other_then_every_iteration_knows_its_own():
    first, second = Stage(4, 1, 2, 16, 1e-3, 1e-4), Stage(2, 1, 2, 32, 1e-4, 1e-5)
    config = TrainingConfig(0, TINY, (first, second))
    assert [config.at(iteration) for iteration in range(6)] == [
        (first, 0.0), (first, 0.25), (first, 0.5), (first, 0.75), (second, 0.0), (second, 0.5),
    ]  # fmt: skip
    assert config.at(6) == (second, 1.0)


def test_when_the_bundled_models_run_is_loaded_then_its_network_can_be_built():
    config = TrainingConfig.load(ROOT / "models" / "penumbra-seed.yaml")
    assert config.iterations > 0
    assert sum(weight.numel() for weight in Network(config.network).parameters()) < 30e6 / 4


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"iterations": 0}, "0 iterations"),
        ({"batch": 0}, "0 clips"),
        ({"frames": 1}, "1 frames"),
        ({"size": 40}, "40 pixels.*multiple of 16"),
        ({"size": 0}, "0 pixels"),
        ({"size": -32}, "-32 pixels"),
        ({"colour": 1}, "colour"),
        ({"size": "large"}, "large"),
        ({"iterations": 2.5}, "iterations.*2.5"),
        # YAML takes this for a text, because it has no point.
        ({"learning_rate": "1e-3"}, "learning_rate.*1e-3"),
        ({"norms_learn": "perhaps"}, "norms_learn.*perhaps"),
    ],
)
def test_when_a_stage_is_wrong_then_its_field_is_said(tmp_path, changes, said):
    with pytest.raises(InputError, match=said):
        TrainingConfig.load(staged(tmp_path, **changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": None}, "seed"),
        ({"network": None}, "network"),
        ({"stages": None}, "stages"),
        ({"stages": []}, "stage"),
        ({"stages": 3}, "fields are"),
        ({"stages": ["first"]}, "fields are"),
        ({"stages": [{**STAGE, "frames": None}]}, "frames"),
        ({"network": {"stem": 8, "depth": 4}}, "depth"),
        ({"network": {**TINY.to_dict(), "queries": 3}}, "even number of queries"),
        ({"network": 5}, "fields are"),
        ({"epochs": 100}, "epochs"),
        ({"save_every": 0}, "save_every.*0"),
        ({"weight_decay": "1e-3"}, "weight_decay.*1e-3"),
        ({"seed": "one"}, "seed.*one"),
    ],
)
def test_when_a_run_is_wrong_then_its_field_is_said(tmp_path, changes, said):
    with pytest.raises(InputError, match=said) as caught:
        TrainingConfig.load(written(tmp_path, **changes))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("text", ["", "- a\n- list\n", "just words"])
def test_when_the_file_holds_something_else_then_it_names_an_example(tmp_path, text):
    path = tmp_path / "run.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"penumbra-seed\.yaml"):
        TrainingConfig.load(path)


@pytest.mark.parametrize("content", [None, b"stages: [", b"seed: \xff\xfe\x00", b"a: 1\na: b: c"])
def test_when_the_file_is_missing_or_no_yaml_then_it_cannot_be_read(tmp_path, content):
    path = tmp_path / "run.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileError, match="cannot be read") as caught:
        TrainingConfig.load(path)
    assert caught.value.exit_code == 3
    assert caught.value.path == path
