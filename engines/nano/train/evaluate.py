"""Greedy answers of a checkpoint on held-out shards: exact match, and for boxes an overlap (IoU) of at least one half.

evaluate.py CHECKPOINT SHARD_DIR [--per-task 500] [--int4]
"""
import argparse
import collections
import re

import torch

from attention import attend
from data import list_shards, picture_positions, plan, read_shard
from export import load_model
from prompts import Template
from tokenizer import load_encoder

BOX = re.compile(r'"bbox_2d":\s*\[(\d+),\s*(\d+),\s*(\d+),\s*(\d+)\]')


def overlap(text, reference):
    """Intersection over union of the first boxes of two answers; 0 where the first has none."""
    found, wanted = BOX.search(text), BOX.search(reference)
    if not found:
        return 0.0
    a, b = ([int(number) for number in match.groups()] for match in (found, wanted))
    shared = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
    both = sum(max(0, box[2] - box[0]) * max(0, box[3] - box[1]) for box in (a, b)) - shared
    return shared / both if both > 0 else 0.0


def correct(text, reference):
    return overlap(text, reference) >= 0.5 if BOX.search(reference) else text == reference


class Decoder:
    """Greedy decoding of many questions with a cache; the rows of a picture are computed once for all its questions."""

    def __init__(self, model, template):
        self.model, self.template = model, template
        self.device = model.text.embed_tokens.weight.device
        self.dtype = model.text.embed_tokens.weight.dtype

    def _tensor(self, values):
        return torch.tensor(values, device=self.device)

    def pictures(self, pictures):
        """Cache [layer] of (key, value) over the padded prefixes, and the length of each prefix."""
        template, lead = self.template, len(self.template.before)
        tokens = [len(picture.patches) // 4 for picture in pictures]
        width = lead + max(tokens)
        ids = torch.zeros(len(pictures), width, dtype=torch.long)
        positions = torch.zeros(3, len(pictures), width, dtype=torch.long)
        rows = []
        for index, (picture, count) in enumerate(zip(pictures, tokens)):
            ids[index, :lead + count] = torch.tensor(template.prefix(count))
            positions[:, index, :lead] = torch.arange(lead)
            positions[:, index, lead:lead + count] = torch.from_numpy(picture_positions(picture.gh, picture.gw, lead)).long()
            rows.append(torch.arange(count) + index * width + lead)
        rows, ids, positions = (tensor.to(self.device) for tensor in (torch.cat(rows), ids, positions))
        patches = torch.cat([torch.from_numpy(picture.patches) for picture in pictures]).to(self.device)
        grids = self.model.grids([(picture.gh, picture.gw) for picture in pictures])
        features, taps, _ = self.model.vision(patches, grids)
        cache = []

        def attention(_, query, key, value):
            cache.append((key, value))
            return attend(query, key, value, causal=True)

        self.model.text(self.model.embed(ids, rows, features), positions, attention, rows, taps)
        return cache, [lead + count for count in tokens]

    def answer(self, pictures, questions, longest):
        """Ids of the answers, without the end token, for questions given as (index of the picture, prompt ids)."""
        shared, lengths = self.pictures(pictures)
        prompts = [self.template.question(prompt) for _, prompt in questions]
        owner = [index for index, _ in questions]
        prefix, width = shared[0][0].shape[2], max(len(prompt) for prompt in prompts)
        total = prefix + width + longest
        cache = [tuple(self._room(part[owner], total) for part in pair) for pair in shared]
        usable = self._usable([lengths[index] for index in owner], [len(prompt) for prompt in prompts], prefix, width, total)
        lead = len(self.template.before)
        current = self._tensor([lead + max(pictures[index].gh, pictures[index].gw) // 2 for index in owner])
        counts = self._tensor([len(prompt) for prompt in prompts])
        ids = self._tensor([prompt + [0] * (width - len(prompt)) for prompt in prompts])
        hidden = self._run(ids, current[:, None] + torch.arange(width, device=self.device), cache, prefix, usable)
        best = self.model.logits(hidden[torch.arange(len(ids), device=self.device), counts - 1]).argmax(-1)
        answers = [best]
        for step in range(longest - 1):
            if bool((torch.stack(answers) == self.template.end).any(0).all()):
                break
            place = current + counts + step
            hidden = self._run(best[:, None], place[:, None], cache, prefix + width + step, usable)
            best = self.model.logits(hidden[:, -1]).argmax(-1)
            answers.append(best)
        rows = torch.stack(answers, 1).tolist()
        return [row[:row.index(self.template.end)] if self.template.end in row else row for row in rows]

    def _room(self, part, total):
        room = part.new_zeros(part.shape[0], part.shape[1], total, part.shape[3])
        room[:, :, :part.shape[2]] = part
        return room

    def _usable(self, lengths, counts, prefix, width, total):
        """Which cache rows hold something: [questions, total]."""
        order = torch.arange(total, device=self.device)
        lengths, counts = self._tensor(lengths)[:, None], self._tensor(counts)[:, None]
        return (order < lengths) | ((order >= prefix) & (order < prefix + counts)) | (order >= prefix + width)

    def _run(self, ids, places, cache, at, usable):
        """Runs rows that go into the cache at `at`, causally."""
        end = at + ids.shape[1]
        rows = torch.arange(at, end, device=self.device)[:, None]
        seen = usable[:, None, :end] & (torch.arange(end, device=self.device) <= rows)
        seen = seen | (torch.arange(end, device=self.device) == rows)  # padding rows see themselves, never nothing
        mask = torch.zeros(seen.shape, dtype=self.dtype, device=self.device).masked_fill(~seen, float("-inf"))[:, None]

        def attention(layer, query, key, value):
            keys, values = cache[layer]
            keys[:, :, at:end], values[:, :, at:end] = key, value
            return attend(query, keys[:, :, :end], values[:, :, :end], mask)

        return self.model.text(self.model.embed(ids), places.expand(3, *places.shape), attention)


def chosen(pictures, per_task):
    """(picture, its questions to ask), at most per_task of each task."""
    counts, out = collections.Counter(), []
    for picture in pictures:
        asked = [question for question in picture.questions if counts[question.task] < per_task]
        counts.update(question.task for question in asked)
        if asked:
            out.append(picture._replace(questions=asked))
    return out


@torch.no_grad()
def evaluate(model, encoder, pictures, per_task, show=0):
    """{"kind task": (correct, asked)}, also per kind; prints `show` mistakes."""
    decoder = Decoder(model, Template(encoder))
    right, asked = collections.Counter(), collections.Counter()
    for group in plan(chosen(pictures, per_task), 32768):
        questions = [(index, question) for index, picture in enumerate(group) for question in picture.questions]
        longest = max(len(question.answer) for _, question in questions) + 4
        answers = decoder.answer(group, [(index, question.prompt) for index, question in questions], longest)
        for (index, question), ids in zip(questions, answers):
            text = encoder.decode(ids)
            good = correct(text, question.text)
            for key in (group[index].kind, f"{group[index].kind} {question.task}"):
                right[key] += good
                asked[key] += 1
            if not good and show > 0:
                show -= 1
                print(f"  {question.task}: {encoder.decode(question.prompt)!r} wanted {question.text!r} got {text!r}")
    return {key: (right[key], asked[key]) for key in sorted(asked)}


def report(results):
    return "  ".join(f"{key} {100 * right / count:.1f}% ({right}/{count})" for key, (right, count) in results.items())


def read_pictures(folder, encoder, at_most):
    """The first pictures of the complete shards of a directory."""
    out = []
    for path in list_shards(folder):
        out += read_shard(path, encoder)
        if len(out) >= at_most:
            break
    return out[:at_most]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("shards")
    parser.add_argument("--per-task", type=int, default=500, help="questions of each task at most")
    parser.add_argument("--pictures", type=int, default=4000, help="pictures to read at most")
    parser.add_argument("--int4", action="store_true", help="compute the decoder matrices as int4 blocks of 32")
    parser.add_argument("--float32", action="store_true", help="compute in float32 on a GPU too")
    parser.add_argument("--show", type=int, default=0, help="mistakes to print")
    arguments = parser.parse_args()
    cuda = torch.cuda.is_available()
    model = load_model(arguments.checkpoint, torch.bfloat16 if cuda and not arguments.float32 else torch.float32,
                       "cuda" if cuda else "cpu")
    model.set_int4(arguments.int4)
    encoder = load_encoder(f"{arguments.checkpoint}/tokenizer.json")
    pictures = read_pictures(arguments.shards, encoder, arguments.pictures)
    print(report(evaluate(model, encoder, pictures, arguments.per_task, arguments.show)))


if __name__ == "__main__":
    main()
