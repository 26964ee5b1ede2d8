"""`penumbra train`: a model of one's own."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Train a model.")
@click.argument("config", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The run's folder; resumed if there.")
@click.option("--device", default="cpu", show_default=True, help="cpu, cuda or mps.")
@click.option("--threads", type=click.IntRange(min=1), help="Processor threads. Without it: as torch chooses.")
@click.option("--license", "license_name", default="Apache-2.0", show_default=True, help="Of the model.")
def train(config: Path, out: Path, device: str, threads: int | None, license_name: str) -> None:
    """Train the network of CONFIG (see models/penumbra-seed.yaml) from nothing on generated shots.

    The folder gets log.jsonl, checkpoint.pt and model.safetensors. Running the same line again goes on from the last
    checkpoint.
    """
    import torch
    from rich.console import Console

    from penumbra.engine.device import checked_device
    from penumbra.training import Trainer, TrainingConfig

    if threads is not None:
        torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    console = Console(highlight=False, soft_wrap=True)
    loaded = TrainingConfig.load(config)
    made = f"trained from nothing on generated shots, {config.name}, {loaded.iterations} iterations"
    trainer = Trainer(loaded, out, str(checked_device(device)), license_name, made)
    if trainer.iteration:
        console.print(f"Going on from iteration {trainer.iteration}.")
    for progress in trainer.run():
        if progress.iteration % 50 == 0 or progress.mad is not None:
            left = (loaded.iterations - progress.iteration) * progress.seconds / max(1, progress.steps)
            said = f"{progress.iteration} of {loaded.iterations}, loss {progress.loss:.3f}, {left / 60:.0f} min left"
            if progress.mad is not None:
                said += f"; MAD {progress.mad:.1f}, of the mask repeated {progress.mad_repeated_mask:.1f}"
            console.print(said)
    console.print(f"Done: {out / 'model.safetensors'}")
