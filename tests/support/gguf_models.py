# SPDX-License-Identifier: Apache-2.0
"""A language model that knows the alphabet: after each letter it says the next one, and ends after "e"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

_UNKNOWN, _CONTROL, _BYTE = 2, 3, 6  # types of tokens
_START, _END, _FIRST_BYTE = 1, 2, 3
_TOKENS, _WIDTH, _HIDDEN, _HEADS = 259, 288, 32, 4


def write_alphabet(path: Path, context: int = 512) -> None:
    """Write the model. Each letter has a dimension of its own, and all layers between add nothing."""
    import gguf  # noqa: PLC0415

    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(context)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(_HIDDEN)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([b"<unk>", b"<s>", b"</s>", *(b"<0x%02X>" % byte for byte in range(256))])
    writer.add_token_scores([0.0] * _TOKENS)
    writer.add_token_types([_UNKNOWN, _CONTROL, _CONTROL, *[_BYTE] * 256])
    writer.add_bos_token_id(_START)
    writer.add_eos_token_id(_END)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(False)

    def zeros(rows: int, columns: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.zeros((rows, columns), np.float32)

    embedding, output = zeros(_TOKENS, _WIDTH), zeros(_TOKENS, _WIDTH)
    for token in range(_TOKENS):
        embedding[token, token] = 1
        follows = _END if token == _FIRST_BYTE + ord("e") else (token + 1) % _TOKENS
        output[follows, token] = 10
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output.weight", output)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(_WIDTH, np.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{name}.weight", zeros(_WIDTH, _WIDTH))
    for name, rows, columns in (
        ("ffn_gate", _HIDDEN, _WIDTH),
        ("ffn_up", _HIDDEN, _WIDTH),
        ("ffn_down", _WIDTH, _HIDDEN),
    ):
        writer.add_tensor(f"blk.0.{name}.weight", zeros(rows, columns))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
