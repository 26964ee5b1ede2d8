"""The only room that knows Nuke: nodes, rendering, callbacks, menus, Qt.

Everything here is called on Nuke's main thread.
"""
