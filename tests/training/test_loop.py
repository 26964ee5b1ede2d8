"""A run in a folder: it learns, is logged, goes on exactly, and its model opens as any other."""

import json
import shutil
from itertools import islice

import pytest
import torch
import yaml

from penumbra import Propagator, load_model
from penumbra.errors import FileError, MachineError
from penumbra.training import Trainer, TrainingConfig, loop
from penumbra.training.generator import generate
from penumbra.training.rollout import MOST_WARMUP
from tests.models import TINY

STAGE = {
    "iterations": 6, "batch": 1, "frames": 3, "size": 32, "learning_rate": 0.02, "final_learning_rate": 0.01,
    "mixed_precision": False,
}  # fmt: skip


@pytest.fixture(autouse=True)
def quick_and_exact(monkeypatch):
    """One thread, so that sums have one order; and a validation that does not take longer than the training."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr(loop, "VALIDATION_CLIPS", 2)
    monkeypatch.setattr(loop, "VALIDATION_FRAMES", 3)
    yield
    torch.set_num_threads(threads)


def trainer(folder, network=None, made="by a test", **changes):
    """From YAML, as a person starts it."""
    run = {name: changes.pop(name) for name in ("seed", "save_every", "validate_every") if name in changes}
    folder.mkdir(parents=True, exist_ok=True)
    data = {"seed": 1, "network": (network or TINY).to_dict(), "stages": [{**STAGE, **changes}], **run}
    (folder / "run.yaml").write_text(yaml.safe_dump(data))
    return Trainer(TrainingConfig.load(folder / "run.yaml"), folder, "cpu", "Apache-2.0", made)


def weights(run):
    return {name: tensor.clone() for name, tensor in run.network.state_dict().items()}


def assert_equal(ours, theirs):
    assert ours.keys() == theirs.keys()
    different = [name for name in ours if not torch.equal(ours[name], theirs[name])]
    assert not different


def assert_changed(before, after, names):
    assert names
    assert [name for name in names if torch.equal(before[name], after[name])] == []


# --- going on


@pytest.mark.parametrize("mixed", [False, True])
def test_when_a_run_stops_and_goes_on_then_its_weights_are_bit_for_bit_those_of_one_go(tmp_path, mixed):
    whole = trainer(tmp_path / "whole", mixed_precision=mixed, save_every=3)
    losses = [progress.loss for progress in whole.run()]

    first = trainer(tmp_path / "parts", mixed_precision=mixed, save_every=3)
    begun = [progress.loss for progress in islice(first.run(), 3)]
    second = trainer(tmp_path / "parts", mixed_precision=mixed, save_every=3)
    assert second.iteration == 3
    rest = list(second.run())

    assert begun + [progress.loss for progress in rest] == losses
    assert [(progress.iteration, progress.steps) for progress in rest] == [(4, 1), (5, 2), (6, 3)]
    assert_equal(weights(second), weights(whole))
    one, other = (load_model(tmp_path / name / "model.safetensors") for name in ("whole", "parts"))
    assert one.digest == other.digest


def test_when_a_run_is_killed_between_checkpoints_then_it_goes_on_from_the_last(tmp_path):
    whole = trainer(tmp_path / "whole")
    list(whole.run())
    list(islice(trainer(tmp_path / "parts", save_every=2).run(), 5))
    again = trainer(tmp_path / "parts", save_every=2)
    assert again.iteration == 4
    list(again.run())
    assert_equal(weights(again), weights(whole))


def test_when_a_run_is_done_then_running_it_again_does_nothing(tmp_path):
    list(trainer(tmp_path).run())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert list(trainer(tmp_path).run()) == []
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_when_seeds_differ_then_runs_differ(tmp_path):
    runs = [trainer(tmp_path / str(seed), seed=seed, iterations=1) for seed in (1, 2, 1)]
    first, other, same = ([progress.loss for progress in run.run()] for run in runs)
    assert first == same
    assert first != other
    assert_equal(weights(runs[0]), weights(runs[2]))


def test_when_it_is_validated_often_then_training_is_not_disturbed(tmp_path):
    often, never = trainer(tmp_path / "often", validate_every=1), trainer(tmp_path / "never")
    measured = [progress.mad for progress in often.run()]
    assert [progress.mad is None for progress in never.run()] == [True] * 5 + [False]
    assert None not in measured
    assert_equal(weights(often), weights(never))


@pytest.mark.parametrize("damage", [b"", b"not a checkpoint at all", None])
def test_when_the_checkpoint_is_damaged_then_it_is_named(tmp_path, damage):
    list(trainer(tmp_path, iterations=1).run())
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:-1000] if damage is None else damage)
    with pytest.raises(FileError, match=r"checkpoint\.pt") as caught:
        trainer(tmp_path, iterations=1)
    assert caught.value.next_step


def test_when_the_checkpoint_is_of_another_network_then_it_is_refused_in_words(tmp_path):
    list(trainer(tmp_path / "one", iterations=1).run())
    other = TINY.from_dict({**TINY.to_dict(), "feed_forward": 32})
    (tmp_path / "other").mkdir()
    shutil.copy(tmp_path / "one" / "checkpoint.pt", tmp_path / "other")
    with pytest.raises(FileError, match="does not belong to this configuration") as caught:
        trainer(tmp_path / "other", other, iterations=1)
    assert caught.value.exit_code == 3
    assert "folder" in caught.value.next_step


def test_when_the_checkpoint_holds_other_tensors_then_it_is_refused_in_words(tmp_path):
    torch.save({"weights": torch.zeros(3)}, tmp_path / "checkpoint.pt")
    with pytest.raises(FileError, match="does not belong to this configuration"):
        trainer(tmp_path)
    torch.save([1, 2], tmp_path / "checkpoint.pt")
    with pytest.raises(FileError, match="does not belong to this configuration"):
        trainer(tmp_path)


# --- what it leaves


def test_when_a_run_is_done_then_its_model_opens_and_says_how_it_was_made(tmp_path):
    run = trainer(tmp_path, made="trained by a test", iterations=2)
    list(run.run())
    model = load_model(tmp_path / "model.safetensors")
    assert model.card.license == "Apache-2.0"
    assert model.card.made == "trained by a test"
    assert model.card.commercial
    assert model.card.warmup == MOST_WARMUP, "a shot repeats the first frame as often as training did"
    assert model.card.config == TINY
    assert_equal(dict(model.network.state_dict()), weights(run))
    clips = generate(3, 1, 2, 32)
    propagator = Propagator(model, warmup=1)
    assert propagator.start(clips.view[0, 0], clips.mask[0]).isfinite().all()
    assert propagator.step(clips.view[0, 1]).isfinite().all()


def test_when_a_run_is_done_then_the_log_has_a_line_for_every_iteration(tmp_path):
    progresses = list(trainer(tmp_path, validate_every=2, iterations=5).run())
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["iteration"] for line in lines] == [1, 2, 3, 4, 5]
    assert [line["loss"] for line in lines] == [progress.loss for progress in progresses]
    assert [line["mad"] is not None for line in lines] == [False, True, False, True, True]
    assert all(line["seconds"] > 0 for line in lines)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"run.yaml", "log.jsonl", "checkpoint.pt", "model.safetensors"}


def test_when_training_begins_then_the_learning_rate_rises_slowly_and_falls_over_the_stage(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "SLOW_BEGINNING", 2)
    rates = [progress.learning_rate for progress in trainer(tmp_path, iterations=5).run()]
    assert rates[0] < 0.011
    assert max(rates) == rates[1]
    assert rates[1] > rates[2] > rates[3] > rates[4] > 0.01
    assert rates[1] < 0.02


# --- learning


def test_when_one_clip_is_trained_on_then_the_loss_falls(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "SLOW_BEGINNING", 1)
    clip = generate(4, 2, 2, 32)
    monkeypatch.setattr(loop, "generate", lambda *_: clip)
    losses = [progress.loss for progress in trainer(tmp_path, iterations=40, save_every=1000).run()]
    assert sum(losses[-5:]) < 0.6 * sum(losses[:5])


def test_when_norms_are_frozen_then_their_statistics_stay_and_the_weights_still_learn(tmp_path):
    run = trainer(tmp_path, norms_learn=False, iterations=2)
    before = weights(run)
    list(run.run())
    after = weights(run)
    statistics = [name for name in before if "running" in name or "num_batches" in name]
    assert_equal({name: before[name] for name in statistics}, {name: after[name] for name in statistics})
    assert_changed(before, after, ["pixel_encoder.conv1.weight", "mask_decoder.pred_mat.weight"])


def test_when_norms_learn_then_their_statistics_follow_the_pictures(tmp_path):
    run = trainer(tmp_path, norms_learn=True, iterations=1)
    before = weights(run)
    list(run.run())
    assert_changed(before, weights(run), [name for name in before if "running_mean" in name])


def test_when_a_network_is_validated_then_the_mask_repeated_is_measured_on_the_same_frames(tmp_path):
    run = trainer(tmp_path, iterations=1)
    before = weights(run)
    first, again = (loop.validate(run.network, 32, torch.device("cpu")) for _ in range(2))
    assert first == again
    clips = generate(loop.VALIDATION_SEED, 2, 3, 32)
    repeated = sum((clips.mask - clips.alpha[:, frame]).abs().mean().item() for frame in (1, 2)) / 2 * 1000
    assert first[1] == pytest.approx(repeated, rel=1e-5)
    assert first[0] > 1
    assert_equal(weights(run), before)


def test_when_the_folder_cannot_be_written_then_it_says_so(tmp_path):
    run = trainer(tmp_path / "run", iterations=1)
    shutil.rmtree(tmp_path / "run")
    (tmp_path / "run").write_text("not a folder")
    with pytest.raises(MachineError, match="cannot be written") as caught:
        list(run.run())
    assert caught.value.exit_code == 4
