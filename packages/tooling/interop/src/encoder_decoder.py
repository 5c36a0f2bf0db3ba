"""What llama.cpp's own interface computes with an encoder-decoder: node-llama-cpp has no call for the encoder.

Reads {"folder", "library", "path", "sources", "count"} from stdin, where folder holds node-llama-cpp's binaries. For each source,
continues the start token greedily by `count` tokens, and prints {"start", "results": [{"ids", "logits"}]}: the logits
[count][V] of each step.

Structures are those of include/llama.h; what follows the fields that are set here is left as the library fills it in.
"""

import ctypes as c
import json
import os
import sys

F32 = 0
NO_FLASH_ATTENTION = 0


class ModelParams(c.Structure):
    _fields_ = [("rest", c.c_byte * 512)]


class ContextParams(c.Structure):
    _fields_ = [
        *[(name, c.c_uint32) for name in ("n_ctx", "n_batch", "n_ubatch", "n_seq_max", "n_rs_seq")],
        *[(name, c.c_uint32) for name in ("n_outputs_max", "n_outputs_max_per_seq")],
        *[(name, c.c_int32) for name in ("n_threads", "n_threads_batch")],
        *[(name, c.c_int32) for name in ("ctx_type", "rope_scaling_type", "pooling_type", "attention_type")],
        ("flash_attn_type", c.c_int32),
        *[(name, c.c_float) for name in ("rope_freq_base", "rope_freq_scale")],
        *[(name, c.c_float) for name in ("yarn_ext_factor", "yarn_attn_factor", "yarn_beta_fast", "yarn_beta_slow")],
        ("yarn_orig_ctx", c.c_uint32),
        ("defrag_thold", c.c_float),
        *[(name, c.c_void_p) for name in ("cb_eval", "cb_eval_user_data")],
        *[(name, c.c_int32) for name in ("type_k", "type_v")],
        ("rest", c.c_byte * 512),
    ]


class Batch(c.Structure):
    _fields_ = [
        ("n_tokens", c.c_int32),
        *[(name, c.c_void_p) for name in ("token", "embd", "pos", "n_seq_id", "seq_id", "logits")],
    ]


def load(folder, library):
    """The library, with the types of what is called, its backends for this processor, and its log switched off."""
    # The first holds the second's symbols.
    base = c.CDLL(os.path.join(folder, library.replace("libllama", "libggml")), c.RTLD_GLOBAL)
    llama = c.CDLL(os.path.join(folder, library), c.RTLD_GLOBAL)
    pointers = {
        "llama_model_load_from_file": [c.c_char_p, ModelParams],
        "llama_init_from_model": [c.c_void_p, ContextParams],
        "llama_model_get_vocab": [c.c_void_p],
    }
    for name, arguments in pointers.items():
        getattr(llama, name).restype = c.c_void_p
        getattr(llama, name).argtypes = arguments
    for name in ("llama_encode", "llama_decode"):
        getattr(llama, name).argtypes = [c.c_void_p, Batch]
    for name in ("llama_model_decoder_start_token", "llama_vocab_n_tokens", "llama_free", "llama_synchronize"):
        getattr(llama, name).argtypes = [c.c_void_p]
    llama.llama_free.restype = None
    llama.llama_synchronize.restype = None
    llama.llama_model_default_params.restype = ModelParams
    llama.llama_context_default_params.restype = ContextParams
    llama.llama_batch_get_one.restype = Batch
    llama.llama_get_logits_ith.argtypes = [c.c_void_p, c.c_int32]
    llama.llama_get_logits_ith.restype = c.POINTER(c.c_float)
    llama.silent = c.CFUNCTYPE(None, c.c_int, c.c_char_p, c.c_void_p)(lambda *_: None)
    llama.llama_log_set(llama.silent, None)
    base.ggml_backend_load_all_from_path(folder.encode())
    llama.llama_backend_init()
    return llama


def context_params(llama):
    params = llama.llama_context_default_params()
    if (params.n_batch, params.n_ubatch, params.type_k, params.type_v, params.yarn_orig_ctx) != (2048, 512, 1, 1, 0):
        sys.exit("llama_context_params has other fields than this program knows; compare it with include/llama.h")
    params.n_ctx = 256
    params.n_threads = params.n_threads_batch = 1
    params.flash_attn_type = NO_FLASH_ATTENTION
    params.type_k = params.type_v = F32
    return params


def run(llama, call, context, ids):
    tokens = (c.c_int32 * len(ids))(*ids)
    if getattr(llama, call)(context, llama.llama_batch_get_one(tokens, len(ids))) != 0:
        sys.exit(f"{call} failed")
    llama.llama_synchronize(context)


def continued(llama, model, source, start, count):
    context = llama.llama_init_from_model(model, context_params(llama))
    if not context:
        sys.exit("no context could be made")
    size = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(model))
    run(llama, "llama_encode", context, source)
    ids, logits = [], []
    for _ in range(count):
        run(llama, "llama_decode", context, [ids[-1] if ids else start])
        row = llama.llama_get_logits_ith(context, -1)[:size]
        logits.append(row)
        ids.append(max(range(size), key=row.__getitem__))
    llama.llama_free(context)
    return {"ids": ids, "logits": logits}


def main():
    asked = json.load(sys.stdin)
    llama = load(asked["folder"], asked["library"])
    model = llama.llama_model_load_from_file(asked["path"].encode(), llama.llama_model_default_params())
    if not model:
        sys.exit("the file could not be loaded")
    start = llama.llama_model_decoder_start_token(model)
    results = [continued(llama, model, source, start, asked["count"]) for source in asked["sources"]]
    json.dump({"start": start, "results": results}, sys.stdout)


main()
