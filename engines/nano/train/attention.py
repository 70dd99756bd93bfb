"""Scaled dot-product attention in the forms training needs, on new and old PyTorch, on GPU and CPU."""
import math

import torch
import torch.nn.functional as F

try:  # flash attention over segments of different length, without padding
    from torch.nn.attention.varlen import varlen_attn
except ImportError:
    varlen_attn = None


class CpuAttention(torch.autograd.Function):
    """Attention over contiguous [n, rows, 64] with few, large products: what training on a CPU spends its time on."""

    @staticmethod
    def forward(ctx, query, key, value, mask):
        query = query * query.shape[-1] ** -0.5
        scores = torch.bmm(query, key.transpose(1, 2))
        weights = (scores if mask is None else scores.add_(mask)).softmax(-1)
        ctx.save_for_backward(query, key, value, weights)
        return torch.bmm(weights, value)

    @staticmethod
    def backward(ctx, gradient):
        query, key, value, weights = ctx.saved_tensors
        gradient = gradient.contiguous()
        for_value = torch.bmm(weights.transpose(1, 2).contiguous(), gradient)
        for_weights = torch.bmm(gradient, value.transpose(1, 2))
        for_scores = torch._softmax_backward_data(for_weights, weights, -1, weights.dtype)
        for_query = torch.bmm(for_scores, key) * key.shape[-1] ** -0.5
        return for_query, torch.bmm(for_scores.transpose(1, 2).contiguous(), query), for_value, None


def cpu_attend(query, key, value, mask, causal):
    """attend() for training on a CPU; as many key heads as query heads."""
    batch, heads, rows, width = query.shape
    if causal:
        mask = query.new_full((rows, key.shape[2]), float("-inf")).triu(1)
    elif mask is not None:
        mask = mask.expand(batch, heads, rows, key.shape[2]).flatten(0, 1)
    parts = (part.reshape(batch * heads, -1, width).contiguous() for part in (query, key, value))
    return CpuAttention.apply(*parts, mask).view(batch, heads, rows, width)


def attend(query, key, value, mask=None, causal=False):
    """Attention over [batch, heads, rows, 64]; fewer key heads are repeated; mask is additive, broadcast over heads."""
    groups = query.shape[1] // key.shape[1]
    if groups > 1:
        key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
    if not query.is_cuda and query.dtype == torch.bfloat16:
        return cpu_attend(query, key, value, mask, causal)
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=causal)
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    if causal:
        scores = scores + scores.new_full(scores.shape[-2:], float("-inf")).triu(1)
    if mask is not None:
        scores = scores + mask
    return scores.softmax(-1) @ value


def attend_segments(query, key, value, bounds, lengths):
    """Full attention inside each segment of packed [rows, heads, 64]; bounds are the cumulated lengths on the device."""
    if varlen_attn is not None and query.is_cuda and query.dtype in (torch.bfloat16, torch.float16):
        longest = max(lengths)
        return varlen_attn(query.contiguous(), key.contiguous(), value.contiguous(), bounds, bounds, longest, longest)
    parts = zip(*(tensor.split(lengths) for tensor in (query, key, value)))
    out = [attend(*(part.transpose(0, 1)[None] for part in triple))[0].transpose(0, 1) for triple in parts]
    return torch.cat(out)


def attend_shared_prefix(query, key, value, prefix, mask):
    """Attention over [prefix rows | question rows]: the prefix is causal alone, questions see it through the mask.

    Splitting keeps the long picture part on the fast causal kernel: only question rows need an explicit mask
    [batch, 1, question rows, all rows].
    """
    if prefix == 0:
        return attend(query, key, value, mask)
    picture = attend(query[:, :, :prefix], key[:, :, :prefix], value[:, :, :prefix], causal=True)
    if prefix == query.shape[2]:
        return picture
    return torch.cat([picture, attend(query[:, :, prefix:], key, value, mask)], 2)
