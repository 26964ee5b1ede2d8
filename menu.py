"""Penumbra's menu, toolbar and panel: Nuke runs this after every init.py, where it has a window. It never raises."""


def _penumbra_menu() -> None:
    import sys
    from contextlib import suppress
    from pathlib import Path

    startup = sys.modules.get("penumbra_nuke.startup")
    try:
        if startup is not None:
            startup.register_menus()
        elif str(Path(__file__).absolute().parent / "nuke_plugin") not in sys.path:
            raise RuntimeError("its init.py was not run; name its folder in an init.py or NUKE_PATH, not in a menu.py")
        # Else init.py failed, and has said why.
    except Exception as fault:  # noqa: BLE001 - whatever it is, Nuke goes on without us
        with suppress(Exception):
            sys.stderr.write(
                f"Penumbra has no menu, and Nuke goes on without it: {type(fault).__name__}: {str(fault)!a}\n"
                f"  Get its whole folder again, or run  python3 install.py  in it: {__file__!a}\n"
            )


_penumbra_menu()
del _penumbra_menu
