"""What lives inside the code: its geometry, and t-SNE maps of it.

Stands on `models`.
"""
