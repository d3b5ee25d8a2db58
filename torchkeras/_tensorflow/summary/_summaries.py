"""Summaries: numbers, images, histograms, texts, sounds at a step. Each says whether it was written."""

import warnings
from typing import Any

from torch import Tensor

from torchkeras._pipeline import StringTensor
from torchkeras._tensorflow._texts import tensor_of
from torchkeras._tensorflow.image._values import as_float
from torchkeras._tensorflow.summary._writers import current
from torchkeras.ops._op import tensor


def _host(data: Any) -> Tensor:
    return tensor(data).detach().cpu()


def scalar(name: str, data: Any, step: Any = None, description: str | None = None) -> bool:
    """A single number.

    Raises:
        ValueError: several numbers, or no step.
    """
    found = current(step, name)
    if found is None:
        return False
    value = _host(data)
    if value.numel() != 1:
        raise ValueError(f"tf.summary.scalar {name!r}: expected a single number, got shape {tuple(value.shape)}.")
    found[0].add_scalar(name, float(value), found[1])
    return True


def image(name: str, data: Any, step: Any = None, max_outputs: int = 3, description: str | None = None) -> bool:
    """The first images of a batch ``(b, h, w, c)``: floating-point ones from 0 to 1, integers from 0 to 255.

    Raises:
        ValueError: another number of axes, or no step.
    """
    found = current(step, name)
    if found is None:
        return False
    values = _host(data)
    if values.ndim != 4:
        raise ValueError(f"tf.summary.image {name!r}: expected (b, h, w, c), got shape {tuple(values.shape)}.")
    shown = as_float(values[: int(max_outputs)]).clamp(0, 1)
    for number, one in enumerate(shown):
        tag = name if len(shown) == 1 else f"{name}/image/{number}"
        found[0].add_image(tag, one, found[1], dataformats="HWC")
    return True


def histogram(name: str, data: Any, step: Any = None, buckets: Any = None, description: str | None = None) -> bool:
    """How the numbers of a tensor are spread."""
    found = current(step, name)
    if found is None:
        return False
    values = _host(data).reshape(-1)
    if values.numel():
        found[0].add_histogram(name, values.float(), found[1])
    return bool(values.numel())


def text(name: str, data: Any, step: Any = None, description: str | None = None) -> bool:
    """A text, or several below each other; TensorBoard reads Markdown."""
    found = current(step, name)
    if found is None:
        return False
    texts: StringTensor = tensor_of(data)
    found[0].add_text(name, "\n\n".join(texts.reshape(-1).texts().tolist()), found[1])
    return True


def audio(
    name: str,
    data: Any,
    sample_rate: Any,
    step: Any = None,
    max_outputs: int = 3,
    encoding: str | None = None,
    description: str | None = None,
) -> bool:
    """The first sounds of a batch ``(b, samples, channels)`` from -1 to 1; of each the first channel."""
    found = current(step, name)
    if found is None:
        return False
    sounds = _host(data)[: int(max_outputs)]
    for number, one in enumerate(sounds):
        tag = name if len(sounds) == 1 else f"{name}/audio/{number}"
        found[0].add_audio(tag, one[:, 0].clamp(-1, 1), found[1], sample_rate=int(sample_rate))
    return True


def trace_on(graph: bool = True, profiler: bool = False, profiler_outdir: Any = None) -> None:
    """Warn: TensorFlow's graph cannot be traced where there is none. For profiles use ``torch.profiler``."""
    warnings.warn(
        "tf.summary.trace_on: there is no graph of TensorFlow to trace, and nothing will be exported; for profiles use "
        "keras.callbacks.TensorBoard(profile_batch=...) or torch.profiler.",
        UserWarning,
        stacklevel=2,
    )


def trace_export(name: str, step: Any = None, profiler_outdir: Any = None) -> None:
    """Nothing: :func:`trace_on` said so."""


def trace_off() -> None:
    """Nothing: :func:`trace_on` said so."""


__all__ = ["audio", "histogram", "image", "scalar", "text", "trace_export", "trace_off", "trace_on"]
