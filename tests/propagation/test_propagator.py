"""The propagator's public door: memory as a value, several objects, odd sizes, and what it refuses."""

import numpy as np
import pytest
import torch

from penumbra import MemoryState, Propagator, load_model
from penumbra.errors import FileError, InputError
from tests.models import save_tiny


def clip(frames, height, width, seed=0):
    return np.random.default_rng(seed).random((frames, 3, height, width), np.float32)


def box(height, width, left=0.25):
    mask = np.zeros((1, height, width), np.float32)
    mask[:, height // 4 : -height // 4, int(width * left) : int(width * (left + 0.4))] = 1
    return mask


@pytest.fixture
def started(tiny_model):
    views = clip(14, 48, 64)
    propagator = Propagator(tiny_model, warmup=1)
    propagator.start(views[0], box(48, 64))
    return propagator, views


@pytest.mark.parametrize("after", [1, 4, 5, 13])
def test_when_a_state_is_saved_and_restored_then_the_next_steps_give_the_same_bits(
    started, tiny_model, tmp_path, after
):
    propagator, views = started
    views = [*views, *clip(12, 48, 64, seed=1)]
    for view in views[1:after]:
        propagator.step(view)
    propagator.state.save(tmp_path / "state.safetensors")
    expected = [propagator.step(view) for view in views[after : after + 7]]
    other = Propagator(tiny_model, warmup=1)
    other.restore(MemoryState.load(tmp_path / "state.safetensors"))
    for view, alpha in zip(views[after : after + 7], expected, strict=True):
        assert np.array_equal(other.step(view), alpha)


def test_when_a_state_is_kept_and_the_propagator_goes_on_then_the_state_is_untouched(started):
    propagator, views = started
    kept = propagator.state
    first = propagator.step(views[1])
    for view in views[2:]:
        propagator.step(view)
    propagator.restore(kept)
    assert np.array_equal(propagator.step(views[1]), first)


def test_when_a_state_is_of_another_model_then_it_is_refused(started, tmp_path):
    other = load_model(save_tiny(tmp_path / "other.safetensors", seed=5))
    with pytest.raises(InputError, match="made with model"):
        Propagator(other).restore(started[0].state)


def test_when_a_snapshot_is_damaged_then_it_says_so(started, tmp_path):
    path = tmp_path / "state.safetensors"
    started[0].state.save(path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(FileError, match="not a memory snapshot"):
        MemoryState.load(path)


def test_when_several_objects_run_together_then_each_equals_its_own_run(seeded_model):
    views = clip(7, 48, 64)
    masks = np.concatenate([box(48, 64, left) for left in (0.1, 0.3, 0.5)])
    together = Propagator(seeded_model(4), warmup=2)
    joint = [together.start(views[0], masks), *(together.step(view) for view in views[1:])]
    for index, mask in enumerate(masks):
        alone = Propagator(seeded_model(4), warmup=2)
        own = [alone.start(views[0], mask[None]), *(alone.step(view) for view in views[1:])]
        np.testing.assert_allclose(np.stack(joint)[:, index], np.stack(own)[:, 0], atol=1e-5, rtol=0)
    assert np.abs(joint[-1][0] - joint[-1][2]).max() > 1e-4, "the objects must differ for this to mean anything"


def test_when_several_objects_run_together_then_the_image_is_encoded_once(tiny_model, monkeypatch):
    encoded = []
    encode = type(tiny_model.network).encode_image

    def counted(network, image):
        encoded.append(image.shape[0])
        return encode(network, image)

    monkeypatch.setattr(type(tiny_model.network), "encode_image", counted)
    views = clip(2, 32, 32)
    propagator = Propagator(tiny_model, warmup=1)
    propagator.start(views[0], np.concatenate([box(32, 32), box(32, 32, 0.4)]))
    propagator.step(views[1])
    assert encoded == [1, 1]


@pytest.mark.parametrize(("height", "width"), [(16, 16), (9, 13), (1, 1), (33, 70)])
def test_when_frames_are_tiny_or_odd_then_the_alpha_has_their_size(tiny_model, height, width):
    views = clip(7, height, width)
    propagator = Propagator(tiny_model, warmup=0)
    alphas = [propagator.start(views[0], np.ones((1, height, width), np.float32))]
    alphas += [propagator.step(view) for view in views[1:]]
    for alpha in alphas:
        assert alpha.shape == (1, height, width)
        assert alpha.dtype == np.float32
        assert 0 <= alpha.min() <= alpha.max() <= 1


def test_when_tensors_are_given_then_tensors_come_back(tiny_model):
    views = torch.from_numpy(clip(1, 32, 32))
    propagator = Propagator(tiny_model, warmup=0)
    alpha = propagator.start(views[0], torch.ones(1, 32, 32))
    assert isinstance(alpha, torch.Tensor)
    as_arrays = Propagator(tiny_model, warmup=0).start(views[0].numpy(), np.ones((1, 32, 32), np.float32))
    assert isinstance(as_arrays, np.ndarray)
    assert np.array_equal(alpha.numpy(), as_arrays)


@pytest.mark.parametrize(
    ("view", "masks", "said"),
    [
        (np.zeros((32, 32, 3), np.float32), np.ones((1, 32, 32), np.float32), "expected \\[3,H,W\\]"),
        (np.zeros((3, 32, 32), np.float32), np.ones((1, 16, 32), np.float32), "one size"),
        (np.zeros((3, 32, 32), np.float32), np.ones((32, 32), np.float32), "one size"),
        (np.zeros((3, 32, 32), np.uint8), np.ones((1, 32, 32), np.float32), "expected float"),
        (np.full((3, 32, 32), np.nan, np.float32), np.ones((1, 32, 32), np.float32), "not finite"),
    ],
)
def test_when_arrays_do_not_fit_then_the_error_says_what_was_expected(tiny_model, view, masks, said):
    with pytest.raises(InputError, match=said):
        Propagator(tiny_model).start(view, masks)


def test_when_a_frame_changes_its_size_then_both_sizes_are_said(started):
    with pytest.raises(InputError, match="32x32, and the memory is of 64x48"):
        started[0].step(clip(1, 32, 32)[0])


def test_when_it_steps_before_it_starts_then_it_says_what_to_do(tiny_model):
    with pytest.raises(InputError, match="Call start"):
        Propagator(tiny_model).step(clip(1, 32, 32)[0])


def test_when_the_number_of_threads_differs_then_the_bits_are_the_same(seeded_model):
    views, masks = clip(6, 70, 90), box(70, 90)
    before = torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            propagator = Propagator(seeded_model(4), warmup=1)
            results.append([propagator.start(views[0], masks), *(propagator.step(view) for view in views[1:])])
    finally:
        torch.set_num_threads(before)
    for other in results[1:]:
        assert np.array_equal(np.stack(other), np.stack(results[0]))
