#!/usr/bin/env python3
"""Writes vectors.json: small arrays and their bars, as GUDHI has them and, but for shapes with an axis of length 1,
CubicalRipser too.

    python3 -m venv venv && venv/bin/pip install numpy gudhi==3.13.0 cripser==0.0.37
    venv/bin/python make_vectors.py > vectors.json

A pair is [dimension, birth, death]; the death of the component that never dies is null.
"""

import json

import cripser
import gudhi
import numpy as np


def by_gudhi(x, construction):
    """Sublevel pairs."""
    complex = gudhi.CubicalComplex(**{"T": {"top_dimensional_cells": x}, "V": {"vertices": x}}[construction])
    return [(k, b, d) for k, (b, d) in complex.persistence(homology_coeff_field=2) if d > b]


def by_cripser(x, construction):
    """Sublevel pairs."""
    rows = cripser.compute_ph(x, filtration=construction, maxdim=x.ndim - 1)
    return [(int(k), b, np.inf if d > 1e300 else d) for k, b, d in rows[:, :3] if d > b]


def vector(name, x, construction, filtration):
    sign = -1.0 if filtration == "superlevel" else 1.0
    pairs = sorted(by_gudhi(sign * x, construction))
    if min(x.shape) > 1:  # CubicalRipser 0.0.37 finds no edges along a single row under V
        assert pairs == sorted(by_cripser(sign * x, construction)), name
    finite = [[k, sign * b, sign * d if np.isfinite(d) else None] for k, b, d in pairs]
    return {
        "name": f"{name} {construction} {filtration}",
        "shape": list(x.shape),
        "data": [int(v) if v == int(v) else v for v in x.ravel().tolist()],
        "construction": construction,
        "filtration": filtration,
        "pairs": finite,
    }


def arrays(rng):
    for shape in [(7, 9), (12, 5), (1, 20), (20, 1), (4, 5, 6), (6, 3, 3), (2, 7, 5), (5, 5, 5)]:
        size = int(np.prod(shape))
        name = "x".join(map(str, shape))
        yield f"{name} distinct", rng.permutation(size).reshape(shape).astype(float)
        yield f"{name} four levels", rng.integers(0, 4, shape).astype(float)
        yield f"{name} mask", rng.integers(0, 2, shape).astype(float)


def main():
    rng = np.random.default_rng(20)
    vectors = [
        vector(name, x, construction, filtration)
        for name, x in arrays(rng)
        for construction in "TV"
        for filtration in ["superlevel", "sublevel"]
    ]
    print("[\n" + ",\n".join(json.dumps(v, separators=(",", ":")) for v in vectors) + "\n]")


main()
