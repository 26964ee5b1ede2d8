"""`penumbra train`, from a configuration to a model that opens."""

import subprocess
import sys

import yaml

from penumbra import load_model
from tests.models import TINY

STAGE = {"iterations": 2, "batch": 1, "frames": 2, "size": 32, "learning_rate": 0.001, "final_learning_rate": 0.001}


def train(config, out):
    line = [sys.executable, "-m", "penumbra.cli.main", "train", str(config), "--out", str(out), "--threads", "1"]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_when_a_configuration_is_trained_and_trained_on_then_its_model_opens(tmp_path):
    config, out = tmp_path / "small.yaml", tmp_path / "run"
    data = {"seed": 1, "network": TINY.to_dict(), "stages": [STAGE]}
    config.write_text(yaml.safe_dump(data))
    ran = train(config, out)
    assert ran.returncode == 0, ran.stderr
    assert "2 of 2, loss" in ran.stdout
    assert load_model(out / "model.safetensors").card.made.startswith("trained from nothing")
    config.write_text(yaml.safe_dump(data | {"stages": [STAGE, STAGE]}))
    again = train(config, out)
    assert "Going on from iteration 2." in again.stdout
    assert len((out / "log.jsonl").read_text().splitlines()) == 4


def test_when_the_configuration_is_wrong_then_it_says_what(tmp_path):
    config = tmp_path / "wrong.yaml"
    config.write_text(yaml.safe_dump({"seed": 1, "network": TINY.to_dict(), "stages": [STAGE | {"size": 30}]}))
    ran = train(config, tmp_path / "run")
    assert ran.returncode == 2
    assert "a multiple of 16" in ran.stderr
    assert "Traceback" not in ran.stderr
