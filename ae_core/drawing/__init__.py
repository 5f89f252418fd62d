"""From pixels to a digit in MNIST's form: ink told from paper, strokes made ordinary, fitted, centred.

Knows nothing of models or screens; imports only the modules at the ground.
"""
