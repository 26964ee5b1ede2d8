"""The command line: a thin door. It computes no pixels and opens heavy rooms only when a command needs them."""
