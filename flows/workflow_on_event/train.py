"""The step train of daily.toml: a new version of the day's model, which goes on from an older one if there is one."""
import sys

import data
import models
import softmax
from qflow import artifacts, current

day = data.day(current.context)
folder = data.folder("daily_data") / day
images = [image for file in sorted(folder.glob("[0-9]*.json")) for image in data.read(file)]
if not images:
    sys.exit(f"there is no data of {day} in {folder}")
base = models.base_of(day)
number = models.next_number(day)

model = softmax.train(images, current.params.epochs, seed=number, rate=0.1, model=base and base.weights())
version = models.register(day, number, softmax.rounded(model))
version.tag("generated")

artifacts.version = version.text
artifacts.base = base.text if base else None
print(f"{version.text} learned from {len(images)} images, starting from {base.text if base else 'nothing'}")
