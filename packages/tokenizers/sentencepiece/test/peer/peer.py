"""sentencepiece itself, for comparison: trains models, and encodes and decodes with them.

    python3 peer.py train CORPUS PREFIX OPTIONS        OPTIONS: JSON of SentencePieceTrainer's arguments
    python3 peer.py encode MODEL LINES OUT             int32: for each line the number of ids, and the ids
    python3 peer.py nbest MODEL LINES OUT N            int32: for each line the number of lists, then each as above; scores to OUT.scores (float32)
    python3 peer.py decode MODEL IDS OUT               IDS as from encode; OUT: for each list the text, length in bytes (int32) before it
    python3 peer.py normalize MODEL LINES OUT          through spm_normalize's library call, lines
    python3 peer.py time MODEL LINES ROUNDS            seconds a round, one line each
"""

import array
import json
import resource
import sys
import time

import sentencepiece as spm


def lines_of(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return file.read().split("\n")


def lists_of(path):
    numbers = array.array("i")
    with open(path, "rb") as file:
        numbers.frombytes(file.read())
    at = 0
    while at < len(numbers):
        count = numbers[at]
        yield numbers[at + 1 : at + 1 + count].tolist()
        at += 1 + count


def write(path, numbers):
    with open(path, "wb") as file:
        numbers.tofile(file)


def main():
    command, model, path, *rest = sys.argv[1:]
    if command == "train":
        spm.SentencePieceTrainer.train(input=model, model_prefix=path, minloglevel=1, **json.loads(rest[0]))
        print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "KiB", file=sys.stderr)
        return
    sp = spm.SentencePieceProcessor(model_file=model)
    if command == "encode":
        out = array.array("i")
        for line in lines_of(path):
            ids = sp.encode(line)
            out.append(len(ids))
            out.extend(ids)
        write(rest[0], out)
    elif command == "nbest":
        out = array.array("i")
        for line in lines_of(path):
            lists = sp.NBestEncodeAsIds(line, int(rest[1]))
            out.append(len(lists))
            for ids in lists:
                out.append(len(ids))
                out.extend(ids)
        write(rest[0], out)
    elif command == "decode":
        with open(rest[0], "wb") as file:
            for ids in lists_of(path):
                text = sp.decode(ids).encode("utf-8")
                array.array("i", [len(text)]).tofile(file)
                file.write(text)
    elif command == "time":
        lines = lines_of(path)
        for _ in range(int(rest[0])):
            start = time.perf_counter()
            for line in lines:
                sp.encode(line)
            print(time.perf_counter() - start, flush=True)


main()
