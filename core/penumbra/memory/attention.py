"""The attention read: every place of a frame asks the memory bank, and keeps its best answers.

The similarity of memory position n to query position p is

    S[n,p] = ( 2 k_n . (q_p e_p) - k_n^2 . e_p - (e_p q_p^2) . 1 ) * shrinkage_n / sqrt(K)

and the readout is the values' sum weighted by the softmax over the TOP_K largest. The dense [n, p] matrix of a 4K frame
is 27 GB, so that it is made in pieces of query positions, each of PIECE_BYTES at most.

Values may be stored in half precision, of which only the answers ever become float32. Keys may not: which places are
the best depends on small differences of large numbers.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

TOP_K = 30
# What one piece of the similarity may take. A constant, not a setting: results must not depend on the machine. Only a
# GPU that has no memory left for it gets smaller pieces.
PIECE_BYTES = 128 * 1024 * 1024


def asked_of(key_BKn: Tensor, shrinkage_Bn: Tensor) -> Tensor:
    """The memory's side of S, `[B,2K+1,n]`: [2k, -k^2, -1] * shrinkage / sqrt(K), so that one product gives all terms.

    Args:
        key_BKn: Keys of the memory positions.
        shrinkage_Bn: Their sharpness, from 1 up.
    """
    sides = (2 * key_BKn, -(key_BKn**2), -torch.ones_like(key_BKn[:, :1]))
    return torch.cat(sides, 1) * (shrinkage_Bn / math.sqrt(key_BKn.shape[1]))[:, None]


def asking(query_BKp: Tensor, selection_BKp: Tensor) -> Tensor:
    """The frame's side of S, `[B,p,2K+1]`: [q e, e, e q^2 . 1].

    Args:
        query_BKp: Keys of the asking positions.
        selection_BKp: Which channels count for them, 0..1.
    """
    weighted_BKp = query_BKp * selection_BKp
    constant_B1p = (weighted_BKp * query_BKp).sum(1, keepdim=True)
    return torch.cat((weighted_BKp, selection_BKp, constant_B1p), 1).transpose(1, 2)


def similarity(key_BKn: Tensor, shrinkage_Bn: Tensor, query_BKp: Tensor, selection_BKp: Tensor) -> Tensor:
    """All of S at once, `[B,p,n]`: for training, whose frames are small."""
    return asking(query_BKp, selection_BKp) @ asked_of(key_BKn, shrinkage_Bn)


def read(
    key_BKn: Tensor,
    shrinkage_Bn: Tensor,
    value_BnC: Tensor,
    query_BKp: Tensor,
    selection_BKp: Tensor,
    piece_bytes: int = PIECE_BYTES,
) -> Tensor:
    """The readout `[B,p,C]`, in float32, piece by piece.

    Beside its inputs and its result it holds `piece_bytes` of similarity, and as much again for the search in it.

    Args:
        key_BKn: Keys of the memory positions.
        shrinkage_Bn: Their sharpness, from 1 up.
        value_BnC: What each remembers; the objects of a shot one after the other in C. Half precision is read as it is.
        query_BKp: Keys of the asking positions.
        selection_BKp: Which channels count for them, 0..1.
        piece_bytes: What one piece of the similarity may take; one asking position is the least.
    """
    batch, _, positions = key_BKn.shape
    best = min(TOP_K, positions)
    # Also where training runs in mixed precision.
    key_BKn, shrinkage_Bn = key_BKn.float(), shrinkage_Bn.float()
    query_BKp, selection_BKp = query_BKp.float(), selection_BKp.float()
    in_half = value_BnC.dtype == torch.float16
    # The bag takes one table for the whole batch: row b * n + i.
    table_MC = (value_BnC if in_half else value_BnC.float()).flatten(0, 1)
    answer = _answer_from_half if in_half else _answer
    piece = max(1, piece_bytes // (4 * batch * positions))
    first_B11 = torch.arange(batch, device=key_BKn.device)[:, None, None] * positions
    memory_BMn, asking_BpM = asked_of(key_BKn, shrinkage_Bn), asking(query_BKp, selection_BKp)
    pieces = []
    for start in range(0, asking_BpM.shape[1], piece):
        with torch.autocast(key_BKn.device.type, enabled=False):
            scores_Bpn = asking_BpM[:, start : start + piece] @ memory_BMn
        best_Bpk, where_Bpk = scores_Bpn.topk(best, dim=-1)
        del scores_Bpn
        answer_PC = answer((where_Bpk + first_B11).flatten(0, 1), table_MC, best_Bpk.softmax(-1).flatten(0, 1))
        pieces.append(answer_PC.unflatten(0, (batch, -1)))
    return torch.cat(pieces, 1)


def _answer(where_Pk: Tensor, table_MC: Tensor, weight_Pk: Tensor) -> Tensor:
    """The weighted sum of the rows that were found, `[P,C]`."""
    return F.embedding_bag(where_Pk, table_MC, per_sample_weights=weight_Pk, mode="sum")


def _answer_from_half(where_Pk: Tensor, table_MC: Tensor, weight_Pk: Tensor) -> Tensor:
    """The same from half values: the bag would want the weights in half as well, and sum in it."""
    return (weight_Pk[:, None] @ table_MC[where_Pk].float())[:, 0]
