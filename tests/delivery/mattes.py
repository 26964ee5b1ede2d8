"""Mattes as the finishing room hands them over, and how they are read back."""

import numpy as np

from penumbra.delivery import Provenance, deliver
from penumbra.image import Layer, Matte, Plate, Window
from penumbra.shot import Delivery
from tests.pictures import read_exr_file

PROVENANCE = Provenance(
    version="0.1.0",
    model="penumbra-seed",
    model_digest="ab" * 32,
    model_license="Apache-2.0",
    key_frames="1001",
    settings="cd" * 32,
    fingerprint="ef" * 32,
)


def a_plate(frame=1007, window=None, display=None, data=None, metadata=()):
    """Unbounded noise; `display` and `data` are as large as `window` where they are not given."""
    window = window or Window(0, 0, 12, 8)
    rng = np.random.default_rng(frame)
    rgb = rng.random((window.height, window.width, 3), np.float32) * 20
    return Plate(frame, rgb, window, display or window, data or window, 2.0, tuple(metadata))


def a_layer(plate, name, alpha):
    alpha = np.broadcast_to(np.asarray(alpha, np.float32), plate.rgb_HW3.shape[:2])[..., None]
    return Layer(name, np.concatenate([plate.rgb_HW3 * alpha, alpha], axis=2))


def a_matte(objects=None, **how):
    """`objects` are names with alphas, which may be single numbers; None: one nameless object of soft noise."""
    plate = a_plate(**how)
    if objects is None:
        objects = {None: np.random.default_rng(plate.frame).random(plate.rgb_HW3.shape[:2], np.float32)}
    return Matte(plate, tuple(a_layer(plate, name, alpha) for name, alpha in objects.items()))


def delivered(folder, matte, provenance=PROVENANCE, **how):
    """Channels and header of a matte's file, as another library reads them. Floats, where nothing else is said."""
    delivery = Delivery(folder / "m.####.exr", **{"pixel_type": "float"} | how)
    return read_exr_file(deliver(matte, delivery, provenance))


def window_of(header, name="dataWindow"):
    (x0, y0), (x1, y1) = (map(int, corner) for corner in header[name])
    return Window.between(x0, y0, x1 + 1, y1 + 1)
