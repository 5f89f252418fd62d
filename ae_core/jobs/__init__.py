"""Long work: the states that a person steers, and the queue and cluster that carry it out.

Dask is known here alone. Imports nothing of models or tensors, so that a state is read without PyTorch.
"""
