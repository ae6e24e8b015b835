"""The step start of prediction_two_upstreams.toml."""
from qflow import artifacts, current


def start():
    print("Triggering TrainingFlow's Run object", current.trigger["TrainingFlow"])
    print("Triggering DataFlow's Run object", current.trigger["DataFlow"])
    print("Triggering event name", current.trigger.events[0].name)
    print("Triggering timestamp", current.trigger.events[0].timestamp)
    artifacts.model = current.trigger["TrainingFlow"].data.model
    print("Model value", artifacts.model["x"])


if current.trigger is None:
    print("No trigger")
else:
    start()
