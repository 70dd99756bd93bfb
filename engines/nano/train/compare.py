"""Compares what transformers answered with what this software did, token by token.

compare.py PARITY.jsonl [PARITY.jsonl ...] ANSWERS.jsonl

PARITY.jsonl is what parity.py wrote, ANSWERS.jsonl what `qwenvl-engines eval … --answers` wrote. A difference counts only up
to the first token at which transformers' best two logits are apart by less than --gap: what comes after may rightly differ.
"""
import argparse
import json


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parity", nargs="+")
    parser.add_argument("answers")
    parser.add_argument("--gap", type=float, default=1e-3)
    arguments = parser.parse_args()
    given = {(line["file"], line["prompt"]): line["ids"] for line in lines(arguments.answers)}
    equal = excused = wrong = missing = 0
    for line in (line for path in arguments.parity for line in lines(path)):
        ids = given.get((line["file"], line["prompt"]))
        if ids is None:
            missing += 1
            continue
        if ids == line["ids"]:
            equal += 1
            continue
        # The end token is the last gap: an answer may also be too short or too long.
        at = next((i for i, (a, b) in enumerate(zip(ids, line["ids"])) if a != b), min(len(ids), len(line["ids"])))
        close = min(line["gaps"][:at + 1], default=1.0)
        excused += close < arguments.gap
        wrong += close >= arguments.gap
        print(f"{line['file']}: differs at token {at}, smallest gap so far {close:.5f}: {line['text']!r}")
    print(f"{equal} equal, {excused} differ where the best two logits are within {arguments.gap}, {wrong} differ elsewhere, {missing} missing")
    raise SystemExit(1 if wrong or missing or not equal else 0)


if __name__ == "__main__":
    main()
