"""The commands of `python -m ae_core`, a module for each group; ae_core/cli.py puts them together."""
