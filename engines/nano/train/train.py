"""Trains the embedded checkpoints together, on the same batches, until a wall-clock deadline.

train.py --data DIR --held-out DIR --tokenizer FILE --out DIR --minutes 15

DIR/shard-*.jsonl and .bin are read as a generator writes them. OUT gets a checkpoint directory for each model, state.pt
to go on from (--resume), and train.log.
"""
import argparse
import json
import os
import time

import torch
import torch.nn.functional as F
from torch import nn

from evaluate import chosen, evaluate, read_pictures, report
from export import export, read_checkpoint
from loader import Loader, fixed_batches
from model import Qwen3VL, initialise
from optimizer import Optimizer
from shapes import LIMITS, config
from tokenizer import load_encoder

TASKS = 32            # room for the sums of that many tasks
QUANTISED = {"device", "tiny"}
BACKGROUND_WEIGHT = 0.1


class Student:
    """One model in training: weights, auxiliary head, optimizer, and running sums for the log."""

    def __init__(self, name, tokens, classes, device, dtype):
        self.name, self.classes = name, classes
        self.model = Qwen3VL(config(name, tokens))
        initialise(self.model, torch.Generator().manual_seed(len(name)))
        count = sum(weight.numel() for weight in self.model.parameters())
        assert count <= LIMITS[name], f"{name} has {count} parameters, more than {LIMITS[name]}"
        self.parameters = count
        self.width = self.model.config["vision_config"]["hidden_size"]
        self.head = nn.Linear(self.width, -(-classes // 64) * 64)
        self.model.to(device)
        self.head.to(device)
        named = [*self.model.named_parameters(), *(("head." + key, weight) for key, weight in self.head.named_parameters())]
        self.optimizer = Optimizer(named, dtype)
        self.weights = torch.full((self.head.out_features,), 1.0, device=device)
        self.weights[0] = BACKGROUND_WEIGHT
        self.device = device
        self.clear()

    def clear(self):
        """Forgets the sums since the last log line."""
        self.task_loss, self.task_count = torch.zeros(2, TASKS, device=self.device)
        self.seen, self.hit, self.norm = torch.zeros(3, 1, device=self.device)

    def step(self, batch, grids, rate, auxiliary):
        """One update on a batch."""
        hidden, last = self.model.hidden(batch, grids)
        logits = self.model.logits(hidden.flatten(0, 1)[batch["answer_rows"]]).float()
        losses = F.cross_entropy(logits, batch["answer_ids"], reduction="none")
        labels = batch["labels"].long() & 0xFFFF
        guesses = self.head(F.layer_norm(last, (self.width,))).float()
        reading = F.cross_entropy(guesses, labels, self.weights)
        (losses.mean() + auxiliary * reading).backward()
        self._note(batch, losses.detach(), guesses.detach(), labels)
        self.norm += self.optimizer.step(rate)

    def _note(self, batch, losses, guesses, labels):
        tasks = batch["question_task"][batch["answer_question"]]
        self.task_loss.index_add_(0, tasks, losses)
        self.task_count.index_add_(0, tasks, torch.ones_like(losses))
        marked = labels > 0
        self.hit += ((guesses.argmax(-1) == labels) & marked).sum()
        self.seen += marked.sum()

    def log(self, names, steps):
        """A line of what happened since clear(): the one place where the host waits for the device."""
        losses = (self.task_loss / self.task_count.clamp(min=1)).tolist()
        tasks = " ".join(f"{name} {loss:.3f}" for name, loss in zip(names, losses))
        share = (self.hit / self.seen.clamp(min=1)).item()
        line = f"{self.name}: {tasks} | patches {100 * share:.1f}% | norm {self.norm.item() / max(1, steps):.2f}"
        self.clear()
        return line

    @torch.no_grad()
    def exact(self, batches):
        """Per task, how many answers the averaged weights get right when fed the right answer: a cheap proxy."""
        right = torch.zeros(TASKS, device=self.device)
        total = torch.zeros(TASKS, device=self.device)
        with self.optimizer.averaged():
            for batch, _ in batches:
                hidden, _ = self.model.hidden(batch, self.model.grids(batch["grids"]))
                best = self.model.logits(hidden.flatten(0, 1)[batch["answer_rows"]]).argmax(-1)
                wrong = torch.zeros(len(batch["question_task"]), device=self.device)
                wrong.index_add_(0, batch["answer_question"], (best != batch["answer_ids"]).float())
                right.index_add_(0, batch["question_task"], (wrong == 0).float())
                total.index_add_(0, batch["question_task"], torch.ones_like(wrong))
        return [(good, count) for good, count in zip(right.tolist(), total.tolist())]

    def export(self, out, tokenizer):
        """Writes the averaged weights as a checkpoint directory."""
        tensors = {name: weight for name, weight in self.optimizer.averages().items() if not name.startswith("head.")}
        export(os.path.join(out, self.name), self.model.config, {name: tensors[name] for name in self.model.state_dict()}, tokenizer)

    def restart(self, folder):
        """Takes the weights of an exported checkpoint; moments and auxiliary head start anew."""
        _, tensors = read_checkpoint(folder)
        at = 0
        for name, weight in zip(self.optimizer.names, self.optimizer.weights):
            if name in tensors:
                self.optimizer.master[at:at + weight.numel()] = tensors[name].float().reshape(-1).to(self.device)
            at += weight.numel()
        self.optimizer.average.copy_(self.optimizer.master)
        self.optimizer.work.copy_(self.optimizer.master)


class Schedule:
    """Everything that depends on how much of the time has passed."""

    def __init__(self, minutes, rate, elapsed):
        self.seconds, self.rate, self.started = minutes * 60, rate, time.monotonic() - elapsed

    @property
    def elapsed(self):
        return time.monotonic() - self.started

    @property
    def progress(self):
        return min(1.0, self.elapsed / self.seconds)

    def learning_rate(self, steps):
        """Warm-up over 200 steps, flat for a quarter of the time, then linear to nearly zero."""
        return self.rate * min(1.0, (steps + 1) / 200) * min(1.0, 0.02 + 0.98 * (1 - self.progress) / 0.75)

    def auxiliary(self):
        """Weight of the patch labels: reading is learned from them first."""
        return max(0.2, 1.0 - self.progress / 0.6 * 0.8)


class Run:
    """A training run in a directory."""

    def __init__(self, arguments):
        self.arguments = arguments
        os.makedirs(arguments.out, exist_ok=True)
        self.file = open(os.path.join(arguments.out, "train.log"), "a", encoding="utf-8")
        self.encoder = load_encoder(arguments.tokenizer)
        self.cuda = torch.cuda.is_available()
        self.device = torch.device("cuda" if self.cuda else "cpu")
        self.loader = Loader(arguments.data, self.encoder, self.device, arguments.patches, arguments.reuse,
                             int(arguments.buffer_gb * 2 ** 30), arguments.delete_shards, arguments.questions)  # forks before CUDA starts
        if self.cuda:
            torch.backends.cuda.matmul.allow_tf32 = True
            torch.backends.cuda.enable_cudnn_sdp(False)  # it plans anew for every shape, and no two batches have the same
            self.loader.pin()
        self.students = self._students()
        self.steps, self.elapsed = 0, 0.0
        if arguments.resume:
            self._resume()

    def say(self, line):
        text = f"{time.strftime('%H:%M:%S')} {line}"
        print(text, flush=True)
        self.file.write(text + "\n")
        self.file.flush()

    def _students(self):
        with open(wait_for(os.path.join(self.arguments.data, "labels.json")), encoding="utf-8") as file:
            classes = len(json.load(file)["names"])
        tokens = {**self.encoder.added, "size": -(-self.encoder.size // 64) * 64}
        students = [Student(name, tokens, classes, self.device, torch.bfloat16 if self.cuda or self.arguments.bf16 else torch.float32)
                    for name in self.arguments.models.split(",")]
        for student in students:
            self.say(f"{student.name}: {student.parameters:,} parameters, vocabulary {tokens['size']}, {classes} patch labels")
            if self.arguments.compile:
                torch._dynamo.config.cache_size_limit = 64  # two models, with and without gradients, with and without int4
                torch._dynamo.config.suppress_errors = True  # what cannot be compiled runs as it is
                student.model.compile()
        return students

    def _resume(self):
        """Goes on from state.pt, or where only the exported directories came along, from those."""
        path = os.path.join(self.arguments.out, "state.pt")
        if os.path.exists(path):
            state = torch.load(path, map_location="cpu")
            for student in self.students:
                student.optimizer.restore(state[student.name])
            self.steps, self.elapsed = state["steps"], state["elapsed"]
        else:
            for student in self.students:
                student.restart(os.path.join(self.arguments.out, student.name))
            with open(os.path.join(self.arguments.out, "progress.json"), encoding="utf-8") as file:
                self.elapsed = json.load(file)["elapsed"]
        self.say(f"resumed after {self.elapsed:.0f} s, {self.steps} steps")

    def save(self, elapsed):
        """State to go on from, and both checkpoints."""
        path = os.path.join(self.arguments.out, "state.pt")
        state = {student.name: student.optimizer.state() for student in self.students}
        torch.save({**state, "steps": self.steps, "elapsed": elapsed}, path + ".writing")
        os.replace(path + ".writing", path)
        for student in self.students:
            student.export(self.arguments.out, self.arguments.tokenizer)
        with open(os.path.join(self.arguments.out, "progress.json"), "w", encoding="utf-8") as file:
            json.dump({"elapsed": elapsed, "steps": self.steps}, file)

    def train(self):
        """Steps until the deadline, with a log line, a check and a save each in its interval."""
        batch, _ = self.loader.next()
        held_out = read_pictures(wait_for_shard(self.arguments.held_out), self.encoder, self.arguments.held_out_pictures)
        quick = list(fixed_batches(chosen(held_out, 256), self.encoder, 16384, self.device))
        schedule = Schedule(self.arguments.minutes, self.arguments.rate, self.elapsed)
        intervals = {"log": Interval(self.arguments.log_every), "check": Interval(90), "save": Interval(120)}
        pictures = steps = 0
        waited = 0.0
        while schedule.progress < 1:
            grids = self.students[0].model.grids(batch["grids"])
            for index, student in enumerate(self.students):
                student.model.set_int4(student.name in QUANTISED and schedule.progress > self.arguments.qat_from)
                own = grids if index == 0 else student.model.grids(batch["grids"])
                student.step(batch, own, schedule.learning_rate(student.optimizer.steps), schedule.auxiliary())
            pictures, steps, self.steps = pictures + len(batch["grids"]), steps + 1, self.steps + 1
            names = batch["tasks"]
            batch, statistics = self.loader.next()
            waited += statistics["waited"]
            seconds = intervals["log"].due()
            if seconds:
                lines = [student.log(names, steps) for student in self.students]
                self.say(f"step {self.steps} {100 * schedule.progress:.1f}% {pictures / seconds:.0f} pictures/s, waited "
                         f"{100 * waited / seconds:.0f}%, {statistics['seen']} seen, used {statistics['uses']:.1f}x, rate "
                         f"{schedule.learning_rate(10 ** 6):.5f}" + self._memory() + "".join("\n    " + line for line in lines))
                pictures = steps = 0
                waited = 0.0
            if intervals["check"].due():
                self.check(quick)
            if intervals["save"].due():
                self.save(schedule.elapsed)
        self.check(quick)
        self.save(schedule.elapsed)
        self.finish(held_out)

    def _memory(self):
        return f", {torch.cuda.max_memory_allocated() / 2 ** 30:.1f} GiB" if self.cuda else ""

    def check(self, quick):
        names = {}
        for batch, _ in quick:
            names.update(enumerate(batch["tasks"]))
        for student in self.students:
            scores = student.exact(quick)
            text = " ".join(f"{names[index]} {100 * right / count:.1f}%" for index, (right, count) in enumerate(scores) if count)
            self.say(f"check {student.name}: {text}")

    def finish(self, held_out):
        """Greedy decoding of held-out questions with the averaged weights; the device decoder also as int4."""
        for student in self.students:
            with student.optimizer.averaged():
                for int4 in ([False, True] if student.name in QUANTISED else [False]):
                    student.model.set_int4(int4)
                    results = evaluate(student.model, self.encoder, held_out, self.arguments.final_per_task, show=8)
                    self.say(f"final {student.name}{' int4' if int4 else ''}: {report(results)}")
                    with open(os.path.join(self.arguments.out, f"{student.name}{'-int4' if int4 else ''}.json"), "w",
                              encoding="utf-8") as file:
                        json.dump(results, file, indent=1)
                student.model.set_int4(False)


class Interval:
    """Says when at least so many seconds have passed since it last said so, and how many."""

    def __init__(self, seconds):
        self.seconds, self.last = seconds, time.monotonic()

    def due(self):
        passed = time.monotonic() - self.last
        if passed < self.seconds:
            return 0
        self.last = time.monotonic()
        return passed


def wait_for(path):
    """The path, once it exists."""
    for _ in range(1200):
        if os.path.exists(path):
            return path
        time.sleep(0.1)
    raise SystemExit(f"{path} did not appear within two minutes; does the generator run?")


def wait_for_shard(folder):
    wait_for(folder)
    for _ in range(1200):
        if any(name.endswith(".jsonl") for name in os.listdir(folder)):
            return folder
        time.sleep(0.1)
    raise SystemExit(f"no shard appeared in {folder} within two minutes; does the generator run?")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="directory into which the generator writes shards")
    parser.add_argument("--held-out", required=True, help="directory of held-out shards")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, required=True, help="training time, that before --resume included")
    parser.add_argument("--models", default="cloud,device")
    parser.add_argument("--patches", type=int, default=65536, help="patches in a batch at most")
    parser.add_argument("--rate", type=float, default=3e-3, help="highest learning rate")
    parser.add_argument("--reuse", type=int, default=4, help="times a picture is used before waiting for new ones")
    parser.add_argument("--buffer-gb", type=float, default=32, help="memory for pictures")
    parser.add_argument("--delete-shards", action="store_true", help="delete each shard of --data once it was read")
    parser.add_argument("--questions", type=int, help="questions about a picture in a batch at most: fewer leave more time for pictures")
    parser.add_argument("--held-out-pictures", type=int, default=2000)
    parser.add_argument("--final-per-task", type=int, default=500, help="questions of each task in the last evaluation")
    parser.add_argument("--log-every", type=float, default=10, help="seconds between log lines")
    parser.add_argument("--qat-from", type=float, default=0.7, help="share of the time after which the device decoder computes as int4")
    parser.add_argument("--bf16", action="store_true", help="compute in bf16 on a CPU too: twice as fast where it has AVX512-BF16")
    parser.add_argument("--compile", action="store_true", help="compile the layers (takes about a minute at the start)")
    parser.add_argument("--resume", action="store_true", help="go on from what --out holds")
    Run(parser.parse_args()).train()


if __name__ == "__main__":
    main()
