"""Sentences a second of all-MiniLM-L6-v2, here and in PyTorch, in one run.

    cargo build --release -p published --example sentences
    python published/examples/sentences.py target/release/examples/sentences FOLDER [THREADS [PAIRS]]

FOLDER holds the model; tests/fixtures/README.md says where it comes from. Both make vectors of 512 sentences of the built-in book, from
text on, in batches of 32 of about the same length, in turn, 15 times each. Prints medians, and the median of the ratios with its
95 % interval (sign test). Needs torch and transformers.
"""

import os
import statistics
import subprocess
import sys
import time

import torch
import transformers

BATCH, LONGEST = 32, 256


def theirs(model, tokenizer, texts):
    """Seconds, and the sum of all numbers."""
    start = time.perf_counter()
    rows = sorted(tokenizer(texts, truncation=True, max_length=LONGEST)["input_ids"], key=len)
    total = 0.0
    with torch.inference_mode():
        for first in range(0, len(rows), BATCH):
            batch = tokenizer.pad({"input_ids": rows[first : first + BATCH]}, return_tensors="pt")
            states = model(**batch).last_hidden_state
            mask = batch["attention_mask"][..., None]
            mean = (states * mask).sum(1) / mask.sum(1)
            total += torch.nn.functional.normalize(mean, dim=1).double().sum().item()
    return time.perf_counter() - start, total


def ours(program):
    program.stdin.write("once\n")
    program.stdin.flush()
    return tuple(map(float, program.stdout.readline().split()))


def main(program, folder, threads="2", pairs="15"):
    transformers.utils.logging.set_verbosity_error()
    torch.set_num_threads(int(threads))
    model = transformers.BertModel.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    texts = subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()
    environment = {**os.environ, "RAYON_NUM_THREADS": threads}
    with subprocess.Popen([program, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as running:
        (_, one), (_, other) = ours(running), theirs(model, tokenizer, texts)
        assert abs(one - other) < 1e-5 * len(texts) * model.config.hidden_size**0.5, (one, other)
        times = [(ours(running)[0], theirs(model, tokenizer, texts)[0]) for _ in range(int(pairs))]
        running.stdin.close()
    ratios = sorted(b / a for a, b in times)
    reach = int(0.98 * len(ratios) ** 0.5) + 1
    low, high = ratios[max(len(ratios) // 2 - reach, 0)], ratios[min(len(ratios) // 2 + reach, len(ratios) - 1)]
    a, b = (len(texts) / statistics.median(column) for column in zip(*times))
    print(f"{len(texts)} sentences, {threads} threads, {pairs} pairs; torch {torch.__version__}, transformers {transformers.__version__}")
    print(f"here {a:.0f} sentences a second, PyTorch {b:.0f}; PyTorch takes {statistics.median(ratios):.2f} ({low:.2f} to {high:.2f}) times as long")


main(*sys.argv[1:])
