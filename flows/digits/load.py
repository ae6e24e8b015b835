"""Reads digits.csv.gz and leaves `images`: a list of {"pixels": 64 numbers from 0 to 16, "digit": 0 to 9}."""

import csv
import gzip
import json
import os
import pathlib

out = pathlib.Path(os.environ["QFLOW_OUT"])

with gzip.open("digits.csv.gz", "rt", newline="") as file:
    rows = [[int(cell) for cell in row] for row in csv.reader(file)]

images = [{"pixels": row[:-1], "digit": row[-1]} for row in rows]
(out / "images.json").write_text(json.dumps(images))
print(f"{len(images)} images of {len(images[0]['pixels'])} pixels")
