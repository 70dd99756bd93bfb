"""Byte-level BPE in exactly the layout of Qwen3's tokenizer.json, with a vocabulary small enough for the nano checkpoints.

tokenizer.py --text FILE_OR_SHARD_DIR... --vocab 2048 --out tokenizer.json

Training and encoding are pure Python, so that the file is reproducible; where the `tokenizers` package is installed,
`load_encoder` uses it, because it encodes whole shards in parallel without holding Python's lock.
"""
import argparse
import collections
import functools
import glob
import heapq
import json
import os
import unicodedata

import regex

ADDED_TOKENS = [  # contents in Qwen3's order; the second value is the flag "special"
    ("<|endoftext|>", True), ("<|im_start|>", True), ("<|im_end|>", True), ("<|object_ref_start|>", True),
    ("<|object_ref_end|>", True), ("<|box_start|>", True), ("<|box_end|>", True), ("<|quad_start|>", True),
    ("<|quad_end|>", True), ("<|vision_start|>", True), ("<|vision_end|>", True), ("<|vision_pad|>", True),
    ("<|image_pad|>", True), ("<|video_pad|>", True), ("<tool_call>", False), ("</tool_call>", False),
    ("<|fim_prefix|>", False), ("<|fim_middle|>", False), ("<|fim_suffix|>", False), ("<|fim_pad|>", False),
    ("<|repo_name|>", False), ("<|file_sep|>", False), ("<tool_response>", False), ("</tool_response>", False),
    ("<think>", False), ("</think>", False),
]
PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
           r"|\s+(?!\S)|\s+")
# Python counts U+001C..U+001F as white space, Unicode's White_Space property (what the Rust tokenizer uses) does not.
WHITE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"


def _split_pattern():
    """Compiles PATTERN with white space spelled out, so that both libraries cut at the same places."""
    inside = PATTERN.replace(r"[^\s\p{L}", "[^" + WHITE + r"\p{L}")
    return regex.compile(inside.replace(r"\s", "[" + WHITE + "]").replace(r"\S", "[^" + WHITE + "]"), regex.V0)


SPLIT = _split_pattern()


def byte_alphabet():
    """GPT-2's printable stand-in for every byte, in the order in which Qwen3 numbers the base vocabulary."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    letters = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        if byte not in letters:
            letters[byte] = chr(256 + len(letters) - len(printable))
    return letters


BYTE_LETTERS = byte_alphabet()
LETTER_BYTES = {letter: byte for byte, letter in BYTE_LETTERS.items()}


def pieces(text):
    """Cuts normalised text into the pieces inside which merges happen, each in the byte alphabet."""
    for piece in SPLIT.findall(unicodedata.normalize("NFC", text)):
        yield "".join(BYTE_LETTERS[byte] for byte in piece.encode("utf-8"))


def learn_merges(counts, wanted):
    """The `wanted` most frequent merges over {piece: count}; ties go to the smaller pair, so that runs agree."""
    words = [list(piece) for piece in counts]
    weights = list(counts.values())
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for index, word in enumerate(words):
        for pair in zip(word, word[1:]):
            pairs[pair] += weights[index]
            where[pair].add(index)
    heap = [(-count, pair) for pair, count in pairs.items()]
    heapq.heapify(heap)
    merges = []
    while heap and len(merges) < wanted:
        count, pair = heapq.heappop(heap)
        if -count != pairs[pair] or count == 0:
            continue
        merges.append(pair)
        changed = set()
        for index in where.pop(pair):
            word, new = words[index], merge_pair(words[index], pair)
            if len(new) == len(word):
                continue
            for sign, symbols in ((-1, word), (1, new)):
                for neighbour in zip(symbols, symbols[1:]):
                    pairs[neighbour] += sign * weights[index]
                    changed.add(neighbour)
                    if sign > 0:
                        where[neighbour].add(index)
            words[index] = new
        for neighbour in changed:
            if pairs[neighbour] > 0:
                heapq.heappush(heap, (-pairs[neighbour], neighbour))
    return merges


def merge_pair(word, pair):
    """The symbols of a word with every occurrence of the pair joined, left to right."""
    out, at = [], 0
    while at < len(word):
        if at + 1 < len(word) and (word[at], word[at + 1]) == pair:
            out.append(word[at] + word[at + 1])
            at += 2
        else:
            out.append(word[at])
            at += 1
    return out


def tokenizer_json(merges):
    """The whole file: everything but vocabulary and merges is what Qwen3 ships."""
    vocabulary = {BYTE_LETTERS[byte]: index for index, byte in enumerate(sorted(BYTE_LETTERS, key=BYTE_LETTERS.get))}
    for left, right in merges:
        vocabulary.setdefault(left + right, len(vocabulary))
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    split = {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated", "invert": False}
    added = [{"id": len(vocabulary) + index, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": special} for index, (content, special) in enumerate(ADDED_TOKENS)]
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
             "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
             "vocab": vocabulary, "merges": [list(pair) for pair in merges]}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": {"type": "NFC"},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, byte_level]},
            "post_processor": byte_level, "decoder": byte_level, "model": model}


class Encoder:
    """Encodes and decodes with a tokenizer.json of this layout."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        self.vocabulary = data["model"]["vocab"]
        merges = (tuple(pair.split(" ")) if isinstance(pair, str) else tuple(pair) for pair in data["model"]["merges"])
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        self.added = {token["content"]: token["id"] for token in data["added_tokens"]}
        self.letters = {index: token for token, index in self.vocabulary.items()}
        self.names = {index: content for content, index in self.added.items()}
        longest_first = sorted(self.added, key=len, reverse=True)
        self.specials = regex.compile("(" + "|".join(regex.escape(content) for content in longest_first) + ")")
        self.size = max([*self.letters, *self.names]) + 1
        self.piece_ids = functools.lru_cache(maxsize=65536)(self._piece_ids)

    def _piece_ids(self, piece):
        word = list(piece)
        while len(word) > 1:
            best = min(zip(word, word[1:]), key=lambda pair: self.ranks.get(pair, len(self.ranks)))
            if best not in self.ranks:
                break
            word = merge_pair(word, best)
        return [self.vocabulary[symbol] for symbol in word]

    def encode(self, text, specials=False):
        """Ids of the text; contents of added tokens stay plain text unless `specials` is set."""
        if not specials:
            return [index for piece in pieces(text) for index in self.piece_ids(piece)]
        out = []
        for part in self.specials.split(text):
            out += [self.added[part]] if part in self.added else self.encode(part)
        return out

    def encode_all(self, texts):
        """Ids of many texts, as plain text."""
        return [self.encode(text) for text in texts]

    def decode(self, ids):
        """Text of the ids; added tokens are left out, broken UTF-8 becomes U+FFFD."""
        letters = "".join(self.letters.get(int(index), "") for index in ids)
        return bytes(LETTER_BYTES[letter] for letter in letters).decode("utf-8", errors="replace")


def load_encoder(path):
    """An Encoder whose encode_all runs in the `tokenizers` package if that is installed and agrees on a sample."""
    encoder = Encoder(path)
    try:
        from tokenizers import Tokenizer
    except ImportError:
        return encoder
    fast = Tokenizer.from_file(str(path))

    def encode_all(texts):
        plain = [text for text in texts if not encoder.specials.search(text)]
        known = dict(zip(plain, (item.ids for item in fast.encode_batch(plain, add_special_tokens=False))))
        return [known[text] if text in known else encoder.encode(text) for text in texts]

    sample = ["Hello, wörld 12!", "出口 →\n{\"bbox_2d\":[1,22,333,1000]}", "  two  spaces "]
    if encode_all(sample) != [encoder.encode(text) for text in sample]:
        raise SystemExit(f"{path}: the tokenizers package and this encoder disagree")
    encoder.encode_all = encode_all
    return encoder


def read_texts(paths):
    """Lines of text files, and prompts and answers of shard directories."""
    for path in paths:
        names = sorted(glob.glob(os.path.join(path, "shard-*.jsonl"))) if os.path.isdir(path) else [path]
        for name in names:
            with open(name, encoding="utf-8") as file:
                for line in file:
                    if not name.endswith(".jsonl"):
                        yield line.rstrip("\n")
                        continue
                    for qa in json.loads(line)["qa"]:
                        yield qa["prompt"]
                        yield qa["answer"]


def train(texts, size):
    """A tokenizer.json of at most `size` entries, learned from the texts."""
    counts = collections.Counter()
    for text, times in collections.Counter(texts).items():
        for piece in pieces(text):
            counts[piece] += times
    return tokenizer_json(learn_merges(counts, size - 256 - len(ADDED_TOKENS)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", nargs="+", required=True, help="text files or directories of shards")
    parser.add_argument("--vocab", type=int, default=2048, help="entries, added tokens included (at most 4096)")
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    if not 512 <= arguments.vocab <= 4096:
        raise SystemExit("--vocab must be between 512 and 4096")
    data = train(read_texts(arguments.text), arguments.vocab)
    with open(arguments.out, "w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, indent=2)
        file.write("\n")
    print(f"{arguments.out}: {len(data['model']['vocab'])} base entries, {len(ADDED_TOKENS)} added tokens")


if __name__ == "__main__":
    main()
