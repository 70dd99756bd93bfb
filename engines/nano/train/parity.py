"""What transformers says of an exported checkpoint: greedy answers to the fixed pictures, to compare the server with.

parity.py CHECKPOINT PICTURES_DIR OUT.jsonl [--count 200] [--workers 8] [--device cuda]

For each of the first pictures of PICTURES_DIR/pictures.jsonl and its first question: the prompt's ids, the ids that
generate() wrote greedily in float32 with transformers' own processor and model, and for each of them the gap between
the best two logits, below which another summation order may choose otherwise.
"""
import argparse
import json
import os

import torch
from PIL import Image
from torch import multiprocessing
from transformers import Qwen3VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor

from tokenizer import Encoder

MIN_PIXELS, MAX_PIXELS, LONGEST = 65536, 262144, 160


def processor():
    """transformers' image processor with the 512 budget, under the argument names of either generation of it."""
    common = dict(patch_size=16, merge_size=2, temporal_patch_size=2, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    try:
        return Qwen2VLImageProcessor(size={"shortest_edge": MIN_PIXELS, "longest_edge": MAX_PIXELS}, **common)
    except TypeError:
        return Qwen2VLImageProcessor(min_pixels=MIN_PIXELS, max_pixels=MAX_PIXELS, **common)


@torch.no_grad()
def answer(model, encoder, prepare, folder, line):
    picture = Image.open(os.path.join(folder, line["file"])).convert("RGB")
    inputs = prepare(images=picture, return_tensors="pt")
    tokens = int(inputs["image_grid_thw"].prod()) // 4
    question = line["qa"][0]
    ids = encoder.encode("<|im_start|>user\n<|vision_start|>" + "<|image_pad|>" * tokens + "<|vision_end|>", specials=True)
    ids += encoder.encode(question["prompt"]) + encoder.encode("<|im_end|>\n<|im_start|>assistant\n", specials=True)
    ids = torch.tensor([ids])
    kinds = (ids == model.config.image_token_id).int()
    device = model.device
    out = model.generate(input_ids=ids.to(device), attention_mask=torch.ones_like(ids).to(device), mm_token_type_ids=kinds.to(device),
                         pixel_values=inputs["pixel_values"].float().to(device), image_grid_thw=inputs["image_grid_thw"].to(device),
                         do_sample=False, max_new_tokens=LONGEST, output_logits=True, return_dict_in_generate=True)
    best = [logits[0].float().topk(2).values for logits in out.logits]
    written = out.sequences[0, ids.shape[1]:].tolist()
    return {"file": line["file"], "prompt": question["prompt"], "answer": question["answer"], "tokens": tokens, "ids": written,
            "text": encoder.decode(written), "gaps": [round(float(pair[0] - pair[1]), 5) for pair in best]}


def work(index, arguments, lines, results):
    torch.set_num_threads(1)
    model = Qwen3VLForConditionalGeneration.from_pretrained(arguments.checkpoint, dtype=torch.float32, attn_implementation="eager")
    model = model.to(arguments.device).eval()
    encoder, prepare = Encoder(os.path.join(arguments.checkpoint, "tokenizer.json")), processor()
    for number in range(index, len(lines), arguments.workers):
        results[number] = json.dumps(answer(model, encoder, prepare, arguments.pictures, lines[number]), ensure_ascii=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("pictures")
    parser.add_argument("out")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--device", default="cuda")
    arguments = parser.parse_args()
    with open(os.path.join(arguments.pictures, "pictures.jsonl"), encoding="utf-8") as file:
        lines = [json.loads(line) for line in file][:arguments.count]
    results = multiprocessing.Manager().dict()
    multiprocessing.spawn(work, (arguments, lines, results), arguments.workers)
    rows = [results[number] for number in range(len(lines))]
    with open(arguments.out, "w", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")
    right = sum(row["text"] == row["answer"] for row in map(json.loads, rows))
    print(f"{arguments.out}: {len(rows)} answers, {right} as wanted")


if __name__ == "__main__":
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    main()
