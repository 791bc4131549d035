"""Compares `bettiscope check` on label maps with a count made with scikit-image.

    pip install scikit-image nibabel
    python scripts/compare-labels.py "1:1,0; 2:1,1; 1+2:1,0" FILES... [--connectivity V] [--bettiscope PATH]

Betti numbers are counted here from connected components of either side and, for volumes, from the Euler number; every number
of every file and set of labels has to be the same. FILES are PNG images or NIfTI volumes of labels.
"""

import argparse
import json
import subprocess
import sys

import numpy as np
from skimage import io, measure


def read(path):
    if path.endswith((".nii", ".nii.gz")):
        import nibabel

        return np.asarray(nibabel.load(path).dataobj)
    return io.imread(path)


def betti_numbers(mask, connectivity):
    """Components, holes of an image; components, handles and cavities of a volume."""
    axes = mask.ndim
    # T: the foreground is connected through corners, the background through faces. V: the other way round.
    foreground, background = (axes, 1) if connectivity == "T" else (1, axes)
    components = measure.label(mask, connectivity=foreground).max()
    around = np.pad(~mask, 1, constant_values=True)
    enclosed = measure.label(around, connectivity=background).max() - 1
    if axes == 2:
        return [int(components), int(enclosed)]
    euler = measure.euler_number(mask, connectivity=foreground)
    return [int(components), int(components + enclosed - euler), int(enclosed)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rule")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--connectivity", default="T", choices=["T", "V"])
    parser.add_argument("--bettiscope", default="bettiscope")
    arguments = parser.parse_args()
    command = [arguments.bettiscope, "check", *arguments.files, "--betti", arguments.rule]
    command += ["--connectivity", arguments.connectivity, "--format", "json", "--quiet"]
    rows = json.loads(subprocess.run(command, capture_output=True, check=False, text=True).stdout)
    labels, differences, right = {}, 0, 0
    for row in rows:
        path = row["file"]
        if row["error"]:
            differences += 1
            print(f"{path}: {row['error']}")
            continue
        if path not in labels:
            labels = {path: read(path)}
        mask = np.isin(labels[path], [int(label) for label in row["set"].split("+")])
        expected = betti_numbers(mask, arguments.connectivity)
        right += row["verdict"] == "right"
        if row["betti"] != expected:
            differences += 1
            print(f"{path}, {row['set']}: {row['betti']} here and {expected} by scikit-image")
    print(f"{len(rows)} rows, {right} right, {differences} differences")
    sys.exit(1 if differences or not rows else 0)


if __name__ == "__main__":
    main()
