"""Qwen3-VL for stills, with Hugging Face's parameter names; computes what the reference computes."""
import functools

import torch
import torch.nn.functional as F
from torch import nn

from attention import attend_segments, attend_shared_prefix


class Rotation(torch.autograd.Function):
    """The rotary embedding in three kernels either way; the sine of the first half comes negated."""

    @staticmethod
    def forward(ctx, x, cos, sin):
        ctx.save_for_backward(cos, sin)
        return torch.addcmul(x * cos, x.roll(x.shape[-1] // 2, -1), sin)

    @staticmethod
    def backward(ctx, gradient):
        cos, sin = ctx.saved_tensors
        return torch.addcmul((gradient * sin).roll(gradient.shape[-1] // 2, -1), gradient, cos), None, None


def rotary_tables(angles, dtype):
    """cos and sin for rotate(): float32 as the reference computes, or prepared for fast training in bf16."""
    if dtype != torch.bfloat16:
        return angles.cos(), angles.sin()
    half = angles.shape[-1] // 2
    sin = angles.sin()
    return angles.cos().to(dtype), torch.cat([-sin[..., :half], sin[..., half:]], -1).to(dtype)


def rotate(x, cos, sin):
    """Rotary embedding over the last dimension; cos and sin of rotary_tables() broadcast against x."""
    if cos.dtype == torch.bfloat16:
        return Rotation.apply(x, cos, sin)
    wide = x.float()
    first, second = wide.chunk(2, -1)
    return (wide * cos + torch.cat([-second, first], -1) * sin).to(x.dtype)


def fake_int4(weight):
    """The weight as int4 blocks of 32 along the input restore it; gradients pass straight through.

    The entry of largest magnitude becomes exactly -8 steps, which is the recipe of the exported decoder.
    """
    blocks = weight.detach().float().reshape(weight.shape[0], -1, 32)
    extreme = blocks.gather(2, blocks.abs().argmax(2, keepdim=True))
    scale = extreme / -8
    safe = torch.where(scale == 0, torch.ones_like(scale), scale)
    restored = (((blocks / safe).round() + 8).clamp(0, 15) - 8) * scale
    return weight + (restored.reshape(weight.shape).to(weight.dtype) - weight).detach()


class DecoderLinear(nn.Linear):
    """A decoder matrix without bias that can compute as if stored in int4."""

    int4 = False

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs, bias=False)

    def forward(self, x):
        return F.linear(x, fake_int4(self.weight) if self.int4 else self.weight)


class RmsNorm(nn.Module):
    """x / rms(x) * weight with float32 statistics."""

    def __init__(self, width, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(width)), eps

    def forward(self, x):
        if hasattr(F, "rms_norm"):
            return F.rms_norm(x, self.weight.shape, self.weight, self.eps)
        wide = x.float()
        return self.weight * (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps)).to(x.dtype)


class Grids:
    """What the tower needs to know of the pictures of a batch: it depends on their grids only."""

    def __init__(self, grids, config, device, dtype=torch.float32):
        """grids: list of (gh, gw) in patches, both even."""
        self.lengths = [gh * gw for gh, gw in grids]
        rows = sum(self.lengths)
        sizes = torch.tensor(grids, dtype=torch.int32)
        counts = torch.tensor([0, *self.lengths], dtype=torch.int64).cumsum(0)
        sizes, counts = sizes.to(device, non_blocking=True), counts.to(device, non_blocking=True)
        self.bounds = counts.int()
        self.picture = torch.bucketize(torch.arange(rows, device=device), counts[1:], right=True)
        index = torch.arange(rows, device=device) - counts[self.picture]
        height, width = sizes[self.picture].unbind(1)
        block, inside = torch.div(index, 4, rounding_mode="floor"), index % 4
        across = torch.div(width, 2, rounding_mode="floor")
        self.row = 2 * torch.div(block, across, rounding_mode="floor") + torch.div(inside, 2, rounding_mode="floor")
        self.column = 2 * (block % across) + inside % 2
        self.table_index, self.table_weight = self._table(height, width, round(config["num_position_embeddings"] ** 0.5))
        self.cos, self.sin = self._rotary(config["hidden_size"] // config["num_heads"], dtype)

    def _table(self, height, width, side):
        """Four rows of the position table a patch and their bilinear weights."""
        def axis(place, size):
            exact = place.float() * (side - 1) / (size - 1).clamp(min=1).float()
            low = exact.floor()
            return low.long(), (low.long() + 1).clamp(max=side - 1), exact - low
        top, bottom, down = axis(self.row, height)
        left, right, over = axis(self.column, width)
        index = torch.stack([top * side + left, top * side + right, bottom * side + left, bottom * side + right], 1)
        weight = torch.stack([(1 - down) * (1 - over), (1 - down) * over, down * (1 - over), down * over], 1)
        return index, weight

    def _rotary(self, width, dtype):
        """cos and sin [rows, 1, head width]: the first half of the angles turns with the row, the second with the column."""
        quarter = width // 4
        steps = torch.arange(quarter, device=self.row.device, dtype=torch.float32)
        frequency = 10000.0 ** (-2 * steps / (2 * quarter))
        angles = torch.cat([self.row[:, None] * frequency, self.column[:, None] * frequency] * 2, 1)[:, None]
        return rotary_tables(angles, dtype)


class VisionAttention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)


class VisionMlp(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.linear_fc1, self.linear_fc2 = nn.Linear(width, inner), nn.Linear(inner, width)


class VisionBlock(nn.Module):
    """One block of the tower, cut around the attention so that each part can be compiled."""

    def __init__(self, config):
        super().__init__()
        width, self.heads = config["hidden_size"], config["num_heads"]
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.attn, self.mlp = VisionAttention(width), VisionMlp(width, config["intermediate_size"])

    def before(self, x, cos, sin):
        query, key, value = self.attn.qkv(self.norm1(x)).reshape(len(x), 3, self.heads, -1).unbind(1)
        return rotate(query, cos, sin), rotate(key, cos, sin), value

    def after(self, x, attended):
        x = x + self.attn.proj(attended.reshape(x.shape))
        inner = self.mlp.linear_fc1(self.norm2(x))
        inner = F.gelu(inner, approximate="tanh") if x.is_cuda or hasattr(F, "rms_norm") else gelu_tanh(inner)
        return x + self.mlp.linear_fc2(inner)

    def forward(self, x, grids):
        query, key, value = self.before(x, grids.cos, grids.sin)
        return self.after(x, attend_segments(query, key, value, grids.bounds, grids.lengths))


def gelu_tanh(x):
    """The tanh form written out, for PyTorch versions whose CPU kernel lacks it."""
    return 0.5 * x * (1 + torch.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))


class Merger(nn.Module):
    """Four patches become one token: the final merger normalises patches, the tap mergers the joined four."""

    def __init__(self, config, tap):
        super().__init__()
        width, joined = config["hidden_size"], 4 * config["hidden_size"]
        self.joined = joined
        self.norm = nn.LayerNorm(joined if tap else width, eps=1e-6)
        self.linear_fc1, self.linear_fc2 = nn.Linear(joined, joined), nn.Linear(joined, config["out_hidden_size"])

    def forward(self, x):
        x = self.norm(x.reshape(-1, *self.norm.weight.shape)).reshape(-1, self.joined)
        return self.linear_fc2(F.gelu(self.linear_fc1(x)))


class PatchEmbed(nn.Module):
    def __init__(self, config):
        super().__init__()
        side = config["patch_size"]
        self.proj = nn.Conv3d(config["in_channels"], config["hidden_size"], (config["temporal_patch_size"], side, side))

    def forward(self, patches):
        """Rows [n, 768] of a still: it repeats in time, so the temporal slices of the kernel add up."""
        return F.linear(patches, self.proj.weight.sum(2).flatten(1), self.proj.bias)


class Vision(nn.Module):
    """The tower: patches of several pictures, packed one after another, to features and taps."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.patch_embed = PatchEmbed(config)
        self.pos_embed = nn.Embedding(config["num_position_embeddings"], config["hidden_size"])
        self.blocks = nn.ModuleList([VisionBlock(config) for _ in range(config["depth"])])
        self.merger = Merger(config, tap=False)
        self.taps = config["deepstack_visual_indexes"]
        self.deepstack_merger_list = nn.ModuleList([Merger(config, tap=True) for _ in self.taps])

    def forward(self, patches, grids):
        """uint8 patches [n, 768] to features [n/4, D], taps [k][n/4, D], and the last hidden rows [n, width]."""
        table = self.pos_embed.weight
        x = self.patch_embed((patches.to(table.dtype) - 127.5) / 127.5)
        places = F.embedding(grids.table_index, table).float() * grids.table_weight[..., None]
        x = x + places.sum(1).to(x.dtype)
        taps = []
        for index, block in enumerate(self.blocks):
            x = block(x, grids)
            if index in self.taps:
                taps.append(self.deepstack_merger_list[len(taps)](x))
        return self.merger(x), taps, x


class TextAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        hidden, width, eps = config["hidden_size"], config["head_dim"], config["rms_norm_eps"]
        heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
        self.q_proj, self.o_proj = DecoderLinear(hidden, heads * width), DecoderLinear(heads * width, hidden)
        self.k_proj, self.v_proj = DecoderLinear(hidden, kv_heads * width), DecoderLinear(hidden, kv_heads * width)
        self.q_norm, self.k_norm = RmsNorm(width, eps), RmsNorm(width, eps)


class TextMlp(nn.Module):
    def __init__(self, hidden, inner):
        super().__init__()
        self.gate_proj, self.up_proj = DecoderLinear(hidden, inner), DecoderLinear(hidden, inner)
        self.down_proj = DecoderLinear(inner, hidden)


class TextLayer(nn.Module):
    """One decoder layer, cut around the attention like the vision block."""

    def __init__(self, config):
        super().__init__()
        hidden, self.width = config["hidden_size"], config["head_dim"]
        self.input_layernorm = RmsNorm(hidden, config["rms_norm_eps"])
        self.post_attention_layernorm = RmsNorm(hidden, config["rms_norm_eps"])
        self.self_attn, self.mlp = TextAttention(config), TextMlp(hidden, config["intermediate_size"])

    def before(self, x, cos, sin):
        y, own = self.input_layernorm(x), self.self_attn
        query, key, value = (proj(y).unflatten(-1, (-1, self.width)) for proj in (own.q_proj, own.k_proj, own.v_proj))
        query, key = rotate(own.q_norm(query), cos, sin), rotate(own.k_norm(key), cos, sin)
        return query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)

    def after(self, x, attended):
        x = x + self.self_attn.o_proj(attended.transpose(1, 2).flatten(2))
        y = self.post_attention_layernorm(x)
        return x + self.mlp.down_proj(F.silu(self.mlp.gate_proj(y)) * self.mlp.up_proj(y))


class Text(nn.Module):
    """The decoder; the caller supplies the attention, so that training, prefill and cached steps share the rest."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList([TextLayer(config) for _ in range(config["num_hidden_layers"])])
        self.norm = RmsNorm(config["hidden_size"], config["rms_norm_eps"])

    def rotary(self, positions):
        """cos and sin [batch, rows, 1, head width] of positions [3, batch, rows] by interleaved MRoPE."""
        half = self.config["head_dim"] // 2
        rope = self.config["rope_parameters"]
        steps = torch.arange(half, device=positions.device)
        frequency = float(rope["rope_theta"]) ** (-steps.float() / half)
        stream = torch.zeros_like(steps)
        for axis in (1, 2):
            stream[axis:3 * rope["mrope_section"][axis]:3] = axis
        angles = positions.float()[stream].permute(1, 2, 0) * frequency
        return rotary_tables(torch.cat([angles, angles], -1)[:, :, None], self.embed_tokens.weight.dtype)

    def forward(self, x, positions, attention, image_rows=None, taps=()):
        """Hidden rows [batch, rows, hidden] before the output matrix.

        attention(layer, query, key, value) attends; taps are added at the flat image_rows after the first layers.
        """
        cos, sin = self.rotary(positions)
        for index, layer in enumerate(self.layers):
            query, key, value = layer.before(x, cos, sin)
            x = layer.after(x, attention(index, query, key, value))
            if index < len(taps):
                x = x.flatten(0, 1).index_add(0, image_rows, taps[index]).reshape(x.shape)
        return self.norm(x)


class Parts(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.visual, self.language_model = Vision(config["vision_config"]), Text(config["text_config"])


class Qwen3VL(nn.Module):
    """The whole model with tied embeddings, as config.json describes it."""

    def __init__(self, config):
        super().__init__()
        self.config, self.model = config, Parts(config)

    @property
    def vision(self):
        return self.model.visual

    @property
    def text(self):
        return self.model.language_model

    def grids(self, grids):
        """Prepares the list of (gh, gw) for the tower."""
        weight = self.text.embed_tokens.weight
        return Grids(grids, self.config["vision_config"], weight.device, weight.dtype)

    def embed(self, ids, image_rows=None, features=None):
        """Embeddings [batch, rows, hidden] with features put at the flat image_rows."""
        x = self.text.embed_tokens(ids)
        if features is None:
            return x
        return x.flatten(0, 1).index_copy(0, image_rows, features.to(x.dtype)).reshape(x.shape)

    def logits(self, hidden):
        return F.linear(hidden, self.text.embed_tokens.weight)

    def hidden(self, batch, grids):
        """Hidden rows of a packed batch (see data.py), and the tower's last rows for the auxiliary loss."""
        features, taps, last = self.vision(batch["patches"], grids)
        x = self.embed(batch["ids"], batch["image_rows"], features)
        mask = question_mask(batch["segments"], batch["prefix"], x.dtype)
        attention = functools.partial(shared_attention, batch["prefix"], mask)
        return self.text(x, batch["positions"], attention, batch["image_rows"], taps), last

    def set_int4(self, on):
        """Lets every decoder matrix compute as int4 or as stored."""
        for module in self.modules():
            if isinstance(module, DecoderLinear):
                module.int4 = on

    def compile(self):
        """Compiles the parts around each attention; layers of a kind share the generated code."""
        for part in [*self.vision.blocks, *self.text.layers]:
            part.before = torch.compile(part.before, dynamic=True)
            part.after = torch.compile(part.after, dynamic=True)


def shared_attention(prefix, mask, _, query, key, value):
    return attend_shared_prefix(query, key, value, prefix, mask)


def question_mask(segments, prefix, dtype):
    """Additive mask [batch, 1, question rows, all rows]: a question sees the picture (segment 0) and itself, causally."""
    order = torch.arange(segments.shape[1], device=segments.device)
    keys, rows = segments[:, None], segments[:, prefix:, None]
    seen = ((keys == 0) | (keys == rows)) & (order <= order[prefix:, None])
    return torch.zeros(seen.shape, dtype=dtype, device=seen.device).masked_fill(~seen, float("-inf"))[:, None]


def initialise(model, generator):
    """Scales each matrix by its input, and what writes into the residual stream also by the depth."""
    for name, weight in model.named_parameters():
        with torch.no_grad():
            if weight.ndim == 1:
                weight.fill_(1.0 if "norm" in name and name.endswith("weight") else 0.0)
                continue
            if "embed" in name and "proj" not in name:
                deviation = 0.05
            else:
                deviation = 0.8 * weight[0].numel() ** -0.5
                if name.endswith(("attn.proj.weight", "fc2.weight", "o_proj.weight", "down_proj.weight")) and "merger" not in name:
                    depth = len(model.vision.blocks if "visual" in name else model.text.layers)
                    deviation *= (2 * depth) ** -0.5
            weight.copy_(torch.randn(weight.shape, generator=generator) * deviation)
