"""Parts of the Latent page: codes, maps, interpolations, neighbours.

Imported by its page, and by parts of other pages that show the same.
"""
