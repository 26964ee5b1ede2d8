"""What a warm worker is worth: from a request to the beginning of its first frame, the first time and after it.

    .venv/bin/python -m benchmarks.worker
    .venv/bin/python -m benchmarks.worker --times 5 --frames 1001-1002

A real worker, the bundled shot and the bundled model. Before the first request lies its hello, which comes before
anything heavy is imported; what is imported and loaded for the first matte is there for the next ones.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from penumbra import __version__
from penumbra.protocol import Answer, Client, Ended, Notification, Refusal

SAMPLE = Path(__file__).parents[1] / "sample"


def main() -> None:
    options = arguments()
    rows: dict[str, list[float]] = {}
    for _ in range(options.times):
        with tempfile.TemporaryDirectory() as folder:
            for name, seconds in one_worker(Path(folder), options.frames):
                rows.setdefault(name, []).append(seconds)
    table = Table(title=f"seconds, {options.times} workers, the bundled shot")
    for head in ("", "least", "median", "most"):
        table.add_column(head, justify="left" if not head else "right")
    for name, each in rows.items():
        table.add_row(name, *(f"{value:.2f}" for value in (min(each), statistics.median(each), max(each))))
    Console().print(table)
    medians = [statistics.median(each) for each in rows.values()]
    print(f"the second matte's first frame begins after {medians[2] / medians[1]:.3f} of the first one's time")


def one_worker(folder: Path, frames: str) -> list[tuple[str, float]]:
    begun = time.monotonic()
    command = [sys.executable, "-m", "penumbra.cli.main", "worker"]
    client = Client(command, who="benchmarks.worker", version=__version__)
    wait(client, lambda message: isinstance(message, Answer) and message.id == 0)
    times = [("start to hello", time.monotonic() - begun)]
    for count in ("first", "second", "third"):
        begun = time.monotonic()
        opening = client.send("open", shot=document(folder / count), folder=str(folder))
        shot = wait(client, lambda message, opening=opening: getattr(message, "id", None) == opening).result["shot"]
        job = client.send("matte", shot=shot, frames=frames)
        wait(client, is_first_frame)
        times.append((f"{count} matte: request to its first frame's beginning", time.monotonic() - begun))
        wait(client, lambda message, job=job: isinstance(message, Answer) and message.id == job)
    client.close()
    return times


def document(out: Path) -> dict[str, object]:
    return {
        "plate": str(SAMPLE / "plate" / "plate.####.exr"),
        "key_frames": {"1001": str(SAMPLE / "roto" / "roto.1001.exr")},
        "settings": {"across_cuts": True},
        "delivery": {"out": str(out / "matte.####.exr")},
    }


def is_first_frame(message: object) -> bool:
    return isinstance(message, Notification) and message.method == "progress" and message.params["stage"] == "matting"


def wait(client: Client, what) -> Answer:
    while True:
        for message in client.arrived():
            if isinstance(message, Refusal | Ended):
                raise SystemExit(f"{message}\n" + "\n".join(client.log_lines()))
            if what(message):
                return message
        time.sleep(0.002)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3, help="how many workers")
    parser.add_argument("--frames", default="1001-1002", help="of the bundled shot")
    return parser.parse_args()


if __name__ == "__main__":
    main()
