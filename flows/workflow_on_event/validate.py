"""The step validate of daily.toml: of the new version and the one that it started from, the better one is validated."""
import data
import models
import softmax
from qflow import artifacts

images = data.scaled(data.digits()[1])


def score(text):
    accuracy = round(softmax.accuracy(models.find(text).weights(), images), 4)
    print(f"{text} scores {accuracy} on {len(images)} images that training never sees")
    return accuracy


artifacts.score = score(artifacts.version)
if artifacts.base:
    artifacts.base_score = score(artifacts.base)
    artifacts.validated = artifacts.version if artifacts.score > artifacts.base_score else artifacts.base
    models.find(artifacts.validated).tag("validated")
    print(f"{artifacts.validated} is validated")
else:
    artifacts.base_score = artifacts.validated = None
