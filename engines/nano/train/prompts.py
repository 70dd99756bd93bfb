"""Token rows of a picture and its questions, laid out as the chat template renders them."""


class Template:
    """The fixed pieces around picture, prompt and answer."""

    def __init__(self, encoder):
        added = encoder.added
        newline = encoder.encode("\n")
        self.image_pad, self.end = added["<|image_pad|>"], added["<|im_end|>"]
        self.before = [added["<|im_start|>"], *encoder.encode("user"), *newline, added["<|vision_start|>"]]
        self.vision_end = added["<|vision_end|>"]
        self.answer = [self.end, *newline, added["<|im_start|>"], *encoder.encode("assistant"), *newline]

    def prefix(self, tokens):
        """What all questions about a picture of `tokens` visual tokens share."""
        return self.before + [self.image_pad] * tokens

    def question(self, prompt):
        """From the end of the picture to where the answer begins, for an encoded prompt."""
        return [self.vision_end, *prompt, *self.answer]


def positions_of(ids, grids, image_pad):
    """MRoPE positions [3][n] of a plain sequence with pictures of the given patch grids."""
    streams, current, grids, at = ([], [], []), 0, iter(grids), 0
    while at < len(ids):
        if ids[at] != image_pad:
            for stream in streams:
                stream.append(current)
            current, at = current + 1, at + 1
            continue
        height, width = (side // 2 for side in next(grids))
        streams[0].extend([current] * (height * width))
        streams[1].extend(current + row for row in range(height) for _ in range(width))
        streams[2].extend(current + column for _ in range(height) for column in range(width))
        current, at = current + max(height, width), at + height * width
    return [list(stream) for stream in streams]
