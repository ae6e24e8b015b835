"""The step start of prediction.toml."""
from qflow import artifacts, current


def start():
    print("Triggering Run object", current.trigger.run)
    print("Triggering event name", current.trigger.event.name)
    print("Triggering timestamp", current.trigger.event.timestamp)
    artifacts.model = current.trigger.data.model
    print("Model value", artifacts.model["x"])


if current.trigger is None:
    print("No trigger")
else:
    start()
