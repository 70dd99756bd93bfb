"""config.json of the nano checkpoints: the same fields as the real ones, with small numbers."""

LIMITS = {"cloud": 12_000_000, "device": 5_000_000, "tiny": 5_000_000}

# Every linear width is a multiple of 32, so that int4 blocks of 32 fit along the input of each decoder matrix.
WIDTHS = {
    "cloud": {"vision": (192, 10, 768, 3, [3, 6]), "text": (256, 6, 640, 4, 2)},
    "device": {"vision": (128, 8, 512, 2, [2, 5]), "text": (192, 4, 512, 3, 1)},
    "tiny": {"vision": (64, 3, 128, 1, [0, 1]), "text": (64, 2, 128, 2, 1)},  # for tests on a CPU
}


def config(name, tokens):
    """config.json for the named shape; tokens maps contents of added tokens to ids, and "size" to the vocabulary."""
    vision_hidden, vision_depth, vision_mlp, vision_heads, taps = WIDTHS[name]["vision"]
    hidden, layers, mlp, heads, kv_heads = WIDTHS[name]["text"]
    return {
        "architectures": ["Qwen3VLForConditionalGeneration"],
        "dtype": "bfloat16",
        "image_token_id": tokens["<|image_pad|>"],
        "model_type": "qwen3_vl",
        "text_config": {
            "attention_bias": False, "attention_dropout": 0.0, "bos_token_id": tokens["<|endoftext|>"],
            "eos_token_id": tokens["<|im_end|>"], "head_dim": 64, "hidden_act": "silu", "hidden_size": hidden,
            "initializer_range": 0.02, "intermediate_size": mlp, "max_position_embeddings": 32768,
            "model_type": "qwen3_vl_text", "num_attention_heads": heads, "num_hidden_layers": layers,
            "num_key_value_heads": kv_heads, "pad_token_id": None, "rms_norm_eps": 1e-06,
            "rope_parameters": {"mrope_interleaved": True, "mrope_section": [12, 10, 10], "rope_theta": 10000,
                                "rope_type": "default"},
            "tie_word_embeddings": True, "use_cache": True, "vocab_size": tokens["size"]},
        "tie_word_embeddings": True,
        "video_token_id": tokens["<|video_pad|>"],
        "vision_config": {
            "deepstack_visual_indexes": taps, "depth": vision_depth, "hidden_act": "gelu_pytorch_tanh",
            "hidden_size": vision_hidden, "in_channels": 3, "initializer_range": 0.02, "intermediate_size": vision_mlp,
            "model_type": "qwen3_vl_vision", "num_heads": vision_heads, "num_position_embeddings": 576,
            "out_hidden_size": hidden, "patch_size": 16, "rope_parameters": {"rope_theta": 10000.0, "rope_type": "axial"},
            "spatial_merge_size": 2, "temporal_patch_size": 2},
        "vision_end_token_id": tokens["<|vision_end|>"],
        "vision_start_token_id": tokens["<|vision_start|>"],
    }
