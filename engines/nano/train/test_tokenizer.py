"""The encoder against recorded results of the tokenizers package: test_tokenizer.py GOLDEN_DIR"""
import json
import sys
import tempfile
import unicodedata

from tokenizer import ADDED_TOKENS, Encoder, train, tokenizer_json


def main(golden):
    encoder = Encoder(f"{golden}/checkpoint/tokenizer.json")
    with open(f"{golden}/tokenizer.jsonl", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    wrong = [line for line in lines if encoder.encode(line["text"], specials=True) != line["ids"]]
    for line in wrong[:5]:
        print(repr(line["text"][:80]), line["ids"][:20], encoder.encode(line["text"], specials=True)[:20])
    with open(f"{golden}/checkpoint/tokenizer.json", encoding="utf-8") as file:
        theirs = json.load(file)
    ours = tokenizer_json([])
    same = [key for key in theirs if key not in ("model", "added_tokens") and theirs[key] != ours[key]]
    same += [key for key in theirs["model"] if key not in ("vocab", "merges") and theirs["model"][key] != ours["model"][key]]
    assert not same and list(theirs) == list(ours), same
    assert list(theirs["model"]["vocab"].items())[:256] == list(ours["model"]["vocab"].items()), "base order"
    assert [(token["content"], token["special"]) for token in theirs["added_tokens"]] == ADDED_TOKENS
    assert all({**mine, "id": 0} == {**token, "id": 0} for mine, token in zip(ours["added_tokens"], theirs["added_tokens"]))
    texts = [line["text"] for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/tokenizer.json", "w", encoding="utf-8") as file:
            json.dump(train(texts, 900), file)
        small = Encoder(f"{folder}/tokenizer.json")
    assert all(small.decode(small.encode(text)) == unicodedata.normalize("NFC", text) for text in texts)
    assert small.size <= 900 and len(small.encode("7")) == 1
    print(f"{len(lines) - len(wrong)} passed, {len(wrong)} failed")
    return len(wrong) > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
