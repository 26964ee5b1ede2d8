"""Penumbra inside Nuke: the node, its buttons, and the way to the worker.

Runs in Nuke's own Python (3.7 in Nuke 13, 3.11 in 16 and 17), so it has the dialect of 3.7, and imports the standard
library, `penumbra.errors`, `penumbra.protocol`, `penumbra.desk`, and, in `host` alone, `nuke`. Never torch: that would
break Nuke's own Inference nodes.
"""
