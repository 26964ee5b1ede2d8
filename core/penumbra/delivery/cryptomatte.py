"""Objects as a Cryptomatte, from which Nuke's node and others pick them by name or by a click.

After Psyop's specification 1.2.0 (github.com/Psyop/Cryptomatte): an object's id is the hash of its name, as a float;
every pixel holds pairs of id and coverage, the largest coverage first.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import mmh3
import numpy as np
from numpy.typing import NDArray

from penumbra.codec import Channels
from penumbra.image import Attribute, Layer

# What the whole of the ids is called, as renderers call theirs.
TYPE = "CryptoObject"
# What an object is called that has no name.
NAMELESS = "matte"


def cryptomatte(layers: Sequence[Layer]) -> tuple[Channels, tuple[Attribute, ...]]:
    """Ids and coverages, and the header entries by which readers find them.

    Coverage is an object's alpha, divided by the sum of all alphas where that is more than 1. What is left to 1 is
    covered by nothing, whose id is 0, as the specification has it. There are as many ranks as can be needed by so many
    objects, so that every frame of a shot has the same channels and nothing is lost.

    Args:
        layers: The objects, at least one.

    Returns:
        `CryptoObject00.R` (id), `.G` (its coverage), `.B` (the next id), `.A` (its coverage), `CryptoObject01.R` ...,
        always float; and `cryptomatte/...`.
    """
    names = [layer.name or NAMELESS for layer in layers]
    bits = [id_bits(name) for name in names]
    pixels_HWC = _ranked(np.stack([layer.alpha_HW for layer in layers]), np.array(bits, np.uint32).view(np.float32))
    count = pixels_HWC.shape[2] // 4
    channels = [f"{TYPE}{number:02d}.{channel}" for number in range(count) for channel in "RGBA"]
    entries = {
        "name": TYPE,
        "hash": "MurmurHash3_32",
        "conversion": "uint32_to_float32",
        "manifest": json.dumps({name: f"{value:08x}" for name, value in zip(names, bits, strict=True)}),
    }
    # Of the eight digits, as a header's names were once limited to 31 letters.
    key = f"{id_bits(TYPE):08x}"[:7]
    header = tuple(Attribute(f"cryptomatte/{key}/{entry}", "string", value) for entry, value in entries.items())
    return Channels(channels, pixels_HWC, "float"), header


def id_bits(name: str) -> int:
    """The 32 bits of the float that is a name's id.

    The name's MurmurHash3_32, seed 0, its float's exponent moved into 1..254, so that it is an ordinary number: no NaN,
    no infinity, not 0 and not denormal.
    """
    value = mmh3.hash(name, 0, signed=False)
    exponent = min(max(value >> 23 & 0xFF, 1), 254)
    return value & ~(0xFF << 23) | exponent << 23


def _ranked(alpha_OHW: NDArray[np.float32], ids_O: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pairs of id and coverage `[H,W,2R]`, R even: what nothing covers counts as one more object, with the id 0."""
    total_HW = alpha_OHW.sum(0)
    ranks = len(ids_O) + 1
    pairs_HWR2 = np.zeros((*total_HW.shape, ranks + ranks % 2, 2), np.float32)
    pairs_HWR2[:, :, 0, 1] = 1
    # Most pixels have nothing to sort.
    seen_HW = total_HW > 0
    sum_N = total_HW[seen_HW]
    coverage_RN = np.concatenate([alpha_OHW[:, seen_HW] / np.maximum(sum_N, 1), [np.maximum(1 - sum_N, 0)]])
    order_RN = np.argsort(-coverage_RN, axis=0, kind="stable")
    sorted_RN = np.take_along_axis(coverage_RN, order_RN, 0)
    named_RN = np.append(ids_O, np.float32(0))[order_RN]
    named_RN[sorted_RN == 0] = 0
    pairs_HWR2[seen_HW, :ranks] = np.stack([named_RN.T, sorted_RN.T], axis=2)
    return pairs_HWR2.reshape(*total_HW.shape, -1)
