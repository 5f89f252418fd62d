"""Networks and what is done with them without training: encoding, reconstructing, weights on file.

Stands on `data`.
"""
