"""Looks, in a process of their own: `python -m penumbra.doctor NAME...`, where each NAME is a module of `looks`."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict

from penumbra.doctor.apart import MARK

if __name__ == "__main__":
    for name in sys.argv[1:]:
        look = importlib.import_module(f"penumbra.doctor.looks.{name}").look
        told = json.dumps({"name": name, "findings": [asdict(finding) for finding in look()]})
        # Libraries print what they like; this line is told by its mark. ASCII, whatever the terminal can write.
        print(f"\n{MARK}{told}", flush=True)  # noqa: T201 - a line for the process that started this one
