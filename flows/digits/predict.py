"""Reads the held-out images of the triggering run with its model; leaves `predictions`: one digit per image."""

import json
import os
import pathlib
import sys

import softmax

if "QFLOW_TRIGGER_DATA" not in os.environ:
    sys.exit("the model comes from the run that triggers this one: add --trigger TrainingFlow/latest")

trained = pathlib.Path(os.environ["QFLOW_TRIGGER_DATA"])
out = pathlib.Path(os.environ["QFLOW_OUT"])

model = json.loads((trained / "model.json").read_text())
images = json.loads((trained / "held_out.json").read_text())

predictions = [softmax.predict(model, image["pixels"]) for image in images]
(out / "predictions.json").write_text(json.dumps(predictions))
print(f"read {len(predictions)} images")
