"""Trains on `training` alone; leaves `model`, and `accuracy`: what it reads right of `validation`, from 0 to 1."""

import json
import os
import pathlib

import softmax

inputs = pathlib.Path(os.environ["QFLOW_IN"])
out = pathlib.Path(os.environ["QFLOW_OUT"])
epochs = int(os.environ["QFLOW_PARAM_epochs"])
seed = int(os.environ["QFLOW_PARAM_seed"])

training = json.loads((inputs / "training.json").read_text())
validation = json.loads((inputs / "validation.json").read_text())

model = softmax.rounded(softmax.train(training, epochs, seed))
accuracy = round(softmax.accuracy(model, validation), 4)

(out / "model.json").write_text(json.dumps(model))
(out / "accuracy.json").write_text(json.dumps(accuracy))
print(f"trained on {len(training)} images, {epochs} times")
print(f"accuracy {accuracy:.3f} on {len(validation)} images that training did not see")
