"""Batches from a process of their own, through shared memory: packing must not hold up the thread that feeds the GPU."""
import mmap
import multiprocessing
import os
import random
import time
import traceback

import numpy
import torch

from data import Packer, Pool, joined, plan
from prompts import Template

SLOTS = 6
TEXT_BYTES = 32 << 20  # room for everything but patches and labels


def to_device(arrays, meta, device):
    """A batch of tensors on the device; arrays may lie in pinned memory."""
    batch = {key: torch.from_numpy(value).to(device, non_blocking=True) for key, value in arrays.items()}
    return {**batch, **meta}


class Loader:
    """Yields (batch on the device, statistics) for ever; the caller must be done reading slots when it asks for the next."""

    def __init__(self, folder, encoder, device, patch_budget, reuse, capacity, delete, questions=None, seed=0):
        self.device = device
        size = patch_budget * 770 + TEXT_BYTES
        self.slots = [mmap.mmap(-1, size) for _ in range(SLOTS)]  # anonymous and shared with the forked process
        context = multiprocessing.get_context("fork")
        self.free, self.full = context.Queue(), context.Queue()
        for index in range(SLOTS):
            self.free.put(index)
        settings = (folder, encoder, patch_budget, reuse, capacity, delete, questions, seed)
        self.process = context.Process(target=self._work, args=settings, daemon=True)
        self.process.start()
        self.held = None

    def _work(self, folder, encoder, patch_budget, reuse, capacity, delete, questions, seed):
        random.seed(seed)
        try:
            pool = Pool(folder, encoder, reuse, capacity, delete, questions)
            packer = Packer(Template(encoder))
            while os.getppid() != 1:
                for group in plan(pool.mix(), patch_budget):
                    arrays, meta = packer.batch(group)
                    slot = self.free.get()
                    places = _store(self.slots[slot], arrays)
                    self.full.put((slot, places, meta, {"seen": pool.pictures, "uses": pool.mean_uses()}))
        except Exception:
            self.full.put(traceback.format_exc())
            raise

    def pin(self):
        """Lets the GPU copy straight from the slots; without it copies are slower, not wrong."""
        for slot in self.slots:
            address = numpy.frombuffer(slot, numpy.uint8).ctypes.data
            torch.cuda.cudart().cudaHostRegister(address, len(slot), 0)

    def next(self):
        """The next batch; the slot of the one before goes back to the packing process."""
        started = time.monotonic()
        item = self.full.get()
        if isinstance(item, str):
            raise RuntimeError(f"packing failed:\n{item}")
        slot, places, meta, statistics = item
        batch = to_device(_views(self.slots[slot], places), meta, self.device)
        self._release()
        if self.device.type == "cuda":
            event = torch.cuda.Event()
            event.record()
            self.held = (slot, event)
        else:
            batch = {key: value.clone() if torch.is_tensor(value) else value for key, value in batch.items()}
            self.free.put(slot)
        return batch, {**statistics, "waited": time.monotonic() - started}

    def _release(self):
        if self.held:
            slot, event = self.held
            event.synchronize()
            self.free.put(slot)
            self.held = None


def _store(slot, arrays):
    """Copies the arrays into the slot, one after another, and returns where each lies."""
    places, at = {}, 0
    for key, value in arrays.items():
        parts = value if isinstance(value, list) else [value]
        shape = (sum(len(part) for part in parts), *parts[0].shape[1:]) if isinstance(value, list) else value.shape
        view = numpy.frombuffer(slot, parts[0].dtype, int(numpy.prod(shape)), at).reshape(shape)
        if isinstance(value, list):
            numpy.concatenate(parts, out=view)
        else:
            view[...] = value
        places[key] = (parts[0].dtype.str, shape, at)
        at += -(-view.nbytes // 64) * 64
    return places


def _views(slot, places):
    return {key: numpy.frombuffer(slot, dtype, int(numpy.prod(shape)), at).reshape(shape)
            for key, (dtype, shape, at) in places.items()}


def fixed_batches(pictures, encoder, patch_budget, device):
    """Batches of given pictures, each once, for measuring: yields (batch, pictures of it)."""
    packer = Packer(Template(encoder))
    for group in plan(pictures, patch_budget):
        arrays, meta = packer.batch(group)
        yield to_device(joined(arrays), meta, device), group
