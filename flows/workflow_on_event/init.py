"""The step of init.toml: makes the folders, and leaves their paths."""
import os
import pathlib

from qflow import artifacts, current

root = pathlib.Path(os.environ["QFLOW_STORE"]).parent / current.params.root
datasets = {name: root / name for name in ("hourly_data", "daily_data")}
models = {"daily_model": root / "models"}
for folder in (*datasets.values(), *models.values()):
    folder.mkdir(parents=True, exist_ok=True)

digits = pathlib.Path("../digits/digits.csv.gz").resolve()
artifacts.datasets = {"digits": str(digits), **{name: str(folder) for name, folder in datasets.items()}}
artifacts.models = {name: str(folder) for name, folder in models.items()}
print(f"datasets and models lie in {root}")
