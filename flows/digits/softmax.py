"""Softmax regression (multinomial logistic regression), trained by stochastic gradient descent.

A model is {"weights": 10 lists of 64 numbers, "biases": 10 numbers}: one row per digit.
"""

import math
import random

DIGITS = 10


def scores(model, pixels):
    """One number per digit: the greater, the likelier."""
    return [
        bias + sum(weight * pixel for weight, pixel in zip(row, pixels))
        for row, bias in zip(model["weights"], model["biases"])
    ]


def probabilities(model, pixels):
    """One number per digit, from 0 to 1; their sum is 1."""
    logits = scores(model, pixels)
    greatest = max(logits)
    powers = [math.exp(logit - greatest) for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def predict(model, pixels):
    """The likeliest digit."""
    logits = scores(model, pixels)
    return logits.index(max(logits))


def accuracy(model, images):
    """The part of the images that the model reads right, from 0 to 1."""
    return sum(predict(model, image["pixels"]) == image["digit"] for image in images) / len(images)


def untrained(pixel_count):
    return {"weights": [[0.0] * pixel_count for _ in range(DIGITS)], "biases": [0.0] * DIGITS}


def learn(model, image, rate):
    """One step down the gradient of the cross entropy of one image."""
    lit = [(place, pixel) for place, pixel in enumerate(image["pixels"]) if pixel]
    for digit, probability in enumerate(probabilities(model, image["pixels"])):
        error = rate * (probability - (digit == image["digit"]))
        row = model["weights"][digit]
        for place, pixel in lit:
            row[place] -= error * pixel
        model["biases"][digit] -= error


def train(images, epochs, seed, rate=0.001, model=None):
    """A model of the images, gone over `epochs` times, each time in a new order and with smaller steps.

    A model that is given goes on learning; it is changed.
    """
    order = random.Random(seed)
    images = list(images)
    model = model or untrained(len(images[0]["pixels"]))
    for epoch in range(epochs):
        order.shuffle(images)
        for image in images:
            learn(model, image, rate / (1 + epoch))
    return model


def rounded(model, places=5):
    return {
        "weights": [[round(weight, places) for weight in row] for row in model["weights"]],
        "biases": [round(bias, places) for bias in model["biases"]],
    }
