"""How well a model follows generated shots that it was never trained on, against its first mask repeated.

    .venv/bin/python benchmarks/model.py
    .venv/bin/python benchmarks/model.py --model mine.safetensors --shots 24

Errors are mean absolute differences x 1000 (MAD), over all frames but the first.
"""

from __future__ import annotations

import argparse

import torch
from rich.console import Console
from rich.table import Table

from penumbra import Propagator, load_model
from penumbra.network import Model
from penumbra.shot import DEFAULT_MODEL
from penumbra.training.generator import Clips, generate

# Far above the seeds of training and of its validation.
FRESH_SEED = 2**41
BATCH = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--shots", type=int, default=16, help="rounded up to a multiple of 8")
    parser.add_argument("--size", type=int, default=128)
    options = parser.parse_args()
    model = load_model(options.model)
    table = Table(title=f"{model.name} on generated shots of {options.size} x {options.size}")
    for head in ("frames", "MAD", "mask repeated", "share"):
        table.add_column(head, justify="right")
    for frames in (6, 24, 48):
        ours, repeated = errors(model, options.shots, frames, options.size)
        table.add_row(str(frames), f"{ours:.1f}", f"{repeated:.1f}", f"{ours / repeated:.2f}")
    Console().print(table)


def errors(model: Model, shots: int, frames: int, size: int) -> tuple[float, float]:
    ours, repeated = [], []
    for seed in range(-(-shots // BATCH)):
        clips = generate(FRESH_SEED + seed, BATCH, frames, size)
        for index in range(BATCH):
            true = clips.alpha[index, 1:]
            ours.append((matted(model, clips, index)[1:] - true).abs().mean())
            repeated.append((clips.mask[index] - true).abs().mean())
    return float(torch.stack(ours).mean()) * 1e3, float(torch.stack(repeated).mean()) * 1e3


def matted(model: Model, clips: Clips, index: int) -> torch.Tensor:
    propagator = Propagator(model, warmup=model.card.warmup)
    views = clips.view[index]
    return torch.stack([propagator.start(views[0], clips.mask[index]), *(propagator.step(view) for view in views[1:])])


if __name__ == "__main__":
    main()
