"""A real llama.cpp server with a model of our own making: two layers of random weights.

`python -m tests.worlds.llama FOLDER` serves until its input ends; its address is its first line.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import xllamacpp
from gguf import GGUFWriter, TokenType

WIDTH, HEADS, HIDDEN, LAYERS, CONTEXT = 64, 4, 128, 2, 8192
_TEMPLATE = "{% for m in messages %}{{ m.content }} {% endfor %}"


def write_model(path: Path) -> None:
    """Write a llama model with a vocabulary of words and bytes; always the same one."""
    writer = GGUFWriter(str(path), "llama")
    writer.add_block_count(LAYERS)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    _add_weights(writer, *_add_vocabulary(writer))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_vocabulary(writer: GGUFWriter) -> tuple[int, int]:
    """Return how many tokens there are, and how many of them are no words."""
    specials = ["<unk>", "<s>", "</s>"]
    pieces = [f"<0x{byte:02X}>" for byte in range(256)]
    words = [f"\u2581w{number}" for number in range(500)]
    tokens = specials + pieces + words
    types = [TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL]
    types += [TokenType.BYTE] * len(pieces) + [TokenType.NORMAL] * len(words)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(place) for place in range(len(tokens))])
    writer.add_token_types([int(kind) for kind in types])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(_TEMPLATE)
    return len(tokens), len(specials) + len(pieces)


def _add_weights(writer: GGUFWriter, tokens: int, no_words: int) -> None:
    random = np.random.default_rng(5)

    def weights(rows: int, columns: int) -> np.ndarray:
        return (random.standard_normal((rows, columns)) * 0.1).astype(np.float32)

    output = weights(tokens, WIDTH)
    output[:no_words] = 0  # words only: valid text, and never an end
    writer.add_tensor("token_embd.weight", weights(tokens, WIDTH))
    writer.add_tensor("output.weight", output)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for layer in range(LAYERS):
        name = f"blk.{layer}."
        for part in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"{name}{part}.weight", np.ones(WIDTH, np.float32))
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.add_tensor(f"{name}{part}.weight", weights(WIDTH, WIDTH))
        for part in ("ffn_gate", "ffn_up"):
            writer.add_tensor(f"{name}{part}.weight", weights(HIDDEN, WIDTH))
        writer.add_tensor(f"{name}ffn_down.weight", weights(WIDTH, HIDDEN))


class Llama:
    """The server in a process of its own; `address` is where it listens."""

    def __init__(self, folder: Path) -> None:
        root = Path(__file__).parents[2]
        with (folder / "llama.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.worlds.llama", str(folder)],
                cwd=root,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(b"http://"):
                self.address = line.decode().strip()
                return
        raise RuntimeError((folder / "llama.log").read_text()[-2000:])

    def close(self) -> None:
        """Have it end."""
        self._process.kill()
        self._process.communicate()


def _serve(folder: Path) -> None:
    model = folder / "tiny.gguf"
    write_model(model)
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.n_ctx = CONTEXT
    params.n_parallel = 4
    params.port = 0
    params.warmup = False
    params.sampling.seed = 5
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)  # noqa: T201  the first line
    sys.stdin.read()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
