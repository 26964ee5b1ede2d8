"""From a matte's layers to the channels of a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from penumbra.codec import Channels
from penumbra.delivery.cryptomatte import NAMELESS, cryptomatte
from penumbra.delivery.provenance import PREFIX
from penumbra.image import Attribute, Layer
from penumbra.shot import Delivery


@dataclass(frozen=True)
class Contents:
    """What a file holds: channels, and the header entries that explain them."""

    channels: tuple[Channels, ...]
    header: tuple[Attribute, ...] = ()


def contents(layers: Sequence[Layer], delivery: Delivery) -> Contents:
    """A file's channels.

    * `rgba`: R, G, B, A of all objects together, and of each one that has a name: `hero.R`, `hero.G`, ...
    * `alpha`: A of all together, and `hero.A`.
    * `packed`: the alphas of the first four objects as R, G, B, A, 0 where there are fewer. The header says which is
      which: `penumbra/packed` is `R=hero G=dog`.
    * `cryptomatte`: R, G, B, A of all together, and the objects' ids (`cryptomatte.py`).

    A file keeps its channels in alphabetical order; Nuke and others show the plain ones first.

    Args:
        layers: The objects, at least one, in the order of the shot.
        delivery: Says which of these, and `half` or `float`.
    """
    return KINDS[delivery.channels](layers, delivery.pixel_type)


def together(layers: Sequence[Layer]) -> NDArray[np.float32]:
    """All objects as one, premultiplied: the sum, divided by the sum of the alphas where that is more than 1."""
    if len(layers) == 1:
        return layers[0].rgba_HW4
    sum_HW4: NDArray[np.float32] = reduce(np.add, (layer.rgba_HW4 for layer in layers))
    together_HW4: NDArray[np.float32] = np.divide(sum_HW4, np.maximum(sum_HW4[..., 3:], 1))
    return together_HW4


def _rgba(layers: Sequence[Layer], pixel_type: str) -> Contents:
    named = [layer for layer in layers if layer.name]
    each = (Channels([f"{layer.name}.{name}" for name in "RGBA"], layer.rgba_HW4, pixel_type) for layer in named)
    return Contents((Channels("RGBA", together(layers), pixel_type), *each))


def _alpha(layers: Sequence[Layer], pixel_type: str) -> Contents:
    named = [layer for layer in layers if layer.name]
    each = (Channels([f"{layer.name}.A"], layer.rgba_HW4[..., 3:], pixel_type) for layer in named)
    return Contents((Channels("A", together(layers)[..., 3:], pixel_type), *each))


def _packed(layers: Sequence[Layer], pixel_type: str) -> Contents:
    packed_HW4 = np.zeros_like(layers[0].rgba_HW4)
    for index, layer in enumerate(layers):
        packed_HW4[..., index] = layer.alpha_HW
    which = " ".join(f"{name}={layer.name or NAMELESS}" for name, layer in zip("RGBA", layers, strict=False))
    return Contents((Channels("RGBA", packed_HW4, pixel_type),), (Attribute(f"{PREFIX}packed", "string", which),))


def _cryptomatte(layers: Sequence[Layer], pixel_type: str) -> Contents:
    ids, header = cryptomatte(layers)
    return Contents((Channels("RGBA", together(layers), pixel_type), ids), header)


KINDS: dict[str, Callable[[Sequence[Layer], str], Contents]] = {
    "rgba": _rgba,
    "alpha": _alpha,
    "packed": _packed,
    "cryptomatte": _cryptomatte,
}
