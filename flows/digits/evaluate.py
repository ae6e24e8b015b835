"""Compares `predictions` with the true digits; leaves `confusion_matrix` (row: true digit, column: predicted one) and
`accuracy`: what was read right, from 0 to 1."""

import json
import os
import pathlib

DIGITS = range(10)

inputs = pathlib.Path(os.environ["QFLOW_IN"])
trained = pathlib.Path(os.environ["QFLOW_TRIGGER_DATA"])
out = pathlib.Path(os.environ["QFLOW_OUT"])

predictions = json.loads((inputs / "predictions.json").read_text())
digits = [image["digit"] for image in json.loads((trained / "held_out.json").read_text())]

matrix = [[0 for _ in DIGITS] for _ in DIGITS]
for digit, prediction in zip(digits, predictions, strict=True):
    matrix[digit][prediction] += 1
accuracy = round(sum(matrix[digit][digit] for digit in DIGITS) / len(digits), 4)

(out / "confusion_matrix.json").write_text(json.dumps(matrix))
(out / "accuracy.json").write_text(json.dumps(accuracy))

print("true    read as")
print("    " + "".join(f"{digit:4}" for digit in DIGITS))
for digit, row in zip(DIGITS, matrix):
    print(f"{digit:4}" + "".join(f"{count:4}" if count else "   ." for count in row))
print(f"accuracy {accuracy:.3f} on {len(digits)} images that training did not see")
