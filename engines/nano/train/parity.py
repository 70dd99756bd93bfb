"""What transformers computes with an exported checkpoint, in float32: greedy answers to the first question of each picture.

parity.py CHECKPOINT OUT.jsonl --pictures engines/nano/pictures [--count 200]
parity.py CHECKPOINT OUT.jsonl --shards SHARD_DIR [--count 200]     (the shards' exact resized pixels)

A line a picture: file, prompt, ids (without the end token), text, gaps (best logit minus second best, a step), answer.
"""
import argparse
import inspect
import json
import os

import numpy
import torch
from PIL import Image, ImageOps

from attention import attend
from data import list_shards
from evaluate import correct
from export import load_model
from prompts import Template, positions_of
from tokenizer import load_encoder

LONGEST = 160


def image_processor():
    """The model family's own processor at the 512 budget."""
    from transformers.models.qwen2_vl import image_processing_qwen2_vl as module
    common = dict(patch_size=16, merge_size=2, temporal_patch_size=2, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    try:
        return module.Qwen2VLImageProcessor(size={"shortest_edge": 65536, "longest_edge": 262144}, **common)
    except TypeError:
        return module.Qwen2VLImageProcessor(min_pixels=65536, max_pixels=262144, **common)


def from_pictures(folder, skip, count):
    """(file, question, pixel_values [P, 1536], grid) of the fixed pictures."""
    processor = image_processor()
    with open(os.path.join(folder, "pictures.jsonl"), encoding="utf-8") as file:
        lines = [json.loads(line) for line in file][skip:skip + count]
    for line in lines:
        picture = ImageOps.exif_transpose(Image.open(os.path.join(folder, line["file"]))).convert("RGB")
        features = processor(images=picture, return_tensors="pt")
        yield line["file"], line["qa"][0], features["pixel_values"].float(), features["image_grid_thw"][0].tolist()


def from_shards(folder, count):
    """The same of shards, without any resizing in between."""
    for path in list_shards(folder):
        data = numpy.fromfile(path[:-len("jsonl")] + "bin", numpy.uint8)
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(map(json.loads, file)):
                if count == 0:
                    return
                count -= 1
                rows = line["gh"] * line["gw"]
                patches = torch.from_numpy(data[line["offset"]:line["offset"] + rows * 768].copy()).reshape(rows, 3, 1, 256)
                pixels = ((patches.float() - 127.5) / 127.5).expand(rows, 3, 2, 256).reshape(rows, 1536)
                yield f"{os.path.basename(path)}:{number}", line["qa"][0], pixels, [1, line["gh"], line["gw"]]


class Reference:
    """Greedy decoding by transformers."""

    def __init__(self, folder, device):
        from transformers import Qwen3VLForConditionalGeneration
        self.model = Qwen3VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
        self.model = self.model.to(device).eval()
        self.device = device
        self.typed = "mm_token_type_ids" in inspect.signature(self.model.forward).parameters

    def inputs(self, ids, pixels, grid, image_pad):
        tensor = torch.tensor([ids], device=self.device)
        inputs = {"input_ids": tensor, "pixel_values": pixels.to(self.device),
                  "image_grid_thw": torch.tensor([grid], device=self.device)}
        return {**inputs, "mm_token_type_ids": (tensor == image_pad).int()} if self.typed else inputs

    def cached(self, ids, pixels, grid, template):
        """(ids, gaps) with the model's own cache."""
        out = self.model(**self.inputs(ids, pixels, grid, template.image_pad), use_cache=True)
        answer, gaps = [], []
        while True:
            index, gap = best_two(out.logits[0, -1])
            gaps.append(gap)
            if index == template.end or len(answer) == LONGEST:
                return answer, gaps
            answer.append(index)
            step = torch.tensor([[index]], device=self.device)
            out = self.model(input_ids=step, past_key_values=out.past_key_values, use_cache=True)

    def recomputed(self, ids, pixels, grid, template):
        """(ids, gaps) without a cache: slow and beyond doubt."""
        answer, gaps = [], []
        while True:
            out = self.model(**self.inputs(ids + answer, pixels, grid, template.image_pad), use_cache=False)
            index, gap = best_two(out.logits[0, -1])
            gaps.append(gap)
            if index == template.end or len(answer) == LONGEST:
                return answer, gaps
            answer.append(index)


def best_two(logits):
    values, indices = logits.float().topk(2)
    return indices[0].item(), (values[0] - values[1]).item()


def own_logits(model, ids, pixels, grid, image_pad):
    """Last logits by model.py, to see that training and reference agree; pixels back to bytes first."""
    rows = pixels.reshape(len(pixels), 3, 2, 256)[:, :, 0].reshape(len(pixels), 768)
    patches = (rows * 127.5 + 127.5).round().clamp(0, 255).to(torch.uint8)
    tensor, grids = torch.tensor([ids]), [tuple(grid[1:])]
    positions = torch.tensor(positions_of(ids, grids, image_pad))[:, None]
    places = (tensor[0] == image_pad).nonzero()[:, 0]
    features, taps, _ = model.vision(patches, model.grids(grids))
    attention = lambda _, query, key, value: attend(query, key, value, causal=True)
    return model.logits(model.text(model.embed(tensor, places, features), positions, attention, places, taps)[0, -1])


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("out")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--pictures", help="folder with pictures.jsonl")
    source.add_argument("--shards", help="folder with shards")
    parser.add_argument("--skip", type=int, default=0, help="pictures left out at the beginning, for several runs side by side")
    parser.add_argument("--count", type=int, default=200)
    arguments = parser.parse_args()
    torch.backends.cuda.matmul.allow_tf32 = False
    device = "cuda" if torch.cuda.is_available() else "cpu"
    encoder = load_encoder(f"{arguments.checkpoint}/tokenizer.json")
    template, reference, own = Template(encoder), Reference(arguments.checkpoint, device), load_model(arguments.checkpoint)
    items = from_pictures(arguments.pictures, arguments.skip, arguments.count) if arguments.pictures else from_shards(arguments.shards, arguments.count)
    decode, right, number = reference.cached, 0, 0
    with open(arguments.out, "w", encoding="utf-8") as file:
        for number, (name, question, pixels, grid) in enumerate(items, 1):
            ids = template.prefix(grid[1] * grid[2] // 4) + template.question(encoder.encode(question["prompt"]))
            answer, gaps = decode(ids, pixels, grid, template)
            if number <= 3:
                inputs = reference.inputs(ids, pixels, grid, template.image_pad)
                theirs = reference.model(**inputs).logits[0, -1].cpu()
                print(f"{name}: model.py differs by {(own_logits(own, ids, pixels, grid, template.image_pad) - theirs).abs().max():.2e}"
                      f" of scale {theirs.abs().max():.1f}")
                slow, slow_gaps = reference.recomputed(ids, pixels, grid, template)
                if slow != answer and min(slow_gaps) > 1e-3:
                    print("the cached path of this transformers version differs: recomputing every step instead")
                    decode, answer, gaps = reference.recomputed, slow, slow_gaps
            text = encoder.decode(answer)
            right += correct(text, question["answer"])
            line = {"file": name, "prompt": question["prompt"], "ids": answer, "text": text,
                    "gaps": [round(gap, 5) for gap in gaps], "answer": question["answer"]}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(f"{arguments.out}: {number} pictures, {right} answered correctly")


if __name__ == "__main__":
    main()
