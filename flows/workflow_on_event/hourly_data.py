"""The step of hourly_data.toml: an hour's random sample, the same one whenever it is drawn again."""
import random
from datetime import datetime, timezone

import data
from qflow import artifacts, current

hour = data.hour(current.context or datetime.now(timezone.utc).strftime("%Y-%m-%dT%H"))
images = random.Random(hour).sample(data.digits()[0], current.params.samples)
data.write(data.folder("hourly_data") / f"{hour}.json", images)

artifacts.hour = hour
print(f"{len(images)} images of {hour}")
