"""A model of random weights in a GGUF of about half a megabyte, and a server for it on loopback.

It knows nothing: it shows that a review goes through a real server with a real grammar. The bias of the
output layer favours the characters that end a string, a list and an object, so that answers end.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

WIDTH = 32
WORDS = 800
CONTEXT = 16_384
ENDING = {'"': 12.0, "]": 11.0, "}": 11.0}
TEMPLATE = "{% for message in messages %}{{ message.content }}\n{% endfor %}"
_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6


def tokens_for(texts: Iterable[str]) -> list[tuple[str, int]]:
    """`(piece, type)` of a small vocabulary: bytes, printable ASCII, common words and their beginnings."""
    common = Counter(chain.from_iterable(re.findall(r"[A-Za-z]{2,9}", text) for text in texts))
    words = [word for word, _ in sorted(common.items(), key=lambda item: (-item[1], item[0]))[:WORDS]]
    pieces = dict.fromkeys(
        [chr(code) for code in range(33, 127)]
        + ["▁"]
        + [f"▁{word[:end]}" for word in words for end in range(1, len(word) + 1)]
    )
    special = [("<unk>", _UNKNOWN), ("<s>", _CONTROL), ("</s>", _CONTROL)]
    return [*special, *((f"<0x{n:02X}>", _BYTE) for n in range(256)), *((p, _NORMAL) for p in pieces)]


def write_model(path: Path, texts: Iterable[str], seed: int = 7) -> None:
    """Writes the model; the same texts and seed give the same weights."""
    import gguf
    import numpy as np

    vocabulary = tokens_for(texts)
    writer = gguf.GGUFWriter(str(path), "phi2")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(WIDTH)
    writer.add_block_count(1)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_eps(1e-5)
    writer.add_rope_dimension_count(16)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([piece for piece, _ in vocabulary])
    writer.add_token_scores([float(len(piece)) if kind == _NORMAL else -100.0 for piece, kind in vocabulary])
    writer.add_token_types([kind for _, kind in vocabulary])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(TEMPLATE)
    random = np.random.default_rng(seed)

    def matrix(*shape: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
        return random.normal(0, 0.05, shape).astype(np.float32)

    bias = np.zeros(len(vocabulary), dtype=np.float32)
    for index, (piece, _) in enumerate(vocabulary):
        bias[index] = ENDING.get(piece, 0.0)
    writer.add_tensor("token_embd.weight", matrix(len(vocabulary), WIDTH))
    writer.add_tensor("output.weight", matrix(len(vocabulary), WIDTH))
    writer.add_tensor("output.bias", bias)
    for name in ("output_norm", "blk.0.attn_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, dtype=np.float32))
        writer.add_tensor(f"{name}.bias", np.zeros(WIDTH, dtype=np.float32))
    for name, rows in (
        ("attn_qkv", 3 * WIDTH),
        ("attn_output", WIDTH),
        ("ffn_up", WIDTH),
        ("ffn_down", WIDTH),
    ):
        writer.add_tensor(f"blk.0.{name}.weight", matrix(rows, WIDTH))
        writer.add_tensor(f"blk.0.{name}.bias", np.zeros(rows, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@contextmanager
def serving_model(path: Path) -> Iterator[str]:
    """The base URL of a server for the model; it stops when the last reference to it goes."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.n_gpu_layers = 0
    params.warmup = False
    params.cpuparams.n_threads = 1  # more threads wait for each other on a busy machine
    params.cpuparams_batch.n_threads = 1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.verbosity = 0
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server
