"""Lists of parts with one life: sweeps and anomaly experiments; and t-SNE maps as jobs.

Stands on `runs`, `scores` and `latent`.
"""
