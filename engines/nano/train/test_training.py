"""Tests of the trainer on a CPU with synthetic shards: test_training.py (a few minutes)."""
import json
import os
import random
import sys
import tempfile
import time

import numpy
import torch

import make_synthetic
from attention import attend
from data import list_shards, read_shard
from evaluate import Decoder, chosen, evaluate, overlap, report
from export import load_model, shards
from loader import Loader, fixed_batches
from model import Qwen3VL, fake_int4, initialise, rotary_tables, rotate
from optimizer import orthogonalise
from prompts import Template, positions_of
from shapes import config
from tokenizer import Encoder, read_texts, train
from train import Student

CPU = torch.device("cpu")


class Folder:
    """Synthetic shards, a tokenizer of them, and a random model."""

    def __init__(self, path):
        self.path, self.data = path, f"{path}/data"
        make_synthetic.main(self.data, 4, 256, 1)
        make_synthetic.main(f"{path}/held", 1, 200, 2)
        self.tokenizer = f"{path}/tokenizer.json"
        with open(self.tokenizer, "w", encoding="utf-8") as file:
            json.dump(train(read_texts([self.data]), 512), file)
        self.encoder = Encoder(self.tokenizer)
        self.tokens = {**self.encoder.added, "size": -(-self.encoder.size // 64) * 64}
        self.pictures = read_shard(list_shards(self.data)[0], self.encoder)
        self.held = read_shard(list_shards(f"{path}/held")[0], self.encoder)
        self.model = Qwen3VL(config("tiny", self.tokens)).eval()
        initialise(self.model, torch.Generator().manual_seed(3))

    def plain_logits(self, picture, prompt, answer):
        """Logits of one question asked alone, by the plain causal path that check_golden.py checks."""
        template, model = Template(self.encoder), self.model
        ids = template.prefix(len(picture.patches) // 4) + template.question(prompt) + answer
        positions = torch.tensor(positions_of(ids, [(picture.gh, picture.gw)], template.image_pad))[:, None]
        ids = torch.tensor([ids])
        rows = (ids[0] == template.image_pad).nonzero()[:, 0]
        features, taps, _ = model.vision(torch.from_numpy(picture.patches), model.grids([(picture.gh, picture.gw)]))
        x = model.embed(ids, rows, features)
        return model.logits(model.text(x, positions, lambda _, q, k, v: attend(q, k, v, causal=True), rows, taps))[0]


@torch.no_grad()
def test_packed_questions_equal_questions_asked_alone(folder):
    batch, pictures = next(fixed_batches(folder.pictures[:12], folder.encoder, 10000, CPU))
    hidden, _ = folder.model.hidden(batch, folder.model.grids(batch["grids"]))
    logits = folder.model.logits(hidden.flatten(0, 1)[batch["answer_rows"]])
    number = 0
    for picture in pictures:
        for question in picture.questions:
            mine = logits[batch["answer_question"] == number]
            want = folder.plain_logits(picture, question.prompt, list(question.answer))[-len(question.answer) - 1:]
            assert batch["answer_ids"][batch["answer_question"] == number].tolist() == [*question.answer, folder.encoder.added["<|im_end|>"]]
            assert torch.allclose(mine, want, atol=1e-4), (mine - want).abs().max()
            number += 1
    assert number == len(batch["question_task"]) == 24


@torch.no_grad()
def test_cached_greedy_equals_recomputation(folder):
    decoder = Decoder(folder.model, Template(folder.encoder))
    pictures = folder.pictures[:5]
    questions = [(index, question.prompt) for index, picture in enumerate(pictures) for question in picture.questions]
    answers = decoder.answer(pictures, questions, 8)
    for (index, prompt), ids in zip(questions, answers):
        wanted = []
        while len(wanted) < 8:
            best = folder.plain_logits(pictures[index], prompt, wanted)[-1].argmax().item()
            if best == folder.encoder.added["<|im_end|>"]:
                break
            wanted.append(best)
        assert ids == wanted, (ids, wanted)


def test_fake_int4_is_idempotent_and_near(folder):
    weight = torch.randn(64, 128, requires_grad=True)
    once = fake_int4(weight)
    assert torch.allclose(once, fake_int4(once.detach()), atol=1e-6)
    assert (once - weight).abs().max() < weight.abs().max() / 8 * 1.01
    assert len(once[0, :32].detach().numpy().round(5)) == 32 and len(numpy.unique(once[0, :32].detach().numpy().round(5))) <= 16
    once.sum().backward()
    assert torch.equal(weight.grad, torch.ones_like(weight))


def test_bf16_rotation_agrees_with_float32_forward_and_backward(folder):
    angles, results = torch.rand(5, 1, 32).repeat(1, 1, 2) * 9, []
    start, weights = torch.randn(5, 3, 64).bfloat16(), torch.randn(5, 3, 64)
    for dtype in (torch.float32, torch.bfloat16):
        x = start.to(dtype).requires_grad_()
        out = rotate(x, *rotary_tables(angles, dtype))
        (out.float() * weights).sum().backward()
        results.append((out.float().detach(), x.grad.float()))
    for wide, narrow in zip(*results):
        assert (wide - narrow).abs().max() < 0.02 * wide.abs().max()


def test_orthogonalise_brings_singular_values_near_one(folder):
    for shape in ((3, 64, 192), (2, 128, 64)):
        values = torch.linalg.svdvals(orthogonalise(torch.randn(shape)))
        assert 0.4 < values.min() and values.max() < 1.4, values


def test_exported_checkpoint_gives_the_same_logits(folder):
    student = Student("tiny", folder.tokens, 13, CPU, torch.float32)
    batch, _ = next(fixed_batches(folder.pictures[:8], folder.encoder, 10000, CPU))
    student.step(batch, student.model.grids(batch["grids"]), 1e-3, 1.0)
    student.export(folder.path, folder.tokenizer)
    loaded = load_model(f"{folder.path}/tiny")
    with torch.no_grad(), student.optimizer.averaged():
        mine, _ = student.model.hidden(batch, student.model.grids(batch["grids"]))
        theirs, _ = loaded.hidden(batch, loaded.grids(batch["grids"]))
    assert torch.equal(mine, theirs)
    assert len(shards({str(index): torch.empty(5_000_000, dtype=torch.bfloat16) for index in range(3)})) == 3


def test_state_round_trip_goes_on_identically(folder):
    students = [Student("tiny", folder.tokens, 13, CPU, torch.float32) for _ in range(2)]
    batches = [batch for batch, _ in fixed_batches(folder.pictures[:24], folder.encoder, 400, CPU)][:3]
    step = lambda student, batch: student.step(batch, student.model.grids(batch["grids"]), 1e-3, 1.0)
    step(students[0], batches[0])
    students[1].optimizer.restore(students[0].optimizer.state())
    for student in students:
        step(student, batches[1])
    assert torch.equal(students[0].optimizer.master, students[1].optimizer.master)


def test_loader_delivers_every_picture_and_deletes_shards(folder):
    make_synthetic.main(f"{folder.path}/live", 1, 64, 5)
    wanted = {picture.patches.tobytes() for picture in read_shard(f"{folder.path}/live/shard-00000.jsonl", folder.encoder)}
    loader = Loader(f"{folder.path}/live", folder.encoder, CPU, 1024, 1, 2 ** 30, True)
    seen = set()
    while seen != wanted:
        batch, _ = loader.next()
        patches = batch["patches"].split([gh * gw for gh, gw in batch["grids"]])
        seen |= {part.numpy().tobytes() for part in patches}
        assert seen <= wanted
    assert list_shards(f"{folder.path}/live") == [] and not os.path.exists(f"{folder.path}/live/shard-00000.bin")
    loader.process.terminate()


def test_overlap_of_boxes(folder):
    box = lambda *numbers: json.dumps({"bbox_2d": list(numbers), "label": "x"})
    assert overlap(box(0, 0, 10, 10), box(0, 0, 10, 10)) == 1 and overlap("none", box(0, 0, 1, 1)) == 0
    assert abs(overlap(box(0, 0, 10, 10), box(5, 0, 15, 10)) - 1 / 3) < 1e-9


def test_training_learns_and_greedy_answers_agree_after_export(folder):
    """The colour of a box and what a sign says are learned in some hundred steps."""
    torch.manual_seed(0)
    random.seed(0)
    student = Student("tiny", folder.tokens, 13, CPU, torch.float32)
    pictures = [picture for path in list_shards(folder.data) for picture in read_shard(path, folder.encoder)]
    started, steps, total = time.monotonic(), 0, 400
    while steps < total:
        for batch, _ in fixed_batches(pictures, folder.encoder, 1024, CPU):
            student.model.set_int4(steps > 0.7 * total)
            student.step(batch, student.model.grids(batch["grids"]), 5e-3 * min(1, steps / 30) * (1 - 0.98 * steps / total), 0.5)
            steps += 1
            if steps % 50 == 0:
                print(f"  step {steps} {time.monotonic() - started:.0f} s", student.log(["read", "first", "point", "colour"], 50))
            if steps == total:
                break
    student.model.set_int4(False)
    student.export(folder.path, folder.tokenizer)
    loaded = load_model(f"{folder.path}/tiny")
    with student.optimizer.averaged():
        before = evaluate(student.model, folder.encoder, folder.held, 100)
    after = evaluate(loaded, folder.encoder, folder.held, 100)
    loaded.set_int4(True)
    print("  greedy:", report(after), "\n  int4:  ", report(evaluate(loaded, folder.encoder, folder.held, 100)))
    assert before == after
    forced = student.exact(list(fixed_batches(chosen(folder.held, 100), folder.encoder, 2048, CPU)))
    print("  forced:", forced[:4])
    assert all(after[key][0] >= 0.8 * after[key][1] for key in ("point colour", "sign read", "sign first")), after


def main(only):
    tests = [value for name, value in globals().items() if name.startswith("test_") and only in name]
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(path)
        for test in tests:
            test(folder)
            print(test.__name__, "passed", flush=True)
    print(f"{len(tests)} passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
