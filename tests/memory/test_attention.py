"""The bounded read against a plain one that holds the dense matrix."""

import subprocess
import sys

import pytest
import torch

from penumbra.memory import TOP_K, read
from tests.ration import Ration


def dense_read(key_BKn, shrinkage_Bn, value_BnC, query_BKp, selection_BKp):
    """The plain twin: the formula as it is written in the description, all of it at once."""
    k, q, e = key_BKn[:, :, :, None], query_BKp[:, :, None, :], selection_BKp[:, :, None, :]
    score_Bnp = (2 * k * q * e - k**2 * e - e * q**2).sum(1) * shrinkage_Bn[:, :, None] / key_BKn.shape[1] ** 0.5
    best, where = score_Bnp.topk(min(TOP_K, score_Bnp.shape[1]), dim=1)
    weight_Bnp = torch.zeros_like(score_Bnp).scatter(1, where, best.softmax(1))
    return weight_Bnp.transpose(1, 2) @ value_BnC


def memory_and_question(batch, keys, positions, channels, asking, seed=0):
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(shape, generator=generator)

    shrinkage = draw(batch, positions) ** 2 + 1
    selection = draw(batch, keys, asking).sigmoid()
    keys_and_values = draw(batch, keys, positions), shrinkage, draw(batch, positions, channels)
    return *keys_and_values, draw(batch, keys, asking), selection


@pytest.mark.parametrize(("batch", "positions"), [(1, 200), (3, 200), (2, 7), (1, 1)])
def test_when_memory_is_read_then_it_equals_the_dense_twin(batch, positions):
    given = memory_and_question(batch, 16, positions, 24, asking=50)
    torch.testing.assert_close(read(*given), dense_read(*given), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("piece_bytes", [4 * 2 * 300 * 7, 1])
def test_when_the_read_is_cut_into_many_pieces_then_the_answer_is_the_same(piece_bytes):
    given = memory_and_question(2, 16, 300, 24, asking=101)
    torch.testing.assert_close(read(*given, piece_bytes), read(*given), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("batch", "positions"), [(1, 200), (3, 200), (2, 7), (1, 1)])
@pytest.mark.parametrize("piece_bytes", [1, 2**13, 2**27])
def test_when_values_are_in_half_then_nothing_but_their_own_precision_is_lost(batch, positions, piece_bytes):
    keys, shrinkage, values, *asked = memory_and_question(batch, 16, positions, 24, asking=50)
    halves = values.half()
    answer = read(keys, shrinkage, halves, *asked, piece_bytes)
    assert answer.dtype == torch.float32
    torch.testing.assert_close(answer, dense_read(keys, shrinkage, halves.float(), *asked), rtol=1e-4, atol=1e-5)


def test_when_a_large_memory_is_in_half_then_it_is_never_expanded_and_pieces_keep_to_their_size():
    keys, shrinkage, values, *asked = memory_and_question(1, 8, 20_000, 256, asking=300)
    halves, piece_bytes = values.half(), 2**21
    with Ration() as ration:
        result = read(keys, shrinkage, halves, *asked, piece_bytes)
    # The memory's side of S and the result, a piece and the search in it. Expanded, the values would be 20 MB.
    needed = 4 * (2 * 8 + 1 + 8) * 20_000 * 2 + result.nbytes * 2 + piece_bytes * 2
    assert ration.most < needed < values.nbytes / 2


def test_when_training_reads_then_gradients_equal_the_dense_twins():
    given = [tensor.requires_grad_() for tensor in memory_and_question(2, 8, 60, 5, asking=20)]
    fast = torch.autograd.grad(read(*given).square().sum(), given)
    plain = torch.autograd.grad(dense_read(*given).square().sum(), given)
    for ours, theirs in zip(fast, plain, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4)


# 4096x2304 has 256x144 places; a full memory is five frames of them. Every piece costs the same, so that a part of
# the frame's places shows the peak of all.
READ_AT_4K = """
import resource, torch
from penumbra.memory import read
places, objects, asking = 256 * 144, 1, 2000
given = (torch.randn(1, 64, 5 * places), torch.ones(1, 5 * places), torch.randn(1, 5 * places, 256 * objects),
         torch.randn(1, 64, asking), torch.rand(1, 64, asking))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
result = read(*given)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, result.shape[1])
"""


def test_when_a_4k_frame_reads_a_full_memory_then_it_needs_less_than_one_gigabyte():
    ran = subprocess.run([sys.executable, "-c", READ_AT_4K], capture_output=True, text=True, check=True)
    kilobytes, asked = map(int, ran.stdout.split())
    assert asked == 2000
    assert kilobytes < 1_000_000
