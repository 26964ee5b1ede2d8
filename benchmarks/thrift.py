"""What saving memory gives and costs, level by level; and what happens on a device that has too little of it.

    .venv/bin/python -m benchmarks.thrift
    .venv/bin/python -m benchmarks.thrift --device cuda --size 1920x1080 --short

The published architecture with seeded weights on the seeded clip; the mask, and the rest of the picture, as objects.
`--short` gives the device less and less memory than the clip took, and prints what the propagator says to it: on a GPU
by torch's own limit for the process, elsewhere by counting the bytes that tensors hold.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from penumbra import MemoryState, Propagator, load_model
from penumbra.errors import MachineError
from penumbra.network import Model
from penumbra.propagation.propagator import padded_to_stride
from penumbra.propagation.step import begin, propagate
from penumbra.propagation.thrift import LEVELS, Thrift
from tests.published import save_seeded, seeded_clip, view
from tests.ration import Ration

MIB = 1024 * 1024
SHARES = (1.0, 0.995, 0.9, 0.7, 0.5, 0.3, 0.02)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="128x96", help="width x height")
    parser.add_argument("--frames", type=int, default=32)
    parser.add_argument("--warmup", type=int, default=10)
    parser.add_argument("--objects", type=int, choices=(1, 2), default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = load_model(save_seeded(Path(folder) / "seeded.safetensors", options.seed), options.device)
    width, height = map(int, options.size.split("x"))
    pictures, mask = seeded_clip(options.seed, options.frames, height, width)
    views = [torch.from_numpy(view(picture)) for picture in pictures]
    masks = torch.from_numpy(mask).float()
    masks = torch.stack((masks, 1 - masks))[: options.objects]
    most = print_levels(model, views, masks, options.warmup)
    if options.short:
        for share in SHARES:
            print(f"\n{share:.1%} of it, {most * share / MIB:.1f} MiB:")
            with room(model.device, most * share):
                print(f"  {said(model, views, masks, options.warmup)}")


def print_levels(model: Model, views: list[torch.Tensor], masks: torch.Tensor, warmup: int) -> float:
    """The table. Returns the most bytes that the first level took."""
    table = Table(title=f"{len(views)} frames, {len(masks)} objects, {list(masks.shape[1:])}, {model.device}")
    for head in ("level", "most MiB", "bank MiB", "largest difference", "mean difference"):
        table.add_column(head, justify="left" if head == "level" else "right")
    first, most = None, []
    for level in LEVELS:
        with room(model.device) as taken:
            alphas, state = matted(model, views, masks, warmup, level)
            most.append(taken())
        first = alphas if first is None else first
        apart = (alphas - first).abs()
        bank = sum(each.nbytes for entry in state.entries for each in (entry.key, entry.shrinkage, entry.value))
        figures = f"{most[-1] / MIB:.1f}", f"{bank / MIB:.2f}", f"{apart.max():.1e}", f"{apart.mean():.1e}"
        table.add_row(level.words or "plenty of memory", *figures)
    Console().print(table)
    return most[0]


@torch.inference_mode()
def matted(
    model: Model, views: list[torch.Tensor], masks: torch.Tensor, warmup: int, level: Thrift
) -> tuple[torch.Tensor, MemoryState]:
    """Alphas `[T,O,1,H,W]` with their margin, on the CPU, all of them at this level."""
    shown = [padded_to_stride(picture[None]) for picture in views]
    given = padded_to_stride(masks[:, None]).to(model.device)
    size = (masks.shape[-2], masks.shape[-1])
    network = model.network
    state, alpha = begin(network, model.digest, size, shown[0].to(model.device), given, warmup, thrift=level)
    alphas = [alpha.cpu()]
    for picture in shown[1:]:
        state, alpha = propagate(network, level.stored(state), picture.to(model.device), level)
        alphas.append(alpha.cpu())
    return torch.stack(alphas), state


def said(model: Model, views: list[torch.Tensor], masks: torch.Tensor, warmup: int) -> str:
    """What the propagator says when it is done, or why it cannot."""
    propagator = Propagator(model, warmup)
    try:
        propagator.start(views[0].numpy(), masks.numpy())
        for picture in views[1:]:
            propagator.step(picture.numpy())
    except MachineError as fault:
        return str(fault)
    return propagator.thrift or "nothing: there is enough"


@contextmanager
def room(device: torch.device, limit: float = float("inf")) -> Iterator[Callable[[], float]]:
    """A device with that many bytes. Gives what asks for the most that were taken."""
    if device.type != "cuda":
        with Ration(limit) as ration:
            yield lambda: ration.most
        return
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(device)
    total = torch.cuda.mem_get_info(device)[1]
    torch.cuda.set_per_process_memory_fraction(min(1.0, limit / total), device)
    try:
        # Torch's limit is on what it reserves, and with that on all that the process holds, the model too.
        yield lambda: torch.cuda.max_memory_reserved(device)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, device)


if __name__ == "__main__":
    main()
