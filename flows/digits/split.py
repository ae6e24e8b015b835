"""Deals `images` out into `training` (60 %), `validation` (20 %) and `held_out` (the rest), by the parameter seed."""

import json
import os
import pathlib
import random

inputs = pathlib.Path(os.environ["QFLOW_IN"])
out = pathlib.Path(os.environ["QFLOW_OUT"])

images = json.loads((inputs / "images.json").read_text())
random.Random(int(os.environ["QFLOW_PARAM_seed"])).shuffle(images)

first, second = len(images) * 60 // 100, len(images) * 80 // 100
parts = {"training": images[:first], "validation": images[first:second], "held_out": images[second:]}
for name, part in parts.items():
    (out / f"{name}.json").write_text(json.dumps(part))
    print(f"{name}: {len(part)} images")
