"""A device that is short of memory: what is done otherwise, what it costs, and what is said when nothing helps."""

import re
from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from penumbra import MemoryState, Propagator, load_model
from penumbra.errors import InputError, MachineError
from penumbra.memory import MemoryEntry
from penumbra.network import ModelCard, Network, save_weights
from penumbra.propagation import propagator as propagator_module
from penumbra.propagation.fitting import Burden, fits
from penumbra.propagation.thrift import LEVELS
from tests.models import TINY
from tests.published import reference, seeded_clip, view
from tests.ration import Ration

HEIGHT, WIDTH = 160, 192
FRAMES = 8
# So many key frames that reading them takes more than the rest of the network.
KEY_FRAMES = 100
# Whether objects go together, and how the read is cut into pieces, only changes how sums are rounded.
SAME = 1e-5
# Values in half precision, for the published network with seeded weights over its reference clip; 1.5e-5 was measured.
HALF = 5e-5
# Pieces in proportion to pictures as small as those here.
SMALL_LEVELS = tuple(replace(level, piece_bytes=level.piece_bytes // 8) for level in LEVELS)
DEEPEST = len(LEVELS) - 1


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    config = replace(TINY, decoder=(16, 4, 2, 1, 1))
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("thrift") / "tiny.safetensors"
    save_weights(path, Network(config).state_dict(), ModelCard(config, license="Apache-2.0", commercial=True))
    return load_model(path)


@pytest.fixture(scope="module")
def from_level():
    """Makes propagators begin at a level, as if the ones before it had failed already."""
    with pytest.MonkeyPatch.context() as patch:

        def begin_at(level):
            patch.setattr(propagator_module, "LEVELS", SMALL_LEVELS[level:])

        begin_at(0)
        yield begin_at


@pytest.fixture(autouse=True)
def from_the_first_level(from_level):
    from_level(0)


def views(frames=FRAMES, height=HEIGHT, width=WIDTH):
    return np.random.default_rng(0).random((frames, 3, height, width), np.float32)


def two_masks(height=HEIGHT, width=WIDTH):
    masks = np.zeros((2, height, width), np.float32)
    masks[0, height // 4 : -height // 4, : width // 2] = 1
    masks[1, :, width // 2 :] = 1
    return masks


def knowing_many_key_frames(state):
    entries = [MemoryEntry(*(part.clone() for part in vars(state.entries[0]).values())) for _ in range(KEY_FRAMES)]
    return replace(state, entries=tuple(entries), permanent=KEY_FRAMES)


def run(propagator):
    alphas = [propagator.start(views()[0], two_masks())]
    propagator.restore(knowing_many_key_frames(propagator.state))
    return np.stack([*alphas, *(propagator.step(view) for view in views()[1:])])


@pytest.fixture(scope="module")
def undisturbed(model):
    return run(Propagator(model, warmup=0))


@pytest.fixture(scope="module")
def needs(model, from_level):
    """The bytes that the clip takes from each level on."""
    taken = []
    for level in range(len(LEVELS)):
        from_level(level)
        with Ration() as ration:
            run(Propagator(model, warmup=0))
        taken.append(ration.most)
    from_level(0)
    assert taken == sorted(taken, reverse=True)
    assert len(set(taken)) == len(LEVELS), "every level must spare something here"
    return taken


def between(needs, level):
    """What is enough for this level, and too little for the one before it."""
    return (needs[level] + needs[level - 1]) / 2


def tensors_of(state):
    return {item.name: getattr(state, item.name) for item in fields(state) if item.name != "entries"}


# --- what is done otherwise


@pytest.mark.parametrize("level", range(1, len(LEVELS)))
def test_when_memory_is_short_then_it_goes_down_to_the_level_that_fits_and_the_matte_is_the_same(
    model, needs, undisturbed, level
):
    propagator = Propagator(model, warmup=0)
    with Ration(between(needs, level)) as ration:
        alphas = run(propagator)
    assert ration.refused == level
    assert propagator.thrift == LEVELS[level].words
    np.testing.assert_allclose(alphas, undisturbed, atol=HALF if level == DEEPEST else SAME, rtol=0)


def test_when_objects_are_too_many_at_once_then_they_go_one_after_the_other(tiny_model):
    masks = np.concatenate([two_masks(64, 80), 1 - two_masks(64, 80)])
    with Ration() as plenty:
        alphas = Propagator(tiny_model, warmup=1).start(views(1, 64, 80)[0], masks)
    short = Propagator(tiny_model, warmup=1)
    with Ration(plenty.most / 2) as ration:
        one_by_one = short.start(views(1, 64, 80)[0], masks)
    assert ration.refused == 1
    np.testing.assert_allclose(one_by_one, alphas, atol=SAME, rtol=0)


def test_when_there_is_enough_memory_then_nothing_is_done_otherwise(model, needs, undisturbed):
    propagator = Propagator(model, warmup=0)
    with Ration(needs[0]):
        alphas = run(propagator)
    assert propagator.thrift == ""
    assert np.array_equal(alphas, undisturbed)
    assert {entry.value.dtype for entry in propagator.state.entries} == {torch.float32}


def test_when_memory_was_short_once_then_later_frames_are_not_tried_in_the_old_way(model, needs):
    propagator = Propagator(model, warmup=0)
    with Ration(between(needs, DEEPEST)) as ration:
        run(propagator)
        refused = ration.refused
        propagator.step(views()[0])
    assert ration.refused == refused
    propagator.start(views()[0], two_masks())
    propagator.step(views()[1])
    assert propagator.thrift == LEVELS[DEEPEST].words
    assert {entry.value.dtype for entry in propagator.state.entries} == {torch.float16}


class RefusesOnce(Ration):
    """Refuses the n-th tensor that is made, and no other."""

    def __init__(self, number):
        super().__init__()
        self.left = number

    def _take(self, storage):
        self.left -= 1
        if self.left == 0:
            raise torch.OutOfMemoryError("Tried to allocate.")
        super()._take(storage)


def test_when_memory_fails_at_any_moment_of_a_frame_then_the_frame_is_made_once(model):
    propagator = Propagator(model, warmup=0)
    propagator.start(views()[0], two_masks())
    begun = propagator.state
    never = RefusesOnce(0)
    with never:
        expected = [propagator.step(views()[1])]
    expected.append(propagator.step(views()[2]))
    last = -never.left
    for number in (*range(1, last, 23), last):
        propagator = Propagator(model, warmup=0)
        propagator.restore(begun)
        with RefusesOnce(number):
            alphas = [propagator.step(views()[1])]
        assert propagator.thrift == LEVELS[1].words
        alphas.append(propagator.step(views()[2]))
        assert propagator.state.frames_since_memory == 2
        np.testing.assert_allclose(alphas, expected, atol=SAME, rtol=0)


def test_when_something_else_fails_then_it_is_not_taken_for_a_lack_of_memory(model, monkeypatch):
    propagator = Propagator(model, warmup=0)
    propagator.start(views()[0], two_masks())

    def fails(*_):
        raise RuntimeError("an illegal instruction")

    monkeypatch.setattr(Network, "encode_image", fails)
    with pytest.raises(RuntimeError, match="an illegal instruction"):
        propagator.step(views()[1])
    assert propagator.thrift == ""


# --- half precision


def test_when_the_published_network_keeps_its_bank_in_half_then_the_alpha_is_within_what_is_promised(
    seeded_model, from_level
):
    from_level(DEEPEST)
    given = reference("clip_seed1_96x128")
    frames, mask = seeded_clip(1, 14, 96, 128)
    propagator = Propagator(seeded_model(1))
    alphas = [propagator.start(view(frames[0]), mask[None].astype(np.float32))]
    alphas += [propagator.step(view(frame)) for frame in frames[1:]]
    apart = np.abs(np.stack(alphas)[:, 0] - given["alpha"][: len(frames)])
    assert apart.max() < HALF
    assert apart[1:].mean() > 1e-7, "half precision must show at all for this to mean anything"


@pytest.fixture
def in_half(model, from_level):
    """A propagator that keeps its bank in half precision, some frames on."""
    from_level(DEEPEST)
    propagator = Propagator(model, warmup=0)
    propagator.start(views()[0], two_masks())
    for picture in views()[1:7]:
        propagator.step(picture)
    from_level(0)
    return propagator


def test_when_a_bank_is_in_half_then_only_its_values_are(in_half):
    assert len(in_half.state.entries) == 2
    for entry in in_half.state.entries:
        assert (entry.key.dtype, entry.shrinkage.dtype, entry.value.dtype) == (
            torch.float32, torch.float32, torch.float16,
        )  # fmt: skip
    tensors = [value for value in tensors_of(in_half.state).values() if isinstance(value, torch.Tensor)]
    assert {tensor.dtype for tensor in tensors} == {torch.float32}


def test_when_a_state_in_half_is_saved_and_loaded_then_another_goes_on_as_precisely(in_half, model, tmp_path):
    in_half.state.save(tmp_path / "state.safetensors")
    other = Propagator(model, warmup=0)
    other.restore(MemoryState.load(tmp_path / "state.safetensors"))
    for picture in views(7):
        np.testing.assert_allclose(other.step(picture), in_half.step(picture), atol=SAME, rtol=0)
    assert len(other.state.entries) == 3
    assert {entry.value.dtype for entry in other.state.entries} == {torch.float16}


def test_when_a_state_in_half_holds_one_that_is_not_then_it_is_read_as_if_both_were(in_half, model):
    full = Propagator(model, warmup=0)
    full.start(views(1, HEIGHT, WIDTH)[0, ::-1].copy(), two_masks())
    halved = replace(full.state, entries=tuple(entry.stored(torch.float16) for entry in full.state.entries))
    alphas = []
    for other in (full.state, halved):
        propagator = Propagator(model, warmup=0)
        propagator.restore(in_half.state.holding(other))
        alphas.append([propagator.step(picture) for picture in views(7)])
    assert np.array_equal(*map(np.stack, alphas))


def test_when_the_number_of_threads_differs_then_half_gives_the_same_bits(in_half):
    begun, before = in_half.state, torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            in_half.restore(begun)
            results.append(np.stack([in_half.step(picture) for picture in views(3)]))
    finally:
        torch.set_num_threads(before)
    assert np.array_equal(results[0], results[1])
    assert np.array_equal(results[0], results[2])


# --- when nothing helps

TOO_LARGE = 256


@pytest.fixture(scope="module")
def too_little(model, from_level):
    """Two thirds of what the least that can be done takes."""
    from_level(DEEPEST)
    with Ration() as ration:
        Propagator(model, warmup=0).start(*larger(TOO_LARGE))
    return ration.most * 2 / 3


@pytest.fixture
def started(model):
    propagator = Propagator(model, warmup=0)
    propagator.start(*larger(TOO_LARGE))
    return propagator


def larger(short):
    """A view of that short side, and masks."""
    size = short, short * 3 // 2
    return views(1, *size)[0], two_masks(*size)


def runs_within(limit, model, short):
    propagator = Propagator(model, warmup=0)
    picture, masks = larger(short)
    try:
        with Ration(limit):
            propagator.start(picture, masks)
            for _ in range(26):
                propagator.step(picture)
    except MachineError:
        return False
    return True


def test_when_nothing_helps_then_the_size_that_is_said_runs_and_the_next_larger_does_not(started, model, too_little):
    refused = pytest.raises(MachineError, match="no memory left for 384x256 with 2 objects")
    with Ration(too_little) as ration, refused as said:
        started.step(larger(TOO_LARGE)[0])
    assert ration.refused > len(LEVELS)
    side = int(re.search(r"--process-size (\d+)", said.value.next_step)[1])
    tried = [TOO_LARGE, *(short for short, _ in Burden((TOO_LARGE, TOO_LARGE * 3 // 2), 2, 2).smaller)]
    assert runs_within(too_little, model, side)
    assert not runs_within(too_little, model, tried[tried.index(side) - 1])


def test_when_a_size_is_tried_then_it_takes_what_the_frames_of_a_shot_take(model, from_level):
    from_level(DEEPEST)
    propagator = Propagator(model, warmup=0)
    with Ration() as real:
        propagator.start(*larger(160))
        propagator.restore(knowing_many_key_frames(propagator.state))
        for _ in range(26):
            propagator.step(larger(160)[0])
    with Ration() as tried:
        assert fits(model, Burden((160, 240), objects=2, permanent=KEY_FRAMES), SMALL_LEVELS[DEEPEST])
    assert tried.most == real.most


def test_when_nothing_helps_then_the_state_is_that_before_the_frame_and_goes_on_later(started, too_little):
    before = started.state
    with Ration(too_little), pytest.raises(MachineError):
        started.step(larger(TOO_LARGE)[0])
    after = started.state
    for name, value in tensors_of(before).items():
        assert value is tensors_of(after)[name]
    for mine, theirs in zip(after.entries, before.entries, strict=True):
        torch.testing.assert_close(mine.value.float(), theirs.value, atol=1e-3, rtol=1e-3)
    later = started.step(larger(TOO_LARGE)[0])
    started.restore(before)
    np.testing.assert_allclose(later, started.step(larger(TOO_LARGE)[0]), atol=HALF, rtol=0)


def test_when_a_key_frame_does_not_fit_then_it_is_said_and_there_is_no_state(model, too_little):
    propagator = Propagator(model, warmup=0)
    with Ration(too_little), pytest.raises(MachineError, match=r"384x256.*--process-size"):
        propagator.start(*larger(TOO_LARGE))
    with pytest.raises(InputError, match="Call start"):
        _ = propagator.state


def test_when_no_size_fits_then_that_is_said(started):
    with Ration(1000), pytest.raises(MachineError, match=r"Nothing smaller fits.*--device cpu"):
        started.step(larger(TOO_LARGE)[0])
