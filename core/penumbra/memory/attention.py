"""The attention read: every place of a frame asks the memory bank, and keeps its best answers.

The similarity of memory position n to query position p is

    S[n,p] = ( 2 k_n . (q_p e_p) - k_n^2 . e_p - (e_p q_p^2) . 1 ) * shrinkage_n / sqrt(K)

and the readout is the values' sum weighted by the softmax over the TOP_K largest. The dense [n, p] matrix of a 4K frame
is 27 GB, so that it is made in pieces of query positions, each of PIECE_BYTES at most.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

TOP_K = 30
# What one piece of the similarity may take. A constant, not a setting: results must not depend on the machine.
PIECE_BYTES = 128 * 1024 * 1024


def similarity(key_BKn: Tensor, shrinkage_Bn: Tensor, query_BKp: Tensor, selection_BKp: Tensor) -> Tensor:
    """S transposed, `[B,p,n]`: how much each query position p has to do with each memory position n.

    Args:
        key_BKn: Keys of the memory positions.
        shrinkage_Bn: Their sharpness, from 1 up.
        query_BKp: Keys of the asking positions.
        selection_BKp: Which channels count for them, 0..1.
    """
    weighted_BKp = query_BKp * selection_BKp
    # One product gives all three terms: the memory side is [2k, -k^2, -1], the asking side [qe, e, e q^2 . 1].
    memory_BMn = torch.cat((2 * key_BKn, -(key_BKn**2), -torch.ones_like(key_BKn[:, :1])), 1)
    memory_BMn = memory_BMn * (shrinkage_Bn / math.sqrt(key_BKn.shape[1]))[:, None]
    constant_B1p = (weighted_BKp * query_BKp).sum(1, keepdim=True)
    asking_BMp = torch.cat((weighted_BKp, selection_BKp, constant_B1p), 1)
    return asking_BMp.transpose(1, 2) @ memory_BMn


def read(
    key_BKn: Tensor, shrinkage_Bn: Tensor, value_BnC: Tensor, query_BKp: Tensor, selection_BKp: Tensor
) -> Tensor:
    """The readout `[B,p,C]`, in float32, piece by piece.

    Beside its inputs and its result it holds PIECE_BYTES of similarity, and as much again for the search in it.

    Args:
        key_BKn: Keys of the memory positions.
        shrinkage_Bn: Their sharpness, from 1 up.
        value_BnC: What each remembers; the objects of a shot one after the other in C.
        query_BKp: Keys of the asking positions.
        selection_BKp: Which channels count for them, 0..1.
    """
    batch, _, positions = key_BKn.shape
    piece = max(1, PIECE_BYTES // (4 * batch * positions))
    # The bag below takes one table for the whole batch: row b * n + i.
    first_B11 = torch.arange(batch, device=key_BKn.device)[:, None, None] * positions
    table = value_BnC.float().flatten(0, 1)
    pieces = []
    for start in range(0, query_BKp.shape[2], piece):
        asked = slice(start, start + piece)
        scores_Bpn = similarity(key_BKn, shrinkage_Bn, query_BKp[:, :, asked], selection_BKp[:, :, asked])
        best_Bpk, where_Bpk = scores_Bpn.float().topk(min(TOP_K, positions), dim=-1)
        del scores_Bpn
        answer = F.embedding_bag(
            (where_Bpk + first_B11).flatten(0, 1),
            table,
            per_sample_weights=best_Bpk.softmax(-1).flatten(0, 1),
            mode="sum",
        )
        pieces.append(answer.unflatten(0, (batch, -1)))
    return torch.cat(pieces, 1)
