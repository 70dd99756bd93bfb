"""Muon for the matrices inside blocks, AdamW for the rest, over flat buffers: a step is a few dozen kernels."""
import contextlib
import itertools

import torch

BETA1, BETA2, MOMENTUM, DECAY, CLIP = 0.9, 0.98, 0.95, 0.05, 1.0


def is_matrix(name, weight):
    """Whether Muon updates it: hidden matrices, not embeddings, the patch kernel or the auxiliary head."""
    return weight.ndim == 2 and ("blocks" in name or "merger" in name or "layers" in name)


def orthogonalise(stack, steps=5):
    """The nearest orthogonal matrices of [n, rows, columns] by the quintic Newton-Schulz iteration."""
    x = stack.bfloat16() if stack.is_cuda else stack
    flip = x.shape[1] > x.shape[2]
    x = x.transpose(1, 2) if flip else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return (x.transpose(1, 2) if flip else x).float()


class Optimizer:
    """Owns float32 masters, their moving average and the moments; the model's parameters become views of one buffer."""

    def __init__(self, named, dtype):
        """named: (name, parameter) pairs, already on their device; their values are taken over as they are."""
        named = sorted(named, key=lambda pair: (is_matrix(*pair), tuple(pair[1].shape) if is_matrix(*pair) else (), pair[0]))
        self.names, self.weights = [name for name, _ in named], [weight for _, weight in named]
        sizes = [weight.numel() for weight in self.weights]
        assert all(size % 8 == 0 for size in sizes), "buffers must stay aligned"
        self.master = torch.cat([weight.detach().float().reshape(-1) for weight in self.weights])
        self.average = self.master.clone()
        self.work = self.master.to(dtype)
        self.split = sum(size for size, pair in zip(sizes, named) if not is_matrix(*pair))
        self.first, self.second = (torch.zeros_like(self.master[:self.split]) for _ in range(2))
        self.momentum = torch.zeros_like(self.master[self.split:])
        for weight, view in zip(self.weights, self.work.split(sizes)):
            weight.data = view.view(weight.shape)
        self.groups = self._groups(named)
        self.steps = 0

    def _groups(self, named):
        """(start, end, stacked shape) of the matrices of each shape, within the Muon part."""
        groups, at = [], 0
        matrices = [tuple(weight.shape) for name, weight in named if is_matrix(name, weight)]
        for shape, items in itertools.groupby(matrices):
            stack = (len(list(items)), *shape)
            end = at + stack[0] * stack[1] * stack[2]
            groups.append((at, end, stack))
            at = end
        return groups

    def gradient(self):
        """All gradients as one float32 vector, clipped; a step with a non-finite gradient becomes a step without one."""
        flat = torch.cat([weight.grad.reshape(-1) for weight in self.weights]).float()
        norm = flat.norm()
        factor = torch.where(torch.isfinite(norm), (CLIP / (norm + 1e-6)).clamp(max=1.0), torch.zeros_like(norm))
        for weight in self.weights:
            weight.grad = None
        return torch.nan_to_num(flat, 0.0, 0.0, 0.0) * factor, norm

    @torch.no_grad()
    def step(self, rate):
        """One update at the given learning rate; returns the norm of the gradient before clipping."""
        self.steps += 1
        gradient, norm = self.gradient()
        self._adam(gradient[:self.split], rate)
        self._muon(gradient[self.split:], rate)
        self.average.lerp_(self.master, 1 - min(0.998, self.steps / (self.steps + 10)))
        self.work.copy_(self.master)
        return norm

    def _adam(self, gradient, rate):
        self.first.lerp_(gradient, 1 - BETA1)
        self.second.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
        spread = (self.second / (1 - BETA2 ** self.steps)).sqrt_().add_(1e-8)
        self.master[:self.split].addcdiv_(self.first, spread, value=-rate / (1 - BETA1 ** self.steps))

    def _muon(self, gradient, rate):
        self.momentum.mul_(MOMENTUM).add_(gradient)
        direction = gradient.add_(self.momentum, alpha=MOMENTUM)
        weights = self.master[self.split:].mul_(1 - rate * DECAY)
        for start, end, shape in self.groups:
            update = orthogonalise(direction[start:end].view(shape))
            size = 0.2 * max(shape[1:]) ** 0.5  # gives entries the spread that AdamW's updates have
            weights[start:end].add_(update.reshape(-1), alpha=-rate * size)

    @contextlib.contextmanager
    def averaged(self):
        """Lets the model compute with the averaged weights, as they will be exported: rounded to bf16."""
        self.work.copy_(self.average.bfloat16())
        try:
            yield
        finally:
            self.work.copy_(self.master)

    def averages(self):
        """{name: averaged weight} to export."""
        return {name: part.view(weight.shape) for name, weight, part in
                zip(self.names, self.weights, self.average.split([weight.numel() for weight in self.weights]))}

    def state(self):
        buffers = ("master", "average", "first", "second", "momentum")
        return {"steps": self.steps, **{key: getattr(self, key).cpu() for key in buffers}}

    def restore(self, state):
        self.steps = state["steps"]
        for key in ("master", "average", "first", "second", "momentum"):
            getattr(self, key).copy_(state[key])
        self.work.copy_(self.master)
