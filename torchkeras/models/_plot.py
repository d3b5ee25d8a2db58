"""``plot_model`` and ``model_to_dot``: pictures of models."""

import sys
from pathlib import Path
from typing import Any

from torchkeras.layers import Layer
from torchkeras.models import _plot_autograd
from torchkeras.models._describe import graph_of
from torchkeras.models._plot_graph import Look, draw, draw_alone, new_cluster
from torchkeras.models._plot_render import as_drawable, pydot_module

_GRAPHS = ("layers", "autograd", None)


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Any:
    """A model as a ``pydot.Dot``, to be changed or drawn: ``model_to_dot(model).create(prog="dot", format="svg")``.

    Args:
        model: a built model.
        show_shapes: show the shapes of inputs and outputs.
        show_dtype: show the outputs' dtypes.
        show_layer_names: show names beside classes.
        rankdir: ``"TB"`` from top to bottom, ``"LR"`` from left to right.
        expand_nested: open the models inside the model, in dashed frames.
        dpi: dots per inch.
        subgraph: return a ``pydot.Cluster``, to be put into another graph.
        show_layer_activations: show the layers' activations.
        show_trainable: show whether training changes the layers with weights.
        splines: how arrows run: ``"ortho"``, ``"curved"``, ``"polyline"`` …
        graph: ``"layers"``, or ``"autograd"`` for the graph of operations that torch differentiates. By default
            the layers; of a model that has no graph of layers, one that was subclassed, torch's graph.

    Raises:
        ValueError: the model is not built, or an unknown argument.
        ImportError: pydot, or torchviz for the autograd graph, is missing.
    """
    graph = kwargs.pop("graph", None)
    _check(model, kwargs, graph)
    pydot = pydot_module()
    if not subgraph and (graph == "autograd" or (graph is None and graph_of(model) is None)):
        dot = _plot_autograd.autograd_dot(model, required=graph == "autograd")
        if dot is not None:
            dot.set("rankdir", rankdir)
            dot.set("dpi", dpi)
            return dot
    look = Look(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable, expand_nested)
    dot = new_cluster(pydot, model.name) if subgraph else _new_dot(pydot, rankdir, dpi, splines)
    if graph_of(model) is None and not getattr(model, "_stack", None):
        draw_alone(dot, pydot, model, look)
    else:
        draw(dot, pydot, model, look)
    return dot


def _new_dot(pydot: Any, rankdir: str, dpi: int, splines: str) -> Any:
    dot = as_drawable(pydot.Dot())
    for name, value in {"rankdir": rankdir, "concentrate": "true", "dpi": dpi, "splines": splines}.items():
        dot.set(name, value)
    dot.set_node_defaults(shape="record")
    return dot


def _check(model: Any, kwargs: dict[str, Any], graph: Any) -> None:
    if "layer_range" in kwargs:
        raise ValueError("Argument `layer_range` is no longer supported.")
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments: {kwargs}")
    if graph not in _GRAPHS:
        raise ValueError(f"`graph`: expected 'layers' or 'autograd', got {graph!r}.")
    if not isinstance(model, Layer):
        raise ValueError(f"`model`: expected a model, got {model!r} of type {type(model).__name__}.")
    if not model.built:
        raise ValueError(
            "This model has not yet been built. Build the model first by calling `build()` or by calling the model on "
            "a batch of data."
        )


def plot_model(
    model: Any,
    to_file: Any = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Any:
    """Draw a model into a file; in a notebook, show it, too.

    Args:
        model: a built model.
        to_file: where to; the ending says the format (png, svg, pdf, dot …). ``None`` in a notebook only shows.
        show_shapes: show the shapes of inputs and outputs.
        show_dtype: show the outputs' dtypes.
        show_layer_names: show names beside classes.
        rankdir: ``"TB"`` from top to bottom, ``"LR"`` from left to right.
        expand_nested: open the models inside the model, in dashed frames.
        dpi: dots per inch.
        show_layer_activations: show the layers' activations.
        show_trainable: show whether training changes the layers with weights.
        splines: how arrows run: ``"ortho"``, ``"curved"``, ``"polyline"`` …
        graph: ``"layers"`` or ``"autograd"``; see :func:`model_to_dot`.

    Returns:
        An IPython image in a notebook, else None.
    """
    dot = model_to_dot(
        model,
        show_shapes=show_shapes,
        show_dtype=show_dtype,
        show_layer_names=show_layer_names,
        rankdir=rankdir,
        expand_nested=expand_nested,
        dpi=dpi,
        show_layer_activations=show_layer_activations,
        show_trainable=show_trainable,
        splines=splines,
        **kwargs,
    )
    if to_file is not None:
        path = Path(to_file)
        if not path.suffix:
            path = path.with_name(path.name + ".png")
        format = path.suffix[1:].lower()
        path.write_bytes(dot.to_string().encode() if format in ("dot", "gv") else dot.create(prog="dot", format=format))
    return _notebook_image(dot)


def _notebook_image(dot: Any) -> Any:
    """What a notebook shows below the cell; None outside of one."""
    display = sys.modules.get("IPython.display")
    if display is None or sys.modules["IPython"].get_ipython() is None:
        return None
    return display.Image(data=dot.create(prog="dot", format="png"))


__all__ = ["model_to_dot", "plot_model"]
