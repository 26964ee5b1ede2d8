"""The command line: a thin door. It computes no pixels and opens heavy rooms only when a command needs them."""

# The exit codes beside those of penumbra.errors: a bug of ours, and a run stopped by Ctrl-C, as shells have it.
BUG = 5
STOPPED = 130
