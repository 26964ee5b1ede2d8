"""What comes with the house: the shot, and the model that must really matte it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from penumbra import Propagator, load_model
from penumbra.cli.main import main
from penumbra.network.registry import BUNDLED_FOLDER
from penumbra.plates import PlateSource, read_mask
from penumbra.shot import DEFAULT_MODEL
from penumbra.training.generator import generate
from tests.pictures import read_exr_file

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample"
MASK = SAMPLE / "roto" / "roto.1001.exr"
# The bar of a seed: the error over that of the key frame's mask repeated.
BAR = 0.7
# Far above any seed of training or of its validation.
FRESH_SEED = 2**41


@pytest.fixture(scope="module")
def model():
    return load_model(DEFAULT_MODEL)


def mad(alphas, true):
    return float(np.abs(np.asarray(alphas) - np.asarray(true)).mean()) * 1e3


def test_when_the_bundled_files_are_counted_then_they_are_small():
    sample = sum(path.stat().st_size for path in SAMPLE.rglob("*.exr"))
    assert 1e6 < sample < 12e6
    assert (BUNDLED_FOLDER / f"{DEFAULT_MODEL}.safetensors").stat().st_size < 30e6


def test_when_the_sample_is_opened_then_it_is_a_shot_with_highlights_and_exact_truth():
    plate, truth = (PlateSource.open(SAMPLE / name / f"{name}.####.exr") for name in ("plate", "truth"))
    assert plate.check() == truth.check() == []
    assert plate.frames == truth.frames
    assert 24 <= len(plate.frames) <= 48
    mask = read_mask(MASK, None, plate.header, plate.header.display_window).alpha_HW
    channels, _ = read_exr_file(truth.path(1001))
    alpha = channels["A"].astype(np.float32)
    assert plate.read(1001).rgb_HW3.max() > 1
    assert alpha.min() == 0
    assert alpha.max() == 1
    assert all((channels[name][alpha == 0] == 0).all() for name in "RGB")
    assert ((alpha > 0.05) & (alpha < 0.95)).mean() > 0.02, "hair and blur are soft"
    assert 0.9 < np.minimum(mask, alpha).sum() / np.maximum(mask, alpha).sum() < 0.99, "the roto is rough"


def test_when_the_bundled_model_is_loaded_then_it_is_free_for_paid_work(model, monkeypatch):
    monkeypatch.setenv("PENUMBRA_COMMERCIAL", "1")
    card = load_model(DEFAULT_MODEL).card
    assert card.commercial
    assert card.license == "Apache-2.0"


def test_when_the_demo_runs_then_the_mattes_beat_the_repeated_mask(tmp_path, capsys):
    plate, mask = str(SAMPLE / "plate" / "plate.####.exr"), f"1001={MASK}"
    mattes = str(tmp_path / "matte.####.exr")
    assert main(["matte", plate, "--mask", mask, "--out", mattes]) == 0
    truth, sheet = str(SAMPLE / "truth" / "truth.####.exr"), tmp_path / "sheet.png"
    assert main(["evaluate", mattes, truth, "--mask", mask, "--plate", plate, "--sheet", str(sheet)]) == 0
    printed = capsys.readouterr().out
    assert "frames per second" in printed
    assert all(name in printed for name in ("MAD", "MSE", "Grad", "dtSSD", "Conn"))
    share = float(printed.split("the mattes have ")[1].split()[0])
    assert share < BAR
    assert sheet.read_bytes()[:4] == b"\x89PNG"


def test_when_the_model_follows_fresh_shots_of_a_second_then_it_beats_the_repeated_mask_with_softer_edges(model):
    clips = generate(FRESH_SEED, batch=8, frames=24, size=128)
    alphas = torch.stack([_matted(model, clips, index) for index in range(len(clips.view))])
    repeated = clips.mask[:, None].expand_as(clips.alpha)
    assert mad(alphas[:, 1:], clips.alpha[:, 1:]) < BAR * mad(repeated[:, 1:], clips.alpha[:, 1:])
    assert _soft(alphas) > _soft(clips.mask)


def _matted(model, clips, index):
    propagator = Propagator(model, warmup=model.card.warmup)
    first = propagator.start(clips.view[index, 0], clips.mask[index])
    return torch.stack([first, *(propagator.step(view) for view in clips.view[index, 1:])])


def _soft(alphas):
    return float(((alphas > 0.05) & (alphas < 0.95)).float().mean())
