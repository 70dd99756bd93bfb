"""Draws a sheet of questions that a checkpoint answered right and wrong: needs Pillow.

examples.py PICTURES EVAL.json OUT.svg [--seed 1]

EVAL.json is what `qwenvl-engines eval … --json` wrote about PICTURES. Chosen at random: for each kind of task up to three
right answers and as many wrong ones.
"""
import argparse
import base64
import html
import io
import json
import os
import random
import textwrap

from PIL import Image

WIDTH, SIDE, LINE, MOST = 320, 200, 15, 3
KINDS = {"signs": ("read", "translate", "read-translate"), "scenes": ("describe", "count", "colour", "position"), "pointing": ("point",)}


def answers(pictures, report):
    """(kind, right, file, prompt, expected, answer) of each question."""
    wrong = {(item["file"], item["prompt"]): item["answer"] for item in report["wrong"]}
    with open(os.path.join(pictures, "pictures.jsonl"), encoding="utf-8") as file:
        for line in map(json.loads, file):
            for qa in line["qa"]:
                key = (line["file"], qa["prompt"])
                kind = next(kind for kind, tasks in KINDS.items() if qa["task"] in tasks)
                yield kind, key not in wrong, *key, qa["answer"], wrong.get(key, qa["answer"])


def thumbnail(path):
    """The picture as a data: URL, and its size on the sheet."""
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode(), picture.size


def box(text, size):
    """The box of an answer in pixels of the thumbnail, or None."""
    try:
        left, top, right, bottom = json.loads(text)["bbox_2d"]
    except (ValueError, KeyError, TypeError):
        return None
    return left * size[0] / 1000, top * size[1] / 1000, (right - left) * size[0] / 1000, (bottom - top) * size[1] / 1000


def cell(pictures, x, y, example):
    """SVG of one question."""
    kind, right, name, prompt, expected, answer = example
    data, size = thumbnail(os.path.join(pictures, name))
    parts = [f'<image x="{x}" y="{y}" width="{size[0]}" height="{size[1]}" href="{data}"/>']
    for text, colour in ((expected, "#1a7f37"), (answer, "#1a7f37" if right else "#cf222e")) if kind == "pointing" else ():
        place = box(text, size)
        if place and place[2] > 0 and place[3] > 0:
            parts.append(f'<rect x="{x + place[0]:.1f}" y="{y + place[1]:.1f}" width="{place[2]:.1f}" height="{place[3]:.1f}" fill="none" stroke="{colour}" stroke-width="2"/>')
    lines = [(line, "#57606a") for line in textwrap.wrap(prompt, 44)]
    lines += [(line, "#1a7f37" if right else "#cf222e") for line in textwrap.wrap(answer, 44)]
    lines += [] if right else [(line, "#1a7f37") for line in textwrap.wrap(expected, 44)]
    for index, (line, colour) in enumerate(lines):
        parts.append(f'<text x="{x}" y="{y + SIDE + LINE * (index + 1)}" fill="{colour}">{html.escape(line)}</text>')
    return parts, SIDE + LINE * (len(lines) + 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures")
    parser.add_argument("report")
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with open(arguments.report, encoding="utf-8") as file:
        everything = list(answers(arguments.pictures, json.load(file)))
    chance, parts, y = random.Random(arguments.seed), [], 12
    for kind in KINDS:
        for right in (True, False):
            of_kind = [example for example in everything if example[:2] == (kind, right)]
            chosen = chance.sample(of_kind, min(MOST, len(of_kind)))
            drawn = [cell(arguments.pictures, 12 + column * WIDTH, y, example) for column, example in enumerate(chosen)]
            parts += [part for cell_parts, _ in drawn for part in cell_parts]
            y += max((height for _, height in drawn), default=0)
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {MOST * WIDTH} {y}" width="{MOST * WIDTH}" height="{y}" '
            'font-family="ui-monospace,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="11.5">')
    with open(arguments.out, "w", encoding="utf-8") as file:
        file.write("\n".join([head, f'<rect width="{MOST * WIDTH}" height="{y}" fill="#ffffff"/>', *parts, "</svg>"]) + "\n")


if __name__ == "__main__":
    main()
