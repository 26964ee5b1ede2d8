"""Where the time of one frame goes, from EXR to EXR, as a table.

    .venv/bin/python benchmarks/frame.py
    .venv/bin/python benchmarks/frame.py --size 1920x1080 --published --repeats 3

Every station is timed by itself, in turn with the others, so that a slow moment of the machine hits all of them; the
figures to quote are the shares and ratios of one run. `--published` times the published architecture with random
weights, whose speed is that of the real ones.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from penumbra import load_model
from penumbra.codec import Channels, read_picture, write_exr
from penumbra.color import View
from penumbra.finishing import premultiplied
from penumbra.image import Plate, Window
from penumbra.memory import recall
from penumbra.network import PUBLISHED, Network
from penumbra.propagation.propagator import padded_to_stride
from penumbra.propagation.step import begin, propagate
from penumbra.shot import DEFAULT_MODEL

# A full memory: the permanent frame and the four newest.
MEMORY_FRAMES = 5


def main() -> None:
    options = arguments()
    torch.manual_seed(0)
    if options.threads:
        torch.set_num_threads(options.threads)
    network = Network(PUBLISHED).eval() if options.published else load_model(DEFAULT_MODEL).network
    width, height = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        stations = journey(network, width, height, Path(folder))
        seconds = timed(stations, options.repeats)
    name = "published architecture" if options.published else DEFAULT_MODEL
    print_table(f"{name}, {width}x{height}, {torch.get_num_threads()} threads, {platform.machine()}", seconds)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="960x540", help="width x height of the plate and of the view")
    parser.add_argument("--published", action="store_true", help="the published architecture, not the bundled model")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int)
    return parser.parse_args()


def journey(network: Network, width: int, height: int, folder: Path) -> dict[str, Callable[[], Any]]:
    """The stations in their order; each a call that does its work once, on what the ones before it gave."""
    window = Window(0, 0, width, height)
    rgb = np.random.default_rng(0).random((height, width, 3), np.float32)
    kinds: dict[str, Any] = {"compression": "zip", "display_window": window}
    write_exr(folder / "plate.exr", [Channels("RGB", rgb, "half")], **kinds)
    view = padded_to_stride(View()(torch.from_numpy(rgb).permute(2, 0, 1))[None])
    mask = torch.zeros(1, 1, *view.shape[-2:])
    mask[..., view.shape[-2] // 4 : -view.shape[-2] // 4, view.shape[-1] // 4 : -view.shape[-1] // 4] = 1
    state, alpha = begin(network, "", (height, width), view, mask, warmup=0)
    state = replace(state, entries=state.entries * MEMORY_FRAMES)
    image = network.encode_image(view)
    readout = recall(state.entries, image.key, image.selection)
    fused = network.fuse(image, readout, state.sensory, state.last_alpha)
    pixels, _ = network.read_queries(fused, state.summaries)
    plate = Plate(1, rgb, window, window, window)
    alpha_HW = alpha[0, 0, :height, :width].numpy()
    rgba = premultiplied(plate, alpha_HW)
    return {
        "read EXR": lambda: read_picture(folder / "plate.exr"),
        "view": lambda: View()(torch.from_numpy(rgb).permute(2, 0, 1)),
        "encode image": lambda: network.encode_image(view),
        "read memory": lambda: recall(state.entries, image.key, image.selection),
        "fuse": lambda: network.fuse(image, readout, state.sensory, state.last_alpha),
        "query transformer": lambda: network.read_queries(fused, state.summaries),
        "decode": lambda: network.decode(image, pixels, state.sensory, state.last_alpha),
        "encode mask": lambda: network.encode_mask(image, alpha),
        "premultiply": lambda: premultiplied(plate, alpha_HW),
        "write EXR": lambda: write_exr(folder / "matte.exr", [Channels("RGBA", rgba, "half")], **kinds),
        "network, a frame": lambda: propagate(network, state, view),
        "network, a memory frame": lambda: propagate(network, replace(state, frames_since_memory=4), view),
    }


def timed(stations: dict[str, Callable[[], Any]], repeats: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = defaultdict(list)
    for turn in range(repeats + 1):
        for name, call in stations.items():
            began = time.perf_counter()
            call()
            if turn:  # the first turn is for warming up
                seconds[name].append(time.perf_counter() - began)
    return seconds


def print_table(title: str, seconds: dict[str, list[float]]) -> None:
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    whole = medians["network, a frame"]
    table = Table(title=title)
    for head in ("station", "median ms", "least ms", "share of the network's frame"):
        table.add_column(head, justify="left" if head == "station" else "right")
    for name, median in medians.items():
        table.add_row(name, f"{median * 1e3:.1f}", f"{min(seconds[name]) * 1e3:.1f}", f"{median / whole:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
