"""Compares model.py in float32 with recorded results of transformers: check_golden.py GOLDEN_DIR"""
import json
import sys

import numpy
import torch
from PIL import Image

from attention import attend
from export import load_model
from prompts import positions_of


def patches_of(path, grid):
    """Patch rows [n, 768] of an already resized picture, in merge-block order."""
    height, width = grid
    pixels = numpy.asarray(Image.open(path).convert("RGB"))
    blocks = pixels.reshape(height // 2, 2, 16, width // 2, 2, 16, 3).transpose(0, 3, 1, 4, 6, 2, 5)
    return torch.from_numpy(numpy.ascontiguousarray(blocks.reshape(height * width, 768)))


def run(golden, model, case, pictures):
    """Features, taps and last logits of one case, after checking its positions."""
    ids = torch.tensor([case["ids"]])
    grids = [tuple(grid[1:]) for grid in case.get("grids", [])]
    positions = torch.tensor(positions_of(case["ids"], grids, model.config["image_token_id"]))
    if "position_ids" in case:
        assert positions.tolist() == case["position_ids"], "positions"
    out, rows, taps = {}, None, ()
    x = model.embed(ids)
    if grids:
        files = [pictures[name]["caps"][str(case["max_pixels"])]["resized"] for name in case["images"]]
        patches = torch.cat([patches_of(f"{golden}/{file}", grid) for file, grid in zip(files, grids)])
        features, taps, _ = model.vision(patches, model.grids(grids))
        rows = (ids[0] == model.config["image_token_id"]).nonzero()[:, 0]
        x = model.embed(ids, rows, features)
        out = {"vision": features, "deepstack": torch.stack(taps)}
    hidden = model.text(x, positions[:, None], lambda _, q, k, v: attend(q, k, v, causal=True), rows, taps)
    out["last_logits"] = model.logits(hidden[0, -1])
    return out


def main(golden):
    model = load_model(f"{golden}/checkpoint")
    pictures = {entry["file"]: entry for entry in json.load(open(f"{golden}/images.json", encoding="utf-8"))}
    failed = False
    for case in json.load(open(f"{golden}/cases.json", encoding="utf-8")):
        with torch.no_grad():
            results = run(golden, model, case, pictures)
        for key, value in results.items():
            want = numpy.fromfile(f"{golden}/{case[key]['file']}", numpy.float32).reshape(case[key]["shape"])
            scale, off = abs(want).max(), abs(want - value.numpy()).max()
            failed |= bool(off > 1e-3 * scale)
            print(f"{case['name']:12} {key:12} largest difference {off:.2e} of scale {scale:.2f}")
    print("failed" if failed else "passed")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
