"""Knobs, each class with the name and the manners of Nuke's."""
