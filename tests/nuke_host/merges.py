"""Nodes that make one picture of others. Input 0 is B, 1 is A, 2 the mask (facts 2.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import OpenImageIO as oiio

from tests.nuke_host.formats import Format
from tests.nuke_host.picture import RGBA, Picture, common, union


def _two(look: Any, node: Any) -> tuple[Picture, Picture | None, Any]:
    below, above = look.main(node, 0), look.of(node, 1)
    return below, above, union(below.box, above.box) if above is not None else below.box


def _mixed(
    look: Any, node: Any, box: Any, below: dict[str, np.ndarray], above: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """`above` where mix and mask say so."""
    share: Any = np.float32(look.number(node, "mix"))
    mask = look.of(node, 2)
    if mask is not None:
        share = share * mask.plane(RGBA[3], box)
    zero = np.float32(0)
    return {name: plane * share + below.get(name, zero) * (1 - share) for name, plane in above.items()}


def copy(look: Any, node: Any) -> Picture:
    below, above, box = _two(look, node)
    planes = below.over(box)
    if above is None:
        return replace(below, planes=planes, box=box)
    pairs = [(node._knobs[f"from{at}"]._text, node._knobs[f"to{at}"]._text) for at in range(4)]
    taken = {to: above.plane(source, box) for source, to in pairs if "none" not in (source, to)}
    taken |= {name: above.plane(name, box) for name in above.planes if node._knobs["channels"]._picks(name)}
    return replace(below, box=box, planes=planes | _mixed(look, node, box, planes, taken))


def _by_alpha(look: Any, node: Any, *, times: bool) -> Picture:
    picture: Picture = look.main(node)
    alpha = picture.plane(node._knobs["alpha"]._text, picture.box)
    if look.number(node, "invert"):
        alpha = 1 - alpha
    factor = alpha if times else np.divide(1, alpha, out=np.ones_like(alpha), where=alpha != 0)
    mask = node._knobs["channels"]
    return replace(
        picture, planes={name: plane * factor if mask._picks(name) else plane for name, plane in picture.planes.items()}
    )


def premult(look: Any, node: Any) -> Picture:
    return _by_alpha(look, node, times=True)


def unpremult(look: Any, node: Any) -> Picture:
    return _by_alpha(look, node, times=False)


def merge(look: Any, node: Any) -> Picture:
    below, above, box = _two(look, node)
    if above is None:
        return below
    names = [*below.planes, *(name for name in above.planes if name not in below.planes)]
    a, b = above.plane(RGBA[3], box), below.plane(RGBA[3], box)
    operation = look.number(node, "operation")
    merged = {name: _operate(operation, above.plane(name, box), below.plane(name, box), a, b) for name in names}
    under = below.over(box)
    return replace(below, box=box, planes=under | _mixed(look, node, box, under, merged))


def _operate(operation: str, top: Any, low: Any, a: Any, b: Any) -> np.ndarray:
    answers = {
        "over": lambda: top + low * (1 - a),
        "under": lambda: top * (1 - b) + low,
        "plus": lambda: top + low,
        "multiply": lambda: top * low,
        "mask": lambda: low * a,
        "stencil": lambda: low * (1 - a),
    }
    return np.asarray(answers[operation](), np.float32)


def keymix(look: Any, node: Any) -> Picture:
    below, above, box = _two(look, node)
    mask = look.of(node, 2)
    if above is None or mask is None:
        return below
    share = mask.plane(node._knobs["maskChannel"]._text, box) * np.float32(look.number(node, "mix"))
    if look.number(node, "invertMask"):
        share = 1 - share
    names = [name for name in {*below.planes, *above.planes} if node._knobs["channels"]._picks(name)]
    mixed = {name: above.plane(name, box) * share + below.plane(name, box) * (1 - share) for name in names}
    return replace(below, box=box, planes=below.over(box) | mixed)


def crop(look: Any, node: Any) -> Picture:
    """Nuke counts rows from the bottom."""
    picture: Picture = look.main(node)
    x, y, r, t = (int(value) for value in look.numbers(node, "box"))
    height = picture.format._height
    box = (x, height - t, r, height - y)
    wanted = common(box, picture.box) if look.number(node, "intersect") else box
    cut = picture.within(wanted) if look.number(node, "crop") else picture
    if not look.number(node, "reformat"):
        return cut
    moved = (cut.box[0] - x, cut.box[1] - box[1], cut.box[2] - x, cut.box[3] - box[1])
    return replace(cut, format=Format(r - x, t - y, picture.format._aspect), box=moved)


def reformat(look: Any, node: Any) -> Picture:
    """To a format only; what lies outside of the input's format is lost."""
    picture: Picture = look.main(node)
    to: Format = node._knobs["format"]._format
    whole = picture.within(picture.whole())
    wide, high = to._width / whole.format._width, to._height / whole.format._height
    factor = {"none": 1.0, "width": wide, "height": high, "fit": min(wide, high), "fill": max(wide, high)}
    kind = look.number(node, "resize")
    across, down = (wide, high) if kind == "distort" else (factor[kind], factor[kind])
    size = (round(whole.format._width * across), round(whole.format._height * down))
    planes = {name: _resized(plane, size) for name, plane in whole.planes.items()}
    left, top = (to._width - size[0]) // 2, (to._height - size[1]) // 2
    return replace(whole, format=to, box=(left, top, left + size[0], top + size[1]), planes=planes)


def _resized(plane: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    buffer = oiio.ImageBuf(np.ascontiguousarray(plane[..., None]))
    resized = oiio.ImageBufAlgo.resize(buffer, roi=oiio.ROI(0, size[0], 0, size[1], 0, 1, 0, 1))
    return np.asarray(resized.get_pixels(oiio.FLOAT), np.float32).reshape(size[1], size[0])


def grade(look: Any, node: Any) -> Picture:
    picture: Picture = look.main(node)
    numbers = zip(*(look.numbers(node, name) for name in ("white", "multiply", "add")), strict=True)
    by_name = dict(zip(RGBA, numbers, strict=True))
    planes = dict(picture.planes)
    for name, (white, multiply, add) in by_name.items():
        if name in planes and node._knobs["channels"]._picks(name):
            planes[name] = planes[name] * np.float32(white * multiply) + np.float32(add)
    return replace(picture, planes=planes)
