"""The step preprocess of hourly_preprocess.toml: scaled pixels, in the folder of the day."""
import data
from qflow import current

hour = data.hour(current.context)
images = data.read(data.folder("hourly_data") / f"{hour}.json")
data.write(data.folder("daily_data") / hour[:10] / f"{hour}.json", data.scaled(images))
print(f"{len(images)} images of {hour}")
