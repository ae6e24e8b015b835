"""The step start of training.toml."""
from qflow import artifacts

artifacts.model = {"x": 1}
