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
    # Always in float32, also where training runs in mixed precision: which places are the best depends on small
    # differences of large numbers.
    key_BKn, shrinkage_Bn, value_BnC = key_BKn.float(), shrinkage_Bn.float(), value_BnC.float()
    query_BKp, selection_BKp = query_BKp.float(), selection_BKp.float()
    piece = max(1, PIECE_BYTES // (4 * batch * positions))
    # The bag below takes one table for the whole batch: row b * n + i.
    first_B11 = torch.arange(batch, device=key_BKn.device)[:, None, None] * positions
    table = value_BnC.flatten(0, 1)
    memory_BMn, asking_BpM = asked_of(key_BKn, shrinkage_Bn), asking(query_BKp, selection_BKp)
    pieces = []
    for start in range(0, asking_BpM.shape[1], piece):
        with torch.autocast(key_BKn.device.type, enabled=False):
            scores_Bpn = asking_BpM[:, start : start + piece] @ memory_BMn
        best_Bpk, where_Bpk = scores_Bpn.topk(min(TOP_K, positions), dim=-1)
        del scores_Bpn
        answer = F.embedding_bag(
            (where_Bpk + first_B11).flatten(0, 1),
            table,
            per_sample_weights=best_Bpk.softmax(-1).flatten(0, 1),
            mode="sum",
        )
        pieces.append(answer.unflatten(0, (batch, -1)))
    return torch.cat(pieces, 1)
