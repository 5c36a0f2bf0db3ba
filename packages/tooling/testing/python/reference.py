"""What the PyTorch programs beside the tests of models share (src/reference.ts has the same on the other side).

A generator adds this folder to its path and imports what it needs. Weights and token ids come from formulas, so
fixtures hold results only, as little-endian float32 in base64.
"""

import base64
import json
import math

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def words(name):
    """16-bit words: the upper halves of a linear congruential sequence, seeded by the FNV-1a hash of the name."""
    state = 2166136261
    for byte in name.encode():
        state = ((state ^ byte) * 16777619) % 2**32
    while True:
        state = (state * 1664525 + 1013904223) % 2**32
        yield state >> 16


def values(name, shape, scale, center=0.0):
    """center + scale * (word / 65536 - 1/2); exact in float32."""
    source = words(name)
    flat = [center + scale * (next(source) / 65536 - 0.5) for _ in range(math.prod(shape))]
    return torch.tensor(flat).reshape(shape)


def parameters(shapes, embeddings):
    """Values of every parameter: biases in +-1/8, norms in 1 +- 1/4, embeddings in +-1/2, other matrices in +-1/4."""
    made = {}
    for name, shape in shapes.items():
        if name.endswith("bias"):
            made[name] = values(name, shape, 0.25)
        elif len(shape) == 1:
            made[name] = values(name, shape, 0.5, 1.0)
        else:
            made[name] = values(name, shape, 1.0 if any(word in name for word in embeddings) else 0.5)
        made[name].requires_grad_()
    return made


def ids(name, rows, time, vocab):
    source = words(name)
    return torch.tensor([next(source) % vocab for _ in range(rows * time)]).reshape(rows, time)


def batch(step, rows, time, vocab):
    """One token more than the inputs: labels are the same, shifted."""
    return ids(f"batch {step}", rows, time + 1, vocab)


def causal(t):
    """True where a key lies in the future."""
    return torch.ones(t, t).triu(1).bool()


def attend(q, k, v, scale, forbidden=None, bias=None):
    """softmax(scale q k^T + bias) v, with -inf where forbidden; [B, N, T, H] each."""
    scores = scale * q @ k.transpose(-2, -1)
    if bias is not None:
        scores = scores + bias
    if forbidden is not None:
        scores = scores.masked_fill(forbidden, float("-inf"))
    return scores.softmax(-1) @ v


def next_token_loss(logits, labels):
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels.reshape(-1))


def run_adamw(p, loss_at, steps):
    """AdamW steps: losses, gradient norms before clipping to 1, and the packed gradients of the first step."""
    optimizer = torch.optim.AdamW(
        [
            {"params": [v for v in p.values() if v.dim() >= 2], "weight_decay": 0.1},
            {"params": [v for v in p.values() if v.dim() < 2], "weight_decay": 0.0},
        ],
        lr=1e-3, betas=(0.9, 0.95),
    )  # fmt: skip
    losses, norms, first = [], [], None
    for step in range(steps):
        optimizer.zero_grad()
        loss = loss_at(step)
        loss.backward()
        first = first or gradients(p)
        losses.append(loss.item())
        norms.append(torch.nn.utils.clip_grad_norm_(p.values(), 1.0).item())
        optimizer.step()
    return {"losses": rounded(losses), "gradientNorms": rounded(norms)}, first


def gradients(p):
    return {k: pack(v.grad) for k, v in p.items()}


def pack(tensor):
    return base64.b64encode(tensor.detach().contiguous().numpy().astype("<f4").tobytes()).decode()


def rounded(numbers):
    return [float(f"{x:.10g}") for x in np.ravel(numbers)]


def write(path, content):
    path.write_text(json.dumps(content, indent=1) + "\n")
