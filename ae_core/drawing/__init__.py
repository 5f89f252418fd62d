"""From pixels to a digit in MNIST's form: ink told from paper, strokes made ordinary, fitted, centred.

Knows nothing of models or screens; may import `errors` alone.
"""
