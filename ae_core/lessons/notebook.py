"""What the reference notebook printed: losses of its 25 epochs at a constant learning rate of 0.05.

Source: the output cells of LinearEncoderDecoderMNIST.ipynb in nitishsanghi/Deep-Learning-Autoencoders, on
48,000 training and 12,000 validation digits.
"""

SOURCE = "LinearEncoderDecoderMNIST.ipynb, nitishsanghi/Deep-Learning-Autoencoders"
VALIDATION = {
    1: 0.052090,
    2: 0.032505,
    3: 0.050642,
    5: 0.023394,
    9: 0.027050,
    10: 0.019233,
    15: 0.013304,
    20: 0.012020,
    25: 0.010282,
}  # by epoch
