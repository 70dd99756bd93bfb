"""Shards of trivially learnable pictures in the generator's format, for trying the trainer without it.

make_synthetic.py OUT_DIR SHARDS PICTURES_PER_SHARD [SEED]
"""
import json
import os
import random
import sys

import numpy

COLOURS = {"red": (220, 30, 30), "green": (30, 200, 60), "blue": (40, 60, 220), "yellow": (230, 220, 40)}
LETTERS = "ABCDEFGH"
GLYPHS = numpy.random.default_rng(1).integers(0, 2, (len(LETTERS), 8, 8)).repeat(2, 1).repeat(2, 2) * 255


def to_patches(pixels):
    """Patch rows [n, 768] of [height, width, 3] in merge-block order."""
    down, across = pixels.shape[0] // 32, pixels.shape[1] // 32
    blocks = pixels.reshape(down, 2, 16, across, 2, 16, 3).transpose(0, 3, 1, 4, 6, 2, 5)
    return numpy.ascontiguousarray(blocks.reshape(-1, 768))


def block_order(grid):
    """Per-patch values [gh, gw] in merge-block order."""
    down, across = grid.shape[0] // 2, grid.shape[1] // 2
    return grid.reshape(down, 2, across, 2).transpose(0, 2, 1, 3).reshape(-1)


def sign(chooser, gh, gw):
    """Two letters, each one patch."""
    pixels, labels = numpy.full((gh * 16, gw * 16, 3), 128, numpy.uint8), numpy.zeros((gh, gw), numpy.uint16)
    word = "".join(chooser.choice(LETTERS) for _ in range(2))
    row, column = chooser.randrange(gh), chooser.randrange(gw - 1)
    for index, letter in enumerate(word):
        place = (slice(row * 16, row * 16 + 16), slice((column + index) * 16, (column + index) * 16 + 16))
        pixels[place] = GLYPHS[LETTERS.index(letter)][..., None]
        labels[row, column + index] = 1 + LETTERS.index(letter)
    return pixels, labels, [("read", "What does the sign say?", word), ("first", "First letter?", word[0])]


def point(chooser, gh, gw):
    """A coloured box of whole patches."""
    name = chooser.choice(list(COLOURS))
    pixels, labels = numpy.full((gh * 16, gw * 16, 3), 128, numpy.uint8), numpy.zeros((gh, gw), numpy.uint16)
    height, width = chooser.randint(2, gh // 2), chooser.randint(2, gw // 2)
    top, left = chooser.randint(0, gh - height), chooser.randint(0, gw - width)
    pixels[top * 16:(top + height) * 16, left * 16:(left + width) * 16] = COLOURS[name]
    labels[top:top + height, left:left + width] = 1 + len(LETTERS) + list(COLOURS).index(name)
    box = [round(1000 * left / gw), round(1000 * top / gh), round(1000 * (left + width) / gw), round(1000 * (top + height) / gh)]
    answer = json.dumps({"bbox_2d": box, "label": f"{name} box"})
    return pixels, labels, [("point", f"Locate the {name} box.", answer), ("colour", "Which colour is the box?", name)]


def write_shard(folder, number, pictures, chooser):
    lines, path = [], os.path.join(folder, f"shard-{number:05d}")
    with open(path + ".bin", "wb") as file:
        for _ in range(pictures):
            kind = chooser.choice(["sign", "point"])
            gh, gw = chooser.choice([4, 6, 8]), chooser.choice([4, 6, 8, 10])
            pixels, labels, questions = (sign if kind == "sign" else point)(chooser, gh, gw)
            qa = [{"task": task, "prompt": prompt, "answer": answer} for task, prompt, answer in questions]
            lines.append({"kind": kind, "gh": gh, "gw": gw, "offset": file.tell(), "qa": qa})
            file.write(to_patches(pixels).tobytes() + block_order(labels).astype("<u2").tobytes())
    with open(path + ".writing", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    os.rename(path + ".writing", path + ".jsonl")


def main(folder, shards, pictures, seed=0):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "labels.json"), "w", encoding="utf-8") as file:
        json.dump({"type": "uint16", "names": ["background", *LETTERS, *(f"{name} box" for name in COLOURS)]}, file)
    chooser = random.Random(seed)
    for number in range(shards):
        write_shard(folder, number, pictures, chooser)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
