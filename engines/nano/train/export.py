"""Reads and writes checkpoint directories in Hugging Face layout: bf16 safetensors shards under 16 MB."""
import json
import os
import shutil
import struct

import torch

SHARD_BYTES = 15_000_000
DTYPES = {"BF16": (torch.bfloat16, torch.int16), "F32": (torch.float32, torch.float32)}
CHAT_TEMPLATE = (
    "{%- for message in messages -%}<|im_start|>{{ message.role }}\n"
    "{%- if message.content is string -%}{{ message.content }}{%- else -%}{%- for part in message.content -%}"
    "{%- if part.type == 'image' -%}<|vision_start|><|image_pad|><|vision_end|>{%- else -%}{{ part.text }}{%- endif -%}"
    "{%- endfor -%}{%- endif -%}<|im_end|>\n{% endfor -%}"
    "{%- if add_generation_prompt -%}<|im_start|>assistant\n{% endif -%}")


def write_safetensors(path, tensors):
    """Writes {name: bf16 tensor} as one safetensors file."""
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in tensors.items():
        size = tensor.numel() * 2
        header[name] = {"dtype": "BF16", "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.detach().cpu().to(torch.bfloat16).contiguous().view(torch.int16).numpy().tobytes())


def read_safetensors(path):
    """Reads one safetensors file of bf16 or float32 tensors."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        dtype, raw = DTYPES[entry["dtype"]]
        start, end = entry["data_offsets"]
        bits = torch.frombuffer(data[start:end], dtype=raw)
        tensors[name] = bits.view(dtype).reshape(entry["shape"])
    return tensors


def read_checkpoint(folder):
    """config.json and all tensors of a checkpoint directory."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    tensors = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".safetensors"):
            tensors.update(read_safetensors(os.path.join(folder, name)))
    return config, tensors


def load_model(folder, dtype=torch.float32, device="cpu"):
    """The model of a checkpoint directory."""
    from model import Qwen3VL
    config, tensors = read_checkpoint(folder)
    model = Qwen3VL(config)
    model.load_state_dict(tensors)
    return model.to(dtype).to(device).eval()


def shards(tensors):
    """Cuts the tensors into groups of less than SHARD_BYTES each."""
    groups, used = [{}], 0
    for name, tensor in tensors.items():
        size = tensor.numel() * 2
        if used + size > SHARD_BYTES and groups[-1]:
            groups.append({})
            used = 0
        groups[-1][name] = tensor
        used += size
    return groups


def write_json(folder, name, value):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2, ensure_ascii=False)
        file.write("\n")


def write_weights(folder, tensors):
    """Writes the shards, and the index where there are several."""
    groups = shards(tensors)
    names = [f"model-{index + 1:05d}-of-{len(groups):05d}.safetensors" for index in range(len(groups))]
    if len(groups) == 1:
        names = ["model.safetensors"]
    else:
        total = sum(tensor.numel() * 2 for tensor in tensors.values())
        where = {name: file for file, group in zip(names, groups) for name in group}
        write_json(folder, "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": where})
    for file, group in zip(names, groups):
        write_safetensors(os.path.join(folder, file), group)


def write_settings(folder, config):
    """Everything beside weights and tokenizer.json."""
    text = config["text_config"]
    ends = [text["eos_token_id"], text["bos_token_id"]]
    write_json(folder, "config.json", config)
    write_json(folder, "generation_config.json", {"bos_token_id": ends[1], "do_sample": False, "eos_token_id": ends,
                                                  "pad_token_id": ends[1]})
    write_json(folder, "preprocessor_config.json", {
        "do_convert_rgb": True, "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": [0.5] * 3,
        "image_processor_type": "Qwen2VLImageProcessorFast", "image_std": [0.5] * 3, "merge_size": 2, "patch_size": 16,
        "processor_class": "Qwen3VLProcessor", "resample": 3, "rescale_factor": 1 / 255,
        "size": {"longest_edge": 1048576, "shortest_edge": 65536}, "temporal_patch_size": 2})
    write_json(folder, "tokenizer_config.json", {
        "chat_template": CHAT_TEMPLATE, "clean_up_tokenization_spaces": False, "eos_token": "<|im_end|>",
        "model_max_length": text["max_position_embeddings"], "pad_token": "<|endoftext|>",
        "tokenizer_class": "PreTrainedTokenizerFast"})


def export(folder, config, tensors, tokenizer):
    """Writes a whole checkpoint directory beside its final place and renames it, so that no half of one is ever seen."""
    beside = f"{folder}.writing"
    shutil.rmtree(beside, ignore_errors=True)
    os.makedirs(beside)
    write_weights(beside, tensors)
    write_settings(beside, config)
    shutil.copy(tokenizer, os.path.join(beside, "tokenizer.json"))
    old = f"{folder}.old"
    shutil.rmtree(old, ignore_errors=True)
    if os.path.exists(folder):
        os.rename(folder, old)
    os.rename(beside, folder)
    shutil.rmtree(old, ignore_errors=True)
