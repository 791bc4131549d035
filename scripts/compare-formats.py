#!/usr/bin/env python3
"""Has NRRD and MetaImage files of pynrrd and SimpleITK read and written again by the crate `imaging`, and both read what it wrote.

    python3 -m venv venv && venv/bin/pip install numpy pynrrd==1.1.3 SimpleITK==2.5.7
    venv/bin/python scripts/compare-formats.py

Values, types, spacing and placement have to be the same for every type, encoding and byte order, and the header of a
file that is written again has to be the old one. Prints how many files agree, and fails where one does not.
"""

import gzip
import json
import math
import pathlib
import subprocess
import tempfile
import zlib
from collections import Counter

import nrrd
import numpy as np
import SimpleITK as sitk

ROOT = pathlib.Path(__file__).resolve().parent.parent
INTEGERS = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64]
TYPES = INTEGERS + [np.float32, np.float64]
# Axes that are neither orthogonal to those of the world nor in its order.
ANGLE = math.radians(30)
OBLIQUE = np.array([[0, math.cos(ANGLE), -math.sin(ANGLE)], [1, 0, 0], [0, math.sin(ANGLE), math.cos(ANGLE)]])
SPACING = np.array([0.5, 0.75, 2.5])
ORIGIN = np.array([-12.5, 40.25, 7.0])
checked = Counter()


def values(dtype, shape, rng):
    """Numbers that 32-bit floats hold, the least and the greatest of small integers among them."""
    if np.issubdtype(dtype, np.floating):
        array = rng.normal(size=shape).astype(np.float32).astype(dtype)
    else:
        info = np.iinfo(dtype)
        low, high = max(info.min, -(2**24) + 1), min(info.max, 2**24 - 1)
        array = rng.integers(low, high, size=shape, endpoint=True).astype(dtype)
        array.flat[0], array.flat[1] = low, high
    return array


def check(condition, what):
    if not condition:
        raise SystemExit(f"differs: {what}")


def same(a, b):
    return np.array_equal(np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64))


def read_by_us(files):
    """What the example `rewritten` says of the files, which it writes again."""
    program = ["cargo", "run", "--quiet", "--package", "bettiscope-imaging", "--example", "rewritten", "--"]
    run = subprocess.run(program + [str(file) for file in files], cwd=ROOT, capture_output=True, text=True)
    check(run.returncode == 0, run.stderr)
    return [json.loads(line) for line in run.stdout.splitlines()]


def our_values(found):
    return np.array(found["values"], dtype=np.float64).reshape(found["shape"])


def affine_of(image):
    """Of an image of SimpleITK, whose world is left, posterior, superior: that in right, anterior, superior."""
    matrix = np.array(image.GetDirection()).reshape(3, 3) @ np.diag(image.GetSpacing())
    placed = np.hstack([matrix, np.array(image.GetOrigin())[:, None]])
    return np.diag([-1.0, -1.0, 1.0]) @ placed


def expected_of(array, change):
    """What the example writes: the last pixel in place of the first, or all in reverse."""
    flat = array.copy().reshape(-1)
    if change == "changed":
        flat[0] = flat[-1]
    else:
        flat = flat[::-1].copy()
    return flat.reshape(array.shape)


def sitk_image(array, is_vector=False):
    image = sitk.GetImageFromArray(array, isVector=is_vector)
    image.SetSpacing(SPACING.tolist())
    image.SetOrigin(ORIGIN.tolist())
    image.SetDirection(OBLIQUE.flatten().tolist())
    return image


def check_placed(name, found, image):
    check(np.allclose(found["affine"], affine_of(image), atol=1e-9), f"{name}: the placement")
    check(np.allclose(found["spacing"], image.GetSpacing()[::-1]), f"{name}: the spacing")


def read_by_sitk(path, ending):
    """SimpleITK goes by the ending of the name."""
    named = path.with_name(path.name + ending)
    named.write_bytes(path.read_bytes())
    return sitk.ReadImage(str(named))


def nrrd_header(path):
    return path.read_bytes().split(b"\n\n", 1)[0]


def nrrd_of_pynrrd(folder, rng):
    """Every type, encoding and byte order, with placement, comments and pairs of key and value."""
    cases = []
    for dtype in TYPES:
        for encoding in ["raw", "gzip", "bzip2", "ascii"]:
            for endian in ["little", "big"]:
                array = values(dtype, (2, 3, 4), rng)
                directions = (OBLIQUE * SPACING).T
                header = {
                    "encoding": encoding,
                    "space": "left-posterior-superior",
                    "space directions": directions,
                    "space origin": ORIGIN,
                    "kinds": ["domain"] * 3,
                    "a key": "a value: with = signs",
                }
                path = folder / f"{np.dtype(dtype).name}-{encoding}-{endian}.nrrd"
                stored = array.astype(np.dtype(dtype).newbyteorder("<" if endian == "little" else ">"))
                # pynrrd writes the byte order that the array has.
                nrrd.write(str(path), stored, header, index_order="C")
                cases.append((path, array))
    for (path, array), found in zip(cases, read_by_us([path for path, _ in cases])):
        name = path.name
        check("error" not in found, f"{name}: {found}")
        check(found["type"] == array.dtype.name and found["format"] == "NRRD", f"{name}: {found['type']}")
        check(same(our_values(found), array), f"{name}: the values")
        check(found["notes"] == [], f"{name}: {found['notes']}")
        expected = np.diag([-1.0, -1.0, 1.0]) @ np.hstack([OBLIQUE * SPACING, ORIGIN[:, None]])
        check(np.allclose(found["affine"], expected, atol=1e-9), f"{name}: the placement")
        for change in ["changed", "reversed"]:
            written = path.with_name(f"{name}.{change}")
            again, _ = nrrd.read(str(written), index_order="C")
            check(again.dtype == nrrd.read(str(path), index_order="C")[0].dtype, f"{name}: the type")
            check(same(again, expected_of(array, change)), f"{name}: what was written, {change}")
            check(nrrd_header(path) == nrrd_header(written), f"{name}: the header, {change}")
            if "ascii" not in name and "bzip2" not in name:  # SimpleITK is built without these
                by_sitk = read_by_sitk(written, ".nrrd")
                check(same(sitk.GetArrayFromImage(by_sitk), expected_of(array, change)), f"{name}: SimpleITK")
                check_placed(name, found, by_sitk)
        checked["NRRD of pynrrd"] += 1


def written_by_sitk(folder, rng, ending, header_of, label):
    """Every type, compressed and not, with a placement; and pixels of several numbers."""
    cases = []
    for dtype in TYPES:
        for is_compressed in [False, True]:
            array = values(dtype, (3, 4, 5), rng)
            path = folder / f"sitk-{np.dtype(dtype).name}-{is_compressed}{ending}"
            sitk.WriteImage(sitk_image(array), str(path), useCompression=is_compressed)
            cases.append((path, array))
    for count, dtype in [(3, np.uint8), (4, np.uint8), (2, np.uint8), (3, np.float32)]:
        array = values(dtype, (3, 4, 5, count), rng)
        path = folder / f"sitk-vector{count}-{np.dtype(dtype).name}{ending}"
        sitk.WriteImage(sitk_image(array, is_vector=True), str(path), useCompression=True)
        cases.append((path, array))
    for (path, array), found in zip(cases, read_by_us([path for path, _ in cases])):
        name = path.name
        check("error" not in found, f"{name}: {found}")
        check(found["type"] == array.dtype.name, f"{name}: {found['type']}")
        # Numbers that are no colours are an axis in front.
        is_moved = array.ndim == 4 and found["channels"] == 1
        ours = np.moveaxis(array, 3, 0) if is_moved else array
        check(same(our_values(found), ours), f"{name}: the values")
        check_placed(name, found, sitk.ReadImage(str(path)))
        for change in ["changed", "reversed"]:
            written = path.with_name(f"{name}.{change}")
            if not written.exists():
                continue  # colours are not written as grey
            if found["channels"] > 1:
                expected = ours.copy()
                expected[0, 0, 0] = ours[-1, -1, -1]
            else:
                expected = expected_of(ours, change)
            expected = np.moveaxis(expected, 0, 3) if is_moved else expected
            by_sitk = read_by_sitk(written, ending)
            check(same(sitk.GetArrayFromImage(by_sitk), expected), f"{name}: what was written, {change}")
            check_placed(name, found, by_sitk)
            check(header_of(path) == header_of(written), f"{name}: the header, {change}")
        checked[label] += 1


def mha_header(path):
    """Without the size of what is compressed, which may be another."""
    header, end, _ = path.read_bytes().partition(b"ElementDataFile = LOCAL\n")
    return [line for line in header.split(b"\n") if not line.startswith(b"CompressedDataSize")] + [end]


def mha_by_hand(folder, rng):
    """Byte orders, types, text and older names of fields that SimpleITK reads and does not write."""
    names = ["CHAR", "UCHAR", "SHORT", "USHORT", "INT", "UINT", "LONG_LONG", "ULONG_LONG", "FLOAT", "DOUBLE"]
    types = list(zip([f"MET_{name}" for name in names], TYPES)) + [("MET_LONG", np.int32), ("MET_ULONG", np.uint32)]
    cases = []
    for name, dtype in types:
        for kind in ["little", "big", "zlib", "zlib-big", "gzip", "text"]:
            array = values(dtype, (2, 3, 4), rng)
            is_big = kind.endswith("big")
            data = array.astype(np.dtype(dtype).newbyteorder(">" if is_big else "<")).tobytes()
            if kind.startswith("zlib"):
                data = zlib.compress(data)
            elif kind == "gzip":
                data = gzip.compress(data)
            elif kind == "text":
                # MetaIO wants something after the last number.
                data = " ".join([str(value) for value in array.flatten()] + [""]).encode()
            header = {
                "ObjectType": "Image",
                "NDims": 3,
                "Comment": "by hand",
                "BinaryData": kind != "text",
                "ElementByteOrderMSB" if is_big else "BinaryDataByteOrderMSB": is_big,
                "CompressedData": kind[:4] in ["zlib", "gzip"],
                "CompressedDataSize": len(data),
                "Rotation" if is_big else "TransformMatrix": " ".join(map(repr, OBLIQUE.T.flatten().tolist())),
                "Position" if is_big else "Offset": " ".join(map(str, ORIGIN)),
                "ElementSpacing": " ".join(map(str, SPACING)),
                "DimSize": "4 3 2",
                "ElementType": name,
                "ElementDataFile": "LOCAL",
            }
            path = folder / f"{name}-{kind}.mha"
            path.write_bytes("".join(f"{key} = {value}\n" for key, value in header.items()).encode() + data)
            cases.append((path, array))
    for (path, array), found in zip(cases, read_by_us([path for path, _ in cases])):
        name = path.name
        check("error" not in found, f"{name}: {found}")
        image = sitk.ReadImage(str(path))
        check(same(sitk.GetArrayFromImage(image), array), f"{name}: SimpleITK reads other values")
        check(found["type"] == array.dtype.name and found["format"] == "MetaImage", f"{name}: {found['type']}")
        check(same(our_values(found), array), f"{name}: the values")
        check_placed(name, found, image)
        for change in ["changed", "reversed"]:
            written = path.with_name(f"{name}.{change}")
            by_sitk = read_by_sitk(written, ".mha")
            check(same(sitk.GetArrayFromImage(by_sitk), expected_of(array, change)), f"{name}: {change}")
            check(by_sitk.GetPixelID() == image.GetPixelID(), f"{name}: the type, {change}")
            check(mha_header(path) == mha_header(written), f"{name}: the header, {change}")
        checked["MetaImage by hand, read by SimpleITK"] += 1


def segmentations(folder, rng):
    """As 3D Slicer writes them: two layers that overlap, and what their labels are called."""
    array = rng.integers(0, 3, size=(2, 6, 5, 4)).astype(np.uint8)  # pynrrd's order: layers, x, y, z
    header = {
        "encoding": "gzip",
        "space": "left-posterior-superior",
        "kinds": ["list", "domain", "domain", "domain"],
        "space directions": np.vstack([[np.nan] * 3, (OBLIQUE * SPACING).T]),
        "space origin": ORIGIN,
        "Segment0_ID": "Segment_1",
        "Segment0_Name": "left kidney",
        "Segment0_LabelValue": "1",
        "Segment0_Layer": "0",
        "Segment0_Color": "0.5 0.682353 0.501961",
        "Segment1_ID": "Segment_2",
        "Segment1_Name": "cyst",
        "Segment1_LabelValue": "2",
        "Segment1_Layer": "1",
        "Segment1_Color": "1 0 0",
        "Segmentation_ReferenceImageExtentOffset": "0 0 0",
    }
    path = folder / "two-layers.seg.nrrd"
    nrrd.write(str(path), array, header)
    (found,) = read_by_us([path])
    check(same(our_values(found), array.transpose(0, 3, 2, 1)), "layers: the values")
    expected = [
        {"name": "left kidney", "label": 1, "layer": 0, "colour": [128, 174, 128]},
        {"name": "cyst", "label": 2, "layer": 1, "colour": [255, 0, 0]},
    ]
    check(found["segments"] == expected, f"layers: {found['segments']}")
    check(np.allclose(found["spacing"], SPACING[::-1]), "layers: the spacing")
    again, header_again = nrrd.read(str(path.with_name(path.name + ".changed")))
    expected = array.copy()
    expected[0, 0, 0, 0] = array[1, -1, -1, -1]
    check(np.array_equal(again, expected), "layers: what was written")
    check(header_again["Segment1_Name"] == "cyst", "layers: the names")
    check(nrrd_header(path) == nrrd_header(path.with_name(path.name + ".reversed")), "layers: the header")
    checked["segmentations"] += 1


def main():
    rng = np.random.default_rng(7)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        nrrd_of_pynrrd(folder, rng)
        written_by_sitk(folder, rng, ".nrrd", nrrd_header, "NRRD of SimpleITK")
        segmentations(folder, rng)
        written_by_sitk(folder, rng, ".mha", mha_header, "MetaImage of SimpleITK")
        mha_by_hand(folder, rng)
    for label, count in checked.items():
        print(f"{label}: {count} files agree")


main()
