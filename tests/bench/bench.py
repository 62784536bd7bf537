"""Measures kiln and its peers side by side, in turns, and writes bench.md and bench.png. Started by tests/bench/run."""

import argparse
import json
import pathlib
import platform
import statistics
import subprocess
import sys
from collections import namedtuple

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.patches import Patch

import peers

# A row of kiln bench. `optimizer` None: prediction; `sse`: the tutorial's loss and sigmoid output.
Row = namedtuple("Row", "name widths batch optimizer sse peers")
ROWS = [
    Row("784-128-10 sgd", (784, 128, 10), 128, "sgd", False, "torch sklearn kann products"),
    Row("784-128-10 adam", (784, 128, 10), 128, "adam", False, "torch sklearn products"),
    Row("784-512-256-10 sgd", (784, 512, 256, 10), 256, "sgd", False, "torch products"),
    Row("784-512-256-10 adam", (784, 512, 256, 10), 256, "adam", False, "torch products"),
    Row("64-32-10 sgd", (64, 32, 10), 32, "sgd", False, "torch sklearn kann products"),
    Row("4-16-3 sgd", (4, 16, 3), 16, "sgd", False, "torch products"),
    Row("2-4-1 sgd", (2, 4, 1), 4, "sgd", True, "torch numpy products"),
    Row("predict 784-128-10", (784, 128, 10), None, None, False, "torch products"),
]

# What a peer was measured to do: a speed and a ratio kiln / peer a round, and how it was run.
Result = namedtuple("Result", "peer way speeds ratios")


def arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/run", description=__doc__.split(".")[0])
    parser.add_argument("--kiln", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", default="", metavar="TEXT", help="the rows whose names contain it")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 0.2 s, for a first look")
    parser.add_argument("--rounds", type=int, metavar="N", help="turns of kiln and each peer (default 5)")
    parser.add_argument("--seconds", type=float, metavar="S", help="about how long a measurement takes (default 0.5)")
    parser.add_argument("--device", default="cpu", help="kiln's (default cpu, where the peers are)")
    a = parser.parse_args()
    a.rounds = a.rounds or (2 if a.quick else 5)
    a.seconds = a.seconds or (0.2 if a.quick else 0.5)
    return a


def kiln_bench(a, row):
    """kiln's own report on one row, measured once."""
    command = [a.kiln, "bench", "--json", "--quiet", "--device", a.device, "--only", row.name, "--rounds", "1"]
    done = subprocess.run([*command, "--seconds", str(a.seconds)], check=True, capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert [r["name"] for r in report["rows"]] == [row.name], "kiln bench has other rows than this table"
    return report


def kiln_speed(a, row):
    return kiln_bench(a, row)["rows"][0]["samples_per_second"]["median"]


def compare(a, row, peer):
    """In turns kiln and the peer in each of its ways, of which the fastest by median counts."""
    ours, speeds = [], {way: [] for way in peer.ways(row)}
    for _ in range(a.rounds):
        ours.append(kiln_speed(a, row))
        for way in speeds:
            speeds[way].append(peer.measure(row, way, a.seconds))
    way = max(speeds, key=lambda w: statistics.median(speeds[w]))
    print(f"{row.name}: {peer.name}", file=sys.stderr)
    return Result(peer.name, way, speeds[way], [k / p for k, p in zip(ours, speeds[way])]), ours


def measure(a):
    """Each row's speeds of kiln, and its peers' results."""
    all_peers = {"torch": peers.PyTorch(), "sklearn": peers.ScikitLearn(), "numpy": peers.NumPy(),
                 "kann": peers.Kann(a.folder), "products": peers.Products(a.folder)}  # fmt: skip
    if not all_peers["kann"].driver.exists():
        del all_peers["kann"]
    measured = {}
    for row in (r for r in ROWS if a.only in r.name):
        ours, results = [], []
        for name in (n for n in row.peers.split() if n in all_peers):
            result, speeds = compare(a, row, all_peers[name])
            results.append(result)
            ours += speeds
        measured[row] = ours, results
    return measured


def processor():
    for line in open("/proc/cpuinfo") if sys.platform == "linux" else []:
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor() or platform.machine()


def describe(way):
    threads, kind = way
    return f"{threads} thread{'s' if threads > 1 else ''}{', ' + kind if kind else ''}"


def markdown(a, measured):
    report = kiln_bench(a, next(iter(measured)))
    lines = [
        f"kiln {report['kiln']} on {report['device']}, {report['precision']}; {processor()}, {peers.THREADS[-1]} cores;"
        f" medians of {a.rounds} rounds of {a.seconds:g} s.",
        "",
        "Ratio: kiln's speed over the other's in the same round, above 1 where kiln is faster; median (lowest to highest).",
        "",
        "| row | program | samples/s | kiln / it |",
        "|---|---|---:|---|",
    ]
    for row, (ours, results) in measured.items():
        lines.append(f"| {row.name} | **kiln** | **{statistics.median(ours):.0f}** | |")
        for r in results:
            spread = f"{statistics.median(r.ratios):.2f} ({min(r.ratios):.2f} to {max(r.ratios):.2f})"
            lines.append(f"| | {r.peer} ({describe(r.way)}) | {statistics.median(r.speeds):.0f} | {spread} |")
    return "\n".join(lines) + "\n"


def draw(measured, path):
    """Bars from 1 to kiln / peer on a logarithmic axis, marks from the lowest to the highest round."""
    names = list(dict.fromkeys(r.peer for _, results in measured.values() for r in results))
    figure, axes = plt.subplots(figsize=(9, 1.5 + 0.75 * len(measured)), layout="constrained")
    height = 0.8 / max(len(results) for _, results in measured.values())
    for at, (_, results) in enumerate(measured.values()):
        for i, r in enumerate(results):
            middle = statistics.median(r.ratios)
            place = at + (i - (len(results) - 1) / 2) * height
            marks = [[middle - min(r.ratios)], [max(r.ratios) - middle]]
            axes.barh(place, middle - 1, height, left=1, xerr=marks, capsize=2, color=f"C{names.index(r.peer)}")
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(range(len(measured)), [row.name for row in measured])
    axes.invert_yaxis()
    axes.set_xlabel("kiln's speed / the other's; right of 1: kiln is faster")
    axes.legend([Patch(color=f"C{i}") for i in range(len(names))], names, fontsize="small")
    figure.savefig(path, dpi=150)


def main():
    a = arguments()
    if not any(a.only in row.name for row in ROWS):
        sys.exit(f"--only '{a.only}' is in no row's name; the rows are {', '.join(row.name for row in ROWS)}")
    measured = measure(a)
    text = markdown(a, measured)
    (a.folder / "bench.md").write_text(text)
    draw(measured, a.folder / "bench.png")
    print(text, end="")


main()
