"""Every figure that the lab publishes, made again on full MNIST: `python -m benchmarks.NAME`."""
