# Reads a folder of event files as TensorBoard does, and compares it with the log of the same training. Exit 77 without TensorBoard.
# usage: python3 event_values.py FOLDER LOG
import json
import struct
import sys

try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError as missing:
    print("no TensorBoard:", missing)
    sys.exit(77)

NAMES = {
    "loss/train": "loss",
    "loss/validation": "validation_loss",
    "accuracy/validation": "validation_accuracy",
    "learning_rate": "learning_rate",
    "samples_per_second": "samples_per_second",
}


def single(number):
    return struct.unpack("<f", struct.pack("<f", number))[0]


folder, log = sys.argv[1:]
rows = [json.loads(line) for line in open(log)]
events = EventAccumulator(folder, size_guidance={"scalars": 0}).Reload()
wanted = sorted(tag for tag, key in NAMES.items() if rows[0][key] is not None)
assert sorted(events.Tags()["scalars"]) == wanted, (events.Tags(), wanted)
for tag in wanted:
    read = [(event.step, event.value) for event in events.Scalars(tag)]
    logged = [(row["epoch"], single(row[NAMES[tag]])) for row in rows]
    assert read == logged, (tag, read, logged)
    times = [event.wall_time for event in events.Scalars(tag)]
    assert times == sorted(times) and times[0] > 1.7e9, times
print(len(rows), "epochs of", len(wanted), "scalars")
