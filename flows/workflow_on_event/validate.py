"""The step validate of daily.toml: the new version is validated if it is better than the one that it started from."""
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
artifacts.base_score = score(artifacts.base) if artifacts.base else None
artifacts.validated = artifacts.base is not None and artifacts.score > artifacts.base_score
if artifacts.validated:
    models.find(artifacts.version).tag("validated")
    print(f"{artifacts.version} is validated")
