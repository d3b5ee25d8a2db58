"""Layouts by the paths of weights."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from torchkeras.distribution._mesh import DeviceMesh, TensorLayout


class LayoutMap(MutableMapping[str, Any]):
    """Layouts under the path of a weight (``"dense/kernel"``) or a regular expression that is found in it.

    A lookup gives the layout of the very path, else of the one expression that is found in it, else None.

    Args:
        device_mesh: the mesh for layouts given as plain axis names: ``layout_map["dense.*kernel"] = (None, "model")``.
    """

    def __init__(self, device_mesh: DeviceMesh) -> None:
        self._layouts: dict[str, TensorLayout] = {}
        self._device_mesh = device_mesh

    @property
    def device_mesh(self) -> DeviceMesh:
        """The mesh."""
        return self._device_mesh

    def __getitem__(self, key: str) -> Any:
        if key in self._layouts:
            return self._layouts[key]
        found = [pattern for pattern in self._layouts if re.search(pattern, key)]
        if len(found) > 1:
            raise ValueError(
                f"Path '{key}' matches multiple layout specification keys: {found}. Please make sure each "
                "tensor/variable path only matches at most one layout specification key in the LayoutMap."
            )
        return self._layouts[found[0]] if found else None

    def __setitem__(self, key: str, layout: Any) -> None:
        if key in self._layouts:
            raise ValueError(
                f"{key} already exist in the LayoutMap with value {self._layouts[key]}. Please make sure to not use "
                "duplicated keys."
            )
        layout = TensorLayout(layout) if isinstance(layout, tuple) else layout
        if not isinstance(layout, TensorLayout):
            raise ValueError(f"{layout} should be a TensorLayout type, got {type(layout)}")
        if layout.device_mesh is None and self._device_mesh is not None:
            layout.device_mesh = self._device_mesh
        self._layouts[key] = layout

    def __delitem__(self, key: str) -> None:
        del self._layouts[key]

    def __len__(self) -> int:
        return len(self._layouts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._layouts)
