"""Runs taken away: as a ZIP file, as ONNX, as a Python script and a notebook; and ZIP files brought back."""
