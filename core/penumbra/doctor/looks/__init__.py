"""The looks: each module has `look()`, and runs in a process of its own."""
