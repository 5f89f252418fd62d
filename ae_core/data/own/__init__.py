"""Data sets of one's own: read from what people have, made into 28 × 28, split, kept with a name.

Stands on `uploads`, which knows how to read what comes from outside; once imported, such a set is a `Digits`
as MNIST is.
"""
