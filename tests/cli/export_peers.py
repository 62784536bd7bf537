"""Networks that kiln exports, in the programs they are for: onnxruntime, PyTorch; and networks of PyTorch's in kiln.

usage: export_peers.py KILN   in an empty folder

Outputs may be off by what float32 allows. With u = 2^-24, gamma(n) = n u / (1 - n u) (Higham 2002, section 3.1) and an error e
of x, a layer's z = w x + b is off by at most |w| e + gamma(k + 8) (|w| (|x| + e) + |b|) for k inputs, f(z) by sup |f'| times that
and c u (1 + |z|) for f itself: c is the column of units in host/network/activation.c, taken of 1 and not of f, since runtimes
compute exp, tanh and erf by rational approximations. A probability p is off by p (exp(2 e) - 1), e the largest error of z, and
the rounding of exp, sum and quotient. The truth is kiln's own reference in float64.
"""
import csv
import io
import json
import math
import random
import struct
import subprocess
import sys

import numpy as np

U = 2.0**-24
TO_DOUBLE = 2.0**-28  # from float32's bound to float64's, whose u is 2^-53: 2^-29, twice since the truth is rounded too
TINY = 1e-13
ACTIVATIONS = {  # f, sup |f'|, units
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), 0.25, 16),
    "tanh": (np.tanh, 1.0, 11),
    "relu": (lambda z: np.maximum(z, 0), 1.0, 0),
    "leaky-relu": (lambda z: np.where(z > 0, z, 0.01 * z), 1.0, 3),
    "gelu": (lambda z: z / 2 * (1 + np.vectorize(math.erf)(z / math.sqrt(2))), 1.129, 18),
    "silu": (lambda z: z / (1 + np.exp(-z)), 1.1, 18),
    "linear": (lambda z: z, 1.0, 0),
}
EXPORTERS = {"script": {"dynamo": False, "opset_version": 17}, "dynamo": {"dynamo": True, "external_data": False}}
kiln_program = sys.argv[1]
compared = 0


def kiln(*arguments):
    done = subprocess.run([kiln_program, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, f"kiln {' '.join(map(str, arguments))}: {done.stderr}"
    return done.stdout


def train(data, model, *options):
    kiln("train", data, "--device", "reference", "-q", "-o", model, *options)


def truth(model, data):
    """Outputs, or probabilities a class, in float64; and the predicted classes' names."""
    answers = kiln("predict", model, data, "--device", "reference", "--precision", "f64")
    description = json.loads(kiln("info", model, "--json"))
    labels = [row if len(row) > 1 else row[0] for row in csv.reader(io.StringIO(answers))][1:]
    if description["task"] in ("classification", "multilabel"):
        answers = kiln("predict", model, data, "--device", "reference", "--precision", "f64", "--proba")
    rows = [[float(cell) for cell in row] for row in list(csv.reader(io.StringIO(answers)))[1:]]
    return np.array(rows), labels


def load(model):
    import safetensors
    from safetensors.numpy import load_file

    with safetensors.safe_open(model, "numpy") as file:
        return json.loads(file.metadata()["kiln"]), load_file(model)


def number_of(cell):
    """A missing value, "", is NaN."""
    return math.nan if cell == "" else float(cell)


def features(description, rows):
    """Raw rows as kiln's features: numbers as they are, or what fills them, with their indicators; texts one-hot."""
    made = []
    for row in rows:
        line = []
        for column, cell in zip(description["columns"], row):
            known = column.get("categories")
            line += [float(cell == text) for text in known] if known else [column["missing"] if cell == "" else float(cell)]
            line += [float(cell == "")] if column.get("indicator") else []
        made.append(line)
    return np.array(made, np.float32)


def gamma(n):
    return n * U / (1 - n * U)


def bound(description, tensors, x):
    """How far each output may be off in float32."""
    x, error = x.astype(np.float64), np.zeros(x.shape)
    if "mean" in description:
        x = (x - np.float64(description["mean"])) * np.float64(description["scale"])
        error = gamma(2) * np.abs(x)
    layers = len(description["widths"]) - 1
    for layer in range(layers):
        last = layer == layers - 1
        w = tensors[f"{2 * layer}.weight"].astype(np.float64)
        b = tensors.get(f"{2 * layer}.bias", np.zeros(len(w))).astype(np.float64)
        z = x @ w.T + b
        error = error @ np.abs(w).T + gamma(w.shape[1] + 8) * ((np.abs(x) + error) @ np.abs(w).T + np.abs(b))
        if last and description["output"] == "softmax":
            p = np.exp(z - z.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            spread = z.max(1, keepdims=True) - z
            return p * (np.exp(2 * error.max(1, keepdims=True)) - 1 + gamma(len(w) + 16 + spread)) + 16 * U
        f, lipschitz, units = ACTIVATIONS[description["output" if last else "hidden"]]
        error = lipschitz * error + units * U * (1 + np.abs(z))
        x = f(z)
        error = error + U * np.abs(x)
    return error


def agree(what, y, expected, allowed):
    """Asserts it; returns the largest share of what is allowed."""
    global compared
    assert y.shape == expected.shape, f"{what}: {y.shape}, expected {expected.shape}"
    share = (np.abs(y - expected) / allowed).max()
    assert share <= 1, f"{what}: off by {share:.3g} of the bound"
    compared += y.size
    return share


def check_onnx(what, model, data, rows, wide=False, options=()):
    import onnx
    import onnxruntime

    path = model.replace(".safetensors", ".onnx")
    kiln("export", model, path, *options)
    onnx.checker.check_model(onnx.load(path), full_check=True)
    description, tensors = load(model)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    inputs, number = session.get_inputs(), np.float64 if wide else np.float32
    if len(inputs) == 1 and inputs[0].name == "X":
        assert inputs[0].shape == ["N", len(rows[0])], inputs[0].shape
        feed = {"X": np.array([[number_of(cell) for cell in row] for row in rows]).astype(np.float32).astype(number)}
    else:
        feed = {}
        for i, given in enumerate(inputs):
            assert given.shape == ["N", 1], given.shape
            column = [[row[i]] if given.type == "tensor(string)" else [number_of(row[i])] for row in rows]
            text = given.type == "tensor(string)"
            feed[given.name] = np.array(column, object) if text else np.array(column).astype(np.float32).astype(number)
    names = [output.name for output in session.get_outputs()]
    answers = dict(zip(names, session.run(names, feed)))
    expected, labels = truth(model, data)
    allowed = bound(description, tensors, features(description, rows))
    if allowed.shape[1] == 1 and expected.shape[1] == 2:
        allowed = np.repeat(allowed + U, 2, axis=1)
    y = answers[names[-1]]
    assert y.dtype == number, y.dtype
    share = agree(what, y.astype(np.float64), expected, allowed * TO_DOUBLE + TINY if wide else allowed)
    if "label" in answers and answers["label"].ndim == 2:
        doubtful = np.abs(expected - 0.5) <= allowed
        same = answers["label"].astype(str) == np.array(labels)
        assert doubtful.mean() < 0.1 and (same | doubtful).all(), f"{what}: labels differ"
    elif "label" in answers:
        top = np.sort(expected, 1)
        clear = top[:, -1] - top[:, -2] > 2 * allowed.max(1)
        assert clear.mean() > 0.9, f"{what}: hardly a class is clear"
        same = [str(a) == b for a, b, c in zip(answers["label"], labels, clear) if c]
        assert all(same), f"{what}: {same.count(False)} labels differ"
    assert kiln("predict", path, data, "--device", "reference") == kiln("predict", model, data, "--device", "reference"), what
    print(f"{what}: outputs {names}, at most {share:.3f} of the bound")
    return path, feed, expected, allowed


def check_that_checks_fail(path, feed, expected, allowed, tensor="/0.weight"):
    """Weights, or what fills missing values, that are wrong by a ten-thousandth must be noticed."""
    import onnx
    import onnxruntime

    model = onnx.load(path)
    weights = next(t for t in model.graph.initializer if t.name == tensor)
    weights.raw_data = (np.frombuffer(weights.raw_data, np.float32) * np.float32(1.0001)).tobytes()
    y = onnxruntime.InferenceSession(model.SerializeToString()).run(None, feed)[-1]
    assert (np.abs(y - expected) / allowed).max() > 1, "a wrong weight passes"


def write_csv(path, header, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def write_idx(path, values, shape):
    with open(path, "wb") as file:
        file.write(struct.pack(">HBB", 0, 8, len(shape)) + struct.pack(f">{len(shape)}I", *shape) + bytes(values))


def make_tables():
    draw = random.Random(1)
    header = ["label", "/odd", "colour", "größe \"x\"", "label_", "kind"]
    rows = []
    for _ in range(240):
        a, b, c = draw.gauss(1000, 30), draw.uniform(-1, 1), draw.uniform(0, 1e-3)
        colour, size = draw.choice(["red", "green", "blue, dark"]), draw.choice(["S", "M"])
        kind = 7 if a + 40 * b > 1000 else (-2 if colour == "red" else 0)
        rows.append([f"{a:.4f}", f"{b:.5f}", colour, size, f"{c:.7f}", kind])
    write_csv("mixed.csv", header, rows)
    prices = [[*row[:-1], f"{float(row[0]) * 30 + 500 * (row[2] == 'red'):.2f}"] for row in rows]
    write_csv("prices.csv", [*header[:-1], "price"], prices)
    two = [[f"{draw.uniform(-1, 1):.4f}", f"{draw.uniform(-1, 1):.4f}"] for _ in range(200)]
    write_csv("two.csv", ["width", "height", "kind"], [[a, b, "large" if float(a) + float(b) > 0.1 else "small"] for a, b in two])
    both = [[a, b, "wet" if float(a) > 0 else "dry", "hot" if float(a) > float(b) else "cold"] for a, b in two]
    write_csv("labels.csv", ["a", "b", "wet", "hot"], both)
    write_csv("flags.csv", ["a", "b", "wet", "hot"], [[a, b, int(wet == "wet"), int(hot == "hot")] for a, b, wet, hot in both])
    write_csv("numbers.csv", ["a", "b", "c"], [[a, b, f"{float(a) * 2 - float(b):.4f}"] for a, b in two])
    images = [[(17 * i * (p % 5 + 1) + 40 * (i % 3) * (p % 3)) % 256 for p in range(30)] for i in range(90)]
    write_idx("images.idx", sum(images, []), (90, 5, 6))
    write_idx("labels.idx", [i % 3 for i in range(90)], (90,))
    holes = [[("" if draw.random() < 0.1 else cell) for cell in row[:-1]] + row[-1:] for row in rows]
    write_csv("holes.csv", header, holes)
    gaps = [["" if draw.random() < 0.1 else f"{float(a) + 9:.4f}", b, f"{float(b) - float(a):.4f}"] for a, b in two]
    write_csv("gaps.csv", ["a", "b", "c"], gaps)
    return [r[:-1] for r in rows], two, images


def read_rows(path):
    with open(path, newline="") as file:
        return [row[:-1] for row in list(csv.reader(file))[1:]]


def missing_values():
    """Raw rows with missing values: NaN for a number and "" for a text, one input a column, filled in inside."""
    import onnxruntime

    rows, gaps = read_rows("holes.csv"), read_rows("gaps.csv")
    for how, options in (("mean", []), ("median", ["--missing-indicator"])):
        given = ["--missing", how, *options, "--activation", "tanh", "--hidden", "9", "--epochs", "12"]
        train("holes.csv", f"holes-{how}.safetensors", *given)
        path, feed, expected, allowed = check_onnx(f"holes, {how}", f"holes-{how}.safetensors", "holes.csv", rows)
        check_that_checks_fail(path, feed, expected, allowed, "/column_0/fill")
        session = onnxruntime.InferenceSession(path)
        colour = np.where(feed["colour"] == "", "n/a", feed["colour"])  # another mark of what is missing, as in a file
        same = zip(session.run(None, feed), session.run(None, feed | {"colour": colour}))
        assert all((a == b).all() for a, b in same), "n/a is not what an empty text is"
        try:
            session.run(None, feed | {"colour": np.where(colour == "red", "purple", colour)})
            raise AssertionError("a text that was not there in training passes")
        except onnxruntime.capi.onnxruntime_pybind11_state.Fail as refused:
            assert "OneHotEncoder" in str(refused), refused
        double = ["--precision", "f64", "--opset", "13"]
        check_onnx(f"holes, {how}, double", f"holes-{how}.safetensors", "holes.csv", rows, True, double)
        train("gaps.csv", f"gaps-{how}.safetensors", *given, "--task", "regression")
        checked = check_onnx(f"gaps, {how}", f"gaps-{how}.safetensors", "gaps.csv", gaps)
        check_that_checks_fail(*checked, "/fills")
        double = ["--precision", "f64", "--opset", "22"]
        check_onnx(f"gaps, {how}, double", f"gaps-{how}.safetensors", "gaps.csv", gaps, True, double)


def exported(rows, two, images):
    for activation in ACTIVATIONS:
        model = f"mixed-{activation}.safetensors"
        train("mixed.csv", model, "--activation", activation, "--hidden", "9,6", "--epochs", "12")
        last = check_onnx(f"mixed, {activation}", model, "mixed.csv", rows)
        train("numbers.csv", "plain.safetensors", "--activation", activation, "--hidden", "5", "--epochs", "5",
              "--task", "regression")
        plain = check_onnx(f"numbers, {activation}", "plain.safetensors", "numbers.csv", two, options=["--opset", "13"])
    check_that_checks_fail(*last)
    check_that_checks_fail(*plain)
    train("prices.csv", "prices.safetensors", "--activation", "relu", "--epochs", "3")
    check_onnx("prices", "prices.safetensors", "prices.csv", rows)
    train("two.csv", "two.safetensors", "--loss", "bce", "--activation", "silu", "--epochs", "30", "--lr", "0.03")
    check_onnx("two classes, one output", "two.safetensors", "two.csv", two)
    train("two.csv", "wide.safetensors", "--activation", "tanh", "--epochs", "5", "--precision", "f64", "--lr", "0.03")
    check_onnx("two classes, double", "wide.safetensors", "two.csv", two, wide=True, options=["--precision", "f64"])
    train("two.csv", "bare.safetensors", "--no-bias", "--hidden", "none", "--epochs", "5", "--no-standardize", "--lr", "0.03")
    check_onnx("one layer, no bias", "bare.safetensors", "two.csv", two)
    for table in ("labels", "flags"):
        train(f"{table}.csv", f"{table}.safetensors", "--target", "wet,hot", "--epochs", "20")
        check_onnx(f"several labels, {table}", f"{table}.safetensors", f"{table}.csv", two)
    train("images.idx", "images.safetensors", "--labels", "labels.idx", "--activation", "tanh", "--epochs", "20")
    check_onnx("images", "images.safetensors", "images.idx", images)


def sequential(activation, widths, output=None, bias=True):
    from torch import nn

    modules = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU, "leaky-relu": nn.LeakyReLU, "gelu": nn.GELU,
               "silu": nn.SiLU, "linear": nn.Identity}
    layers = []
    for i in range(len(widths) - 1):
        layers += [nn.Linear(widths[i], widths[i + 1], bias=bias), modules[activation]()]
    return nn.Sequential(*layers[:-1], *([output] if output else []))


def into_pytorch(rows):
    """kiln's weights, by name: as they are, with the metadata's standardisation; and as exported, which takes raw features."""
    import torch
    from safetensors.torch import load_file

    for activation in ACTIVATIONS:
        model, raw = f"mixed-{activation}.safetensors", f"raw-{activation}.safetensors"
        description, tensors = load(model)
        net = sequential(activation, description["widths"], torch.nn.Softmax(1))
        net.load_state_dict(load_file(model), strict=True)
        x = features(description, rows)
        standardised = (x - np.float32(description["mean"])) * np.float32(description["scale"])
        expected, _ = truth(model, "mixed.csv")
        with torch.no_grad():
            share = agree(model, net(torch.tensor(standardised)).double().numpy(), expected, bound(description, tensors, x))
        kiln("export", model, raw, "--precision", "f64")
        description, tensors = load(raw)
        assert "mean" not in description
        net = net.double()
        net.load_state_dict(load_file(raw), strict=True)
        with torch.no_grad():
            folded = net(torch.tensor(x).double()).numpy()
        # Large means and weights cancel in the sums, which the bound's |w| |x| takes into account.
        agree(raw, folded, expected, bound(description, tensors, x) * TO_DOUBLE + TINY)
        print(f"PyTorch, {activation}: at most {share:.3f} of the bound")


def out_of_pytorch(two):
    """What PyTorch saved and exported, in kiln: the same outputs for raw rows, and a network to train on from."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(3)
    x = torch.tensor(np.array(two, np.float64).astype(np.float32))
    for activation in ACTIVATIONS:
        net = sequential(activation, [2, 7, 4, 1], bias=activation != "tanh")
        save_file({f"net.{name}": tensor for name, tensor in net.state_dict().items()}, "net.safetensors")
        train("numbers.csv", "same.safetensors", "--from", "net.safetensors", "--activation", activation, "--task", "regression",
              "--epochs", "1", "--optimizer", "sgd", "--lr", "1e-30", "--no-standardize")
        with torch.no_grad():
            expected = net.double()(x.double()).numpy()
        description, tensors = load("same.safetensors")
        allowed = bound(description, tensors, x.numpy())
        agree(f"weights of {activation}", truth("same.safetensors", "numbers.csv")[0], expected, allowed)
        for way, options in EXPORTERS.items():
            if activation == "linear":
                continue  # three layers in one for an exporter that simplifies
            try:
                torch.onnx.export(net.float(), (x[:2],), "net.onnx", **options)
            except ImportError as missing:
                print(f"torch.onnx.export, {way}: not tried: {missing}")
                continue
            assert json.loads(kiln("info", "net.onnx", "--json"))["network"]["activation"] == activation
            agree(f"{way} of {activation}", truth("net.onnx", "numbers.csv")[0], expected, allowed)
        print(f"from PyTorch, {activation}: the same outputs")


def go_on_from_logits(two):
    """A classifier of PyTorch's ends before the softmax; kiln puts it there, and trains on."""
    import torch

    x = torch.tensor(np.array(two[:2], np.float64).astype(np.float32))
    torch.onnx.export(sequential("relu", [2, 8, 2]), (x,), "classes.onnx", **EXPORTERS["script"])
    train("two.csv", "tuned.safetensors", "--from", "classes.onnx", "--epochs", "60", "--lr", "0.03")
    assert json.loads(kiln("info", "tuned.safetensors", "--json"))["network"]["output_activation"] == "softmax"
    measured = json.loads(kiln("evaluate", "tuned.safetensors", "two.csv", "--device", "reference", "--json"))
    assert measured["test"]["accuracy"] > 0.9, measured


rows, two, images = make_tables()
exported(rows, two, images)
missing_values()
into_pytorch(rows)
out_of_pytorch(two)
go_on_from_logits(two)
print(f"{compared} outputs compared")
