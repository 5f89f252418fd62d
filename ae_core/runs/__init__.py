"""One training on file: its configuration, its store, its execution on a worker, and the service for it.

Stands on `jobs`, `training` and `zoo`.
"""
