"""A function and its compiled form: what is compiled when, and what happens where that cannot be done (D9)."""

import contextlib
import itertools
import re
import textwrap
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch

from torchkeras import _ranks
from torchkeras._training._step import batch_rows

Step = Callable[[Any, Any, Any], Any]
Compiler = Callable[[Callable[..., Any]], Callable[..., Any]]


class Compiled:
    """A step ``(x, y, sample_weight) -> results`` that is compiled with the second batch; the first runs eagerly.

    Batches of another size than the first of a loop, such as the last one of an epoch, run eagerly: that is exact
    (padding would change the statistics of BatchNormalization) and costs no second compilation. Other shapes in
    batches of full size, such as longer sequences, are compiled once more, then for all lengths.

    Args:
        what: the name in a warning, ``"training step"``.
        model: the model.
        eager: the step as it runs without a compiler.
        forms: functions that make the step out of a compiler, the most complete first; the first that can be
            captured is taken, and `eager` if none can.
    """

    def __init__(self, what: str, model: Any, eager: Step, forms: list[Callable[[Compiler], Step]]) -> None:
        self.what = f'{what} of model "{model.name}"'
        self.eager = eager
        self.forms = forms
        self.compiler = _compiler(model)
        self.rows = -1
        self.run: Step = self._warm

    def __call__(self, x: Any, y: Any, sample_weight: Any) -> Any:
        if batch_rows(x) != self.rows:
            return self.eager(x, y, sample_weight)
        try:
            return self.run(x, y, sample_weight)
        except Exception as error:
            if not _is_of_the_compiler(error):
                raise
        return self._again(x, y, sample_weight)

    def expect(self, x: Any) -> None:
        """Take the number of rows of `x` for that of all full batches to come."""
        self.rows = batch_rows(x)

    def _warm(self, x: Any, y: Any, sample_weight: Any) -> Any:
        """The first batch: what is made on first use, such as states of metrics, must not be made in a graph."""
        results = self.eager(x, y, sample_weight)
        self.run = self._capture
        return results

    def _capture(self, x: Any, y: Any, sample_weight: Any) -> Any:
        cause: Any = None
        for form in self.forms:
            try:
                run = form(self.compiler)
                with _capturing():
                    results = run(x, y, sample_weight)
            except Exception as error:  # nothing has run yet: graphs are captured on stand-ins
                cause = error
                continue
            self.run = run
            return results
        return self._give_up(cause, x, y, sample_weight)

    def _again(self, x: Any, y: Any, sample_weight: Any) -> Any:
        """The batch, or something in the model, is not as it was when the step was captured."""
        try:
            with _capturing():
                return self.run(x, y, sample_weight)
        except Exception as error:
            if not _is_of_the_compiler(error):
                raise
            cause = error
        return self._give_up(cause, x, y, sample_weight)

    def _give_up(self, cause: Exception, x: Any, y: Any, sample_weight: Any) -> Any:
        results = self.eager(x, y, sample_weight)  # raises by itself if the user's code is wrong
        self.run = self.eager
        if _ranks.is_first():
            warnings.warn(
                f"compile(jit_compile=True): the {self.what} runs eagerly, because it cannot be compiled: "
                f"{reason(cause)}",
                stacklevel=2,
            )
        return results


def is_wanted(model: Any) -> bool:
    """Whether steps are to be compiled. Several ranks keep in step by hooks of autograd, which graphs go around."""
    if not model.jit_compile or model.run_eagerly:
        return False
    if _ranks.world_size() > 1:
        if _ranks.is_first() and not model.__dict__.get("_told_of_ranks"):
            model.__dict__["_told_of_ranks"] = True
            warnings.warn(
                "compile(jit_compile=True): steps run eagerly, because training is spread over several processes.",
                stacklevel=2,
            )
        return False
    return True


def _compiler(model: Any) -> Compiler:
    """``torch.compile`` with the user's options, or those that served best here for the device."""
    options = dict(model.jit_compile) if isinstance(model.jit_compile, dict) else {}
    if options.get("backend", "inductor") == "inductor" and not {"mode", "options"} & set(options):
        if model._device().type == "cpu":
            options["options"] = {"cpp_wrapper": True}
        elif model._device().type == "cuda":
            options["mode"] = "reduce-overhead"
    options.setdefault("fullgraph", True)
    return lambda function: torch.compile(_distinct(function), **options)


_numbers = itertools.count()


def _distinct(function: Any) -> Any:
    """The function with code of its own. By the code's name torch counts compilations and remembers which sizes varied:
    one model's would count for the next one, and make sizes variable that never vary."""
    code = function.__code__.replace(co_name=f"{function.__name__.strip('<>')}_{next(_numbers)}")
    return types.FunctionType(
        code, function.__globals__, code.co_name, function.__defaults__, closure=function.__closure__
    )


@contextlib.contextmanager
def _capturing() -> Iterator[None]:
    """Let ``torch.autograd.grad`` be captured, and the compiler keep its remarks: they come again in our warning."""
    with torch._dynamo.config.patch(trace_autograd_ops=True), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _is_of_the_compiler(error: Exception) -> bool:
    known = torch._dynamo.exc
    return isinstance(error, (known.TorchDynamoException, known.FailOnRecompileLimitHit))


def reason(error: Exception) -> str:
    """What the compiler says, and the line of the user's code that it stopped at."""
    text = str(error)
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [type(error).__name__]
    said = next((line for line in lines if line.startswith("Explanation: ")), lines[0])
    said = said.removeprefix("Explanation: ").removeprefix("Consider annotating your code using torch._check*(). ")
    said = textwrap.shorten(said.partition("  (")[0], 200, placeholder=" ...")
    # frames are listed from the outside in; the innermost one outside of torch is where it stopped
    frames = re.findall(r'File "([^"]+)", line (\d+), in \S+\n\s*(\S[^\n]*)', text.partition("from user code")[2])
    own = [frame for frame in frames if "/torch/" not in frame[0]]
    if own:
        path, line, code = own[-1]
        said += f" (`{code.strip()}`, line {line} of {path.rpartition('/')[2]})"
    return said
