"""Shards of pictures with questions, and how they become packed batches.

A batch packs the patches of several pictures one after another (the tower needs no padding), and for each picture one
text row [prefix | questions]: the prefix with the picture is computed once, and every question about it sees the prefix
and itself only, at the positions that it has when it is asked alone.
"""
import collections
import json
import os
import random
import threading
import time

import numpy

PICTURES_PER_PART = 128  # a shard is used in parts of about this size, so that a mix draws from many shards
PICTURES_PER_MIX = 1536  # pictures that are sorted into batches together
TEXT_ROWS = 64           # text rows are padded to a multiple of this

Question = collections.namedtuple("Question", "task prompt answer text")  # prompt and answer as ids, answer as text
Picture = collections.namedtuple("Picture", "kind gh gw patches labels questions")


def read_shard(path, encoder):
    """Pictures of one shard; path ends in .jsonl and the .bin lies beside it."""
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    data = numpy.fromfile(path[:-len("jsonl")] + "bin", numpy.uint8)
    ids = iter(encoder.encode_all([text for line in lines for qa in line["qa"] for text in (qa["prompt"], qa["answer"])]))
    return [_picture(line, data, ids) for line in lines]


def _picture(line, data, ids):
    count = line["gh"] * line["gw"]
    start = line["offset"]
    middle = start + count * 768
    patches = data[start:middle].reshape(count, 768)
    labels = numpy.frombuffer(data[middle:middle + 2 * count].tobytes(), "<u2")
    questions = [Question(qa["task"], next(ids), next(ids), qa["answer"]) for qa in line["qa"]]
    return Picture(line["kind"], line["gh"], line["gw"], patches, labels, questions)


def list_shards(folder):
    """Paths of the shards that are complete: the .jsonl appears last."""
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted(os.path.join(folder, name) for name in names if name.startswith("shard-") and name.endswith(".jsonl"))


class Part:
    """Some pictures of one shard, and how often they were used."""

    def __init__(self, pictures):
        self.pictures, self.uses = pictures, 0
        self.bytes = sum(picture.patches.nbytes for picture in pictures)


class Pool:
    """Shards held in memory while the generator writes new ones; each is deleted from disk once it was read."""

    def __init__(self, folder, encoder, reuse, capacity, delete, questions=None):
        """questions: the most of a picture that a batch asks, chosen anew each time; None for all."""
        self.folder, self.encoder, self.reuse, self.capacity, self.delete = folder, encoder, reuse, capacity, delete
        self.questions = questions
        self.parts, self.seen, self.lock = [], set(), threading.Lock()
        self.pictures = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while True:
            fresh = [path for path in list_shards(self.folder) if path not in self.seen]
            for path in fresh:
                self._add(path)
            if not fresh:
                time.sleep(0.2)

    def _add(self, path):
        self.seen.add(path)
        pictures = read_shard(path, self.encoder)
        if self.delete:
            os.remove(path)
            os.remove(path[:-len("jsonl")] + "bin")
        random.shuffle(pictures)
        parts = [Part(pictures[start:start + PICTURES_PER_PART]) for start in range(0, len(pictures), PICTURES_PER_PART)]
        with self.lock:
            self.parts += parts
            self.pictures += len(pictures)
            used = sum(part.bytes for part in self.parts)
            self.parts.sort(key=lambda part: part.uses)
            while used > self.capacity and len(self.parts) > 1:
                used -= self.parts.pop().bytes

    def mix(self):
        """Pictures of the least used parts; waits a moment for new ones rather than overuse the old."""
        for _ in range(10):
            with self.lock:
                ready = sorted(self.parts, key=lambda part: (part.uses, random.random()))
            if ready and ready[0].uses < self.reuse:
                break
            time.sleep(0.2)
        chosen, count = [], 0
        for part in ready:
            if count >= PICTURES_PER_MIX:
                break
            part.uses += 1
            chosen.append(part)
            count += len(part.pictures)
        return [self._asked(picture) for part in chosen for picture in part.pictures]

    def _asked(self, picture):
        if self.questions is None or len(picture.questions) <= self.questions:
            return picture
        return picture._replace(questions=random.sample(picture.questions, self.questions))

    def mean_uses(self):
        with self.lock:
            return sum(part.uses for part in self.parts) / max(1, len(self.parts))


def plan(pictures, patch_budget):
    """Groups of pictures of like size with at most patch_budget patches each, in random order."""
    groups, used = [[]], 0
    for picture in sorted(pictures, key=lambda picture: (len(picture.patches), random.random())):
        if groups[-1] and used + len(picture.patches) > patch_budget:
            groups.append([])
            used = 0
        groups[-1].append(picture)
        used += len(picture.patches)
    random.shuffle(groups)
    return [group for group in groups if group]


def _round_up(count, step):
    return -(-count // step) * step


def picture_positions(gh, gw, current):
    """Positions [3, gh*gw/4] of a picture that begins at `current`."""
    down, across = gh // 2, gw // 2
    out = numpy.full((3, down * across), current, numpy.int32)
    out[1] += numpy.repeat(numpy.arange(down, dtype=numpy.int32), across)
    out[2] += numpy.tile(numpy.arange(across, dtype=numpy.int32), down)
    return out


class Packer:
    """Turns a group of pictures into the arrays of a batch."""

    def __init__(self, template):
        self.template = template
        self.tasks = {}

    def text(self, pictures):
        """The text side: ids, positions, segments, where pictures go, and which rows predict which answer token."""
        template = self.template
        rows = [[(template.question(question.prompt), [*question.answer, template.end]) for question in picture.questions]
                for picture in pictures]
        lead = len(template.before)
        prefix = _round_up(max(lead + len(picture.patches) // 4 for picture in pictures), 32)
        widest = max(sum(len(prompt) + len(answer) - 1 for prompt, answer in row) for row in rows)
        width = prefix + _round_up(widest, TEXT_ROWS)
        batch = {"ids": numpy.zeros((len(pictures), width), numpy.int32),
                 "positions": numpy.zeros((3, len(pictures), width), numpy.int32),
                 "segments": numpy.full((len(pictures), width), -1, numpy.int32)}
        lists = collections.defaultdict(list)
        for index, (picture, row) in enumerate(zip(pictures, rows)):
            tokens = len(picture.patches) // 4
            self._prefix(batch, index, picture, tokens)
            lists["image_rows"].append(numpy.arange(index * width + lead, index * width + lead + tokens))
            self._questions(batch, lists, index, picture, row, prefix, width)
        out = {key: numpy.concatenate(lists[key]).astype(numpy.int64) for key in ("image_rows", "answer_rows", "answer_ids",
                                                                                 "answer_question")}
        return {**batch, **out, "question_task": numpy.array(lists["question_task"], numpy.int64)}, prefix

    def _prefix(self, batch, index, picture, tokens):
        lead = len(self.template.before)
        batch["ids"][index, :lead + tokens] = self.template.prefix(tokens)
        batch["positions"][:, index, :lead] = numpy.arange(lead)
        batch["positions"][:, index, lead:lead + tokens] = picture_positions(picture.gh, picture.gw, lead)
        batch["segments"][index, :lead + tokens] = 0

    def _questions(self, batch, lists, index, picture, row, prefix, width):
        current = len(self.template.before) + max(picture.gh, picture.gw) // 2
        at = prefix
        for number, (question, (prompt, answer)) in enumerate(zip(picture.questions, row)):
            length = len(prompt) + len(answer) - 1
            batch["ids"][index, at:at + length] = prompt + answer[:-1]
            batch["positions"][:, index, at:at + length] = numpy.arange(current, current + length)
            batch["segments"][index, at:at + length] = number + 1
            first = index * width + at + len(prompt) - 1
            lists["answer_rows"].append(numpy.arange(first, first + len(answer)))
            lists["answer_ids"].append(numpy.array(answer))
            lists["answer_question"].append(numpy.full(len(answer), len(lists["question_task"])))
            lists["question_task"].append(self.tasks.setdefault(question.task, len(self.tasks)))
            at += length

    def batch(self, pictures):
        """All arrays of a batch, and what is no array: grids, prefix and the task names so far."""
        arrays, prefix = self.text(pictures)
        arrays["patches"] = [picture.patches for picture in pictures]
        arrays["labels"] = [picture.labels.view(numpy.int16) for picture in pictures]
        grids = [(picture.gh, picture.gw) for picture in pictures]
        return arrays, {"grids": grids, "prefix": prefix, "tasks": list(self.tasks)}


def joined(arrays):
    """The arrays of a batch with lists concatenated."""
    return {key: numpy.concatenate(value) if isinstance(value, list) else value for key, value in arrays.items()}
