"""What kiln is measured beside: one class a peer, each with the ways it can be run and its samples a second.

Samples are random float32 in memory. kiln reads bytes in a new order each epoch and standardises them; the peers take slices
of ready floats, which is less work.
"""

import functools
import os
import subprocess
import time
import warnings

import numpy as np
import sklearn
import threadpoolctl
import torch
from sklearn.neural_network import MLPClassifier

SAMPLES = 60000
RATE = 1e-3  # small: labels are random, there is nothing to learn
THREADS = sorted({1, len(os.sched_getaffinity(0))})


def blas_kernels():
    """OpenBLAS's kernels to try: those it chooses, and AVX-512's, which a version older than the processor may leave."""
    known = os.path.exists("/proc/cpuinfo") and " avx512vl " in open("/proc/cpuinfo").read()
    return ("", "SkylakeX") if known else ("",)


def rate_of(step, samples, seconds):
    """Samples a second of a step, over about `seconds` after a warm-up."""
    for budget in (0.2 * seconds, seconds):
        steps, began = 0, time.perf_counter()
        while (took := time.perf_counter() - began) < budget:
            step()
            steps += 1
    return steps * samples / took


def program(arguments, blas_threads, blas_kernel=""):
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(blas_threads), OMP_NUM_THREADS=str(blas_threads))
    if blas_kernel:
        environment["OPENBLAS_CORETYPE"] = blas_kernel
    return float(subprocess.run([str(a) for a in arguments], env=environment, check=True, capture_output=True, text=True).stdout)


@functools.lru_cache(maxsize=1)
def samples_of(features, classes):
    random = np.random.default_rng(1)
    return random.standard_normal((SAMPLES, features), dtype=np.float32), random.integers(0, classes, SAMPLES)


@functools.lru_cache(maxsize=1)
def tutorial_samples():
    return np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])


class PyTorch:
    """nn.Sequential, without a DataLoader; optimizers as they come and as one fused operation."""

    name = "PyTorch " + torch.__version__.split("+")[0]

    def ways(self, row):
        kinds = ("plain", "fused") if row.optimizer else ("whole", "batches of 4096")
        return [(threads, kind) for threads in THREADS for kind in kinds]

    def measure(self, row, way, seconds):
        threads, kind = way
        torch.set_num_threads(threads)
        torch.manual_seed(1)
        layers = []
        for a, b in zip(row.widths, row.widths[1:]):
            layers += [torch.nn.Linear(a, b), torch.nn.Sigmoid()]
        network = torch.nn.Sequential(*(layers if row.sse else layers[:-1]))
        if not row.optimizer:
            return self.predict(network, row, kind, seconds)
        if row.sse:
            x, y = (torch.tensor(a, dtype=torch.float32) for a in tutorial_samples())
            loss = torch.nn.MSELoss(reduction="sum")
        else:
            x, y = (torch.from_numpy(a) for a in samples_of(row.widths[0], row.widths[-1]))
            loss = torch.nn.CrossEntropyLoss()
        kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
        optimizer = kinds[row.optimizer](network.parameters(), lr=RATE, fused=kind == "fused")
        starts = iter_forever(range(0, len(x) - row.batch + 1, row.batch))

        def step():
            at = next(starts)
            optimizer.zero_grad()
            loss(network(x[at : at + row.batch]), y[at : at + row.batch]).backward()
            optimizer.step()

        return rate_of(step, row.batch, seconds)

    def predict(self, network, row, kind, seconds):
        x = torch.from_numpy(samples_of(row.widths[0], row.widths[-1])[0])
        batch = SAMPLES if kind == "whole" else 4096

        def step():
            with torch.no_grad():
                for at in range(0, SAMPLES, batch):
                    network(x[at : at + batch]).softmax(1)

        return rate_of(step, SAMPLES, seconds)


def iter_forever(values):
    while True:
        yield from values


class ScikitLearn:
    """MLPClassifier.fit, its checks of the data included."""

    name = "scikit-learn " + sklearn.__version__

    def ways(self, row):
        return [(threads, "") for threads in THREADS]

    def measure(self, row, way, seconds):
        x, y = samples_of(row.widths[0], row.widths[-1])
        epochs = 1
        warnings.simplefilter("ignore")  # that it has not converged
        with threadpoolctl.threadpool_limits(way[0]):
            for _ in range(2):  # the first is the warm-up, and says how many epochs fit
                network = MLPClassifier(
                    row.widths[1:-1], activation="logistic", solver=row.optimizer, alpha=0, batch_size=row.batch,
                    learning_rate_init=RATE, momentum=0, nesterovs_momentum=False, shuffle=False, tol=0,
                    n_iter_no_change=10**6, max_iter=epochs)  # fmt: skip
                began = time.perf_counter()
                network.fit(x, y)
                took = time.perf_counter() - began
                speed = epochs * SAMPLES / took
                epochs = max(1, round(seconds / took))
        return speed


class NumPy:
    """The tutorial: one hidden layer, full-batch gradient descent on the sum of squared errors."""

    name = "NumPy " + np.__version__

    def ways(self, row):
        return [(1, "")]

    def measure(self, row, way, seconds):
        x, y = tutorial_samples()
        random = np.random.default_rng(1)
        w1, b1 = random.random((2, 4)), np.zeros(4)
        w2, b2 = random.random((4, 1)), np.zeros(1)

        def step():
            nonlocal w1, b1, w2, b2
            hidden = 1 / (1 + np.exp(-(x @ w1 + b1)))
            output = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
            d2 = 2 * (y - output) * output * (1 - output)
            d1 = d2 @ w2.T * hidden * (1 - hidden)
            w2 += RATE * (hidden.T @ d2)
            b2 += RATE * d2.sum(0)
            w1 += RATE * (x.T @ d1)
            b1 += RATE * d1.sum(0)

        return rate_of(step, len(x), seconds)


class Kann:
    """kann_driver.c, with KANN's own threads or with OpenBLAS's."""

    name = "KANN"

    def __init__(self, folder):
        self.driver = folder / "kann_driver"

    def ways(self, row):
        return [(threads, kind) for threads in THREADS for kind in (("",) if threads == 1 else ("KANN's", "OpenBLAS's"))]

    def measure(self, row, way, seconds):
        threads, kind = way
        own, blas = (1, threads) if kind == "OpenBLAS's" else (threads, 1)
        return program([self.driver, row.batch, own, seconds, *row.widths], blas)


class Products:
    """products.c: the limit."""

    name = "OpenBLAS, products alone"

    def __init__(self, folder):
        self.program = folder / "products"

    def ways(self, row):
        return [(threads, kernel) for threads in THREADS for kernel in blas_kernels()]

    def measure(self, row, way, seconds):
        what = "train" if row.optimizer else "predict"
        return program([self.program, what, row.batch or 4096, seconds, *row.widths], *way)
