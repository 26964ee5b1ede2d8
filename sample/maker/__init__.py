"""The maker of Penumbra's sample shot: scene, animation, renders and comp.

Nothing here is part of the product. The scene needs Blender's ``bpy``; the comp and the roto do not.
"""
