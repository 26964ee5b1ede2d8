"""Penumbra's entry point in every Nuke: with a window, in a terminal, on the farm, and in each render's child.

So it is quick and silent, opens no window, and never raises: a Penumbra that is broken must not stop Nuke. Nuke runs
it, in Python 3.7 to 3.11, where this folder is on its plug-in path (docs/install.md).
"""


def _penumbra_init() -> None:
    import sys
    from contextlib import suppress
    from pathlib import Path

    try:
        import nuke

        root = Path(__file__).absolute().parent
        # At the end, so that nothing of ours hides another plug-in's; each holds one package, with a name of our own.
        for name in ("nuke_plugin", "core"):
            if str(root / name) not in sys.path:
                sys.path.append(str(root / name))
        from penumbra_nuke import startup

        used = Path(startup.__file__).parents[2]
        if not used.samefile(root):
            sys.stderr.write(
                f"Penumbra is there twice: {str(used)!a} is used, {str(root)!a} is not.\n"
                "  Take one of them out of NUKE_PATH or of your .nuke/init.py.\n"
            )
            return
        for name in ("gizmos", "icons"):
            nuke.pluginAddPath((root / name).as_posix(), addToSysPath=False)
    except Exception as fault:  # noqa: BLE001 - whatever it is, Nuke goes on without us
        # Then menu.py leaves it alone too, and this is said once.
        sys.modules.pop("penumbra_nuke.startup", None)
        with suppress(Exception):
            sys.stderr.write(
                f"Penumbra could not start, and Nuke goes on without it: {type(fault).__name__}: {str(fault)!a}\n"
                f"  Get its whole folder again, or run  python3 install.py  in it: {__file__!a}\n"
            )


_penumbra_init()
del _penumbra_init
