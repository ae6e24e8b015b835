"""The steps start and train of model_refresh.toml."""
from datetime import datetime, timedelta

from qflow import artifacts, current


def load_data():
    # replace this with an actual data loader
    print("loading data since %s" % artifacts.start_date)
    return [1, 2, 3]


def train_model(df):
    # replace this with actual model training
    return df


def start():
    latest_date = datetime.fromisoformat(current.params.latest.replace("Z", "+00:00"))  # Python 3.10 knows no Z
    start_date = latest_date - timedelta(days=current.params.window)
    artifacts.start_date = start_date.isoformat()


def train():
    df = load_data()
    artifacts.model = train_model(df)


{"start": start, "train": train}[current.step]()
