"""The step check_day of hourly_preprocess.toml: which hours of the day are still missing?"""
import data
from qflow import artifacts, current

day = data.hour(current.context)[:10]
missing = data.missing(day)

artifacts.day = day
artifacts.missing = missing
print(f"{day} is complete" if not missing else f"{len(missing)} hours of {day} are missing")
