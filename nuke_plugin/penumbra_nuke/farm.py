"""The farm's own door, run beside Nuke."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from penumbra_nuke import environment
from penumbra_nuke.host import application, node, showing


class Submission:
    """The farm's door at work."""

    def __init__(self, uid: str, command: list[str]) -> None:
        self._uid = uid
        # Closed when the process has ended: until then it writes there.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=subprocess.STDOUT,
            env=environment.worker_environment(os.environ, sys.platform, application.folder()),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def look(self) -> bool:
        """Whether it has ended; then the node has been told what it said."""
        code = self._process.poll()
        if code is None:
            return False
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace").strip()
        self._said.close()
        if "No such command" in said:
            said = (
                "This Penumbra has no farm door. Copy farm command gives the line that makes the same mattes anywhere."
            )
        found = node.find(self._uid)
        if found is not None:
            showing.say(found, said or ("Submitted." if code == 0 else f"The farm's door ended with exit code {code}."))
        return True
