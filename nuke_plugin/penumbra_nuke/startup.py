"""What `menu.py` calls. `init.py` imports it, so it is light: that runs on every render host as well.

For a Nuke without windows there is nothing to register: a node's mattes are files that a Read reads.
"""

from __future__ import annotations


def register_menus() -> None:
    """For Nuke with its windows: the menu, which is the toolbar's button too, the panel, and what Nuke tells us."""
    import nuke

    from penumbra_nuke import actions, jobs
    from penumbra_nuke.host import callbacks
    from penumbra_nuke.host.graph import has_panel

    menu = nuke.menu("Nodes").addMenu("Penumbra", icon="penumbra.png")
    menu.addCommand("Penumbra", actions.create, icon="penumbra.png")
    menu.addCommand("Jobs", actions.show_panel, icon="penumbra.png")
    callbacks.register(jobs.script_closed)
    if has_panel():
        from penumbra_nuke.host import panel

        panel.register()
