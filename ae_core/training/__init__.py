"""The training loop, a generator of epochs, and what goes into it: recipe, noise, augmentation, device.

Stands on `models` and `data`; knows no files but those of the data.
"""
