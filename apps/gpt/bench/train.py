"""The peer of `llm bench train`: nanoGPT's model in PyTorch, one training step (forward, backward, clip, AdamW).

usage: python3 train.py --layers 4 --heads 4 --dim 128 --context 64 --batch 12 --vocab 65 --steps 30 --threads 1

Prints the same JSON as `llm bench train --json`. torch 1.13 from Debian is fastest on two cores with one thread of
its own and two of OpenBLAS, so both numbers can be set.
"""

import argparse
import json
import math
import os
import resource
import statistics
import time

arguments = argparse.ArgumentParser()
for name, value in dict(layers=4, heads=4, dim=128, context=64, batch=12, vocab=65, steps=30, threads=1, blas=2).items():
    arguments.add_argument(f"--{name}", type=int, default=value)
options = arguments.parse_args()
os.environ["OPENBLAS_NUM_THREADS"] = str(options.blas)

import torch  # noqa: E402 (after the environment is set)
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(options.threads)
torch.manual_seed(0)
D, H, T, B, V = options.dim, options.heads, options.context, options.batch, options.vocab


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.qkv, self.out = nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.up, self.down = nn.Linear(D, 4 * D), nn.Linear(4 * D, D)

    def forward(self, x):
        q, k, v = (z.view(B, T, H, D // H).transpose(1, 2) for z in self.qkv(self.norm1(x)).split(D, 2))
        scores = (q @ k.transpose(-2, -1)) * (1 / math.sqrt(D // H))
        weights = scores.masked_fill(future, float("-inf")).softmax(-1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(B, T, D))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(V, D), nn.Embedding(T, D)
        self.blocks = nn.Sequential(*(Block() for _ in range(options.layers)))
        self.norm = nn.LayerNorm(D)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, 0, 0.02)

    def forward(self, ids):
        x = self.blocks(self.tokens(ids) + self.positions(torch.arange(T)))
        return self.norm(x) @ self.tokens.weight.T


future = torch.triu(torch.ones(T, T, dtype=torch.bool), 1)
model = GPT()
parameters = list(model.parameters())
optimizer = torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.1)
milliseconds = []
warm_until = time.perf_counter() + 4  # the warm-up of `llm bench train`: 3 steps, then up to 100 within 4 seconds
warm = 0
while len(milliseconds) < options.steps:
    ids = torch.randint(V, (B, T + 1))
    start = time.perf_counter()
    loss = F.cross_entropy(model(ids[:, :-1]).reshape(-1, V), ids[:, 1:].reshape(-1))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
    if warm < 3 or (warm < 100 and time.perf_counter() < warm_until):
        warm += 1
    else:
        warm = 100
        milliseconds.append(1000 * (time.perf_counter() - start))
median = statistics.median(milliseconds)
print(json.dumps({
    "backend": f"torch {torch.__version__}",
    "msPerStep": {"min": min(milliseconds), "median": median, "max": max(milliseconds)},
    "tokensPerSecond": 1000 * B * T / median,
    "peakRssBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
}))
