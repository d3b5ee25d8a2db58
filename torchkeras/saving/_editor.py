"""``keras.saving.KerasFileEditor``: look at the weights in a file and change them, without a model."""

from typing import Any

import numpy as np

from torchkeras._errors import brief, nearest
from torchkeras._file_errors import CorruptFileError
from torchkeras.saving._atomic import replacing
from torchkeras.saving._errors import reading
from torchkeras.saving._hdf5_reader import Group, open_hdf5
from torchkeras.saving._hdf5_writer import new_hdf5
from torchkeras.saving._json_reader import BYTES, read_json
from torchkeras.saving._parts import walk
from torchkeras.saving._places import places
from torchkeras.saving._zip_reader import open_zip

Tree = dict[str, Any]
_MOST = 100_000  # groups in a file


class KerasFileEditor:
    """The weights of a ``.keras`` or ``.weights.h5`` file, to be shown, compared, changed and saved.

    Args:
        filepath: the file. It is read with the care of ``load_model``; nothing in it is built or run.

    Attributes:
        weights_dict: the arrays, in nested dicts by the parts of their paths.
        config: the architecture's config of a ``.keras`` file, else None.
        metadata: which Keras wrote the file, and when, of a ``.keras`` file, else None.

    Raises:
        ValueError: another kind of file.
        UnsafeFileError, CorruptFileError: as in ``load_model``.
    """

    def __init__(self, filepath: Any) -> None:
        self.filepath = str(filepath)
        self.metadata: Any = None
        self.config: Any = None
        self.weights_dict: Tree = {}
        self.object_metadata: dict[str, Any] = {}
        with reading(self.filepath):
            if self.filepath.endswith(".keras"):
                with open_zip(self.filepath) as archive:
                    self.metadata = read_json(archive.read("metadata.json", BYTES))
                    self.config = read_json(archive.read("config.json", BYTES))
                    self._read(archive.open("model.weights.h5"))
            elif self.filepath.endswith(".weights.h5"):
                self._read(self.filepath)
            else:
                raise ValueError(
                    f"Invalid filename: expected a `.keras` or `.weights.h5` extension. Received: filepath={filepath}"
                )

    def _read(self, source: Any) -> None:
        with open_hdf5(source) as root:
            self._groups = 0
            self.weights_dict = self._tree(root, "")

    def _tree(self, group: Group, path: str) -> Tree:
        self._groups += 1
        if self._groups > _MOST:
            raise CorruptFileError(expected=f"at most {_MOST} groups")
        tree: Tree = {}
        for name in group.names:
            node = group.child(name)
            inner = path if name == "vars" else f"{path}/{name}".lstrip("/")
            if not isinstance(node, Group):
                tree[name] = node.read()
                node.verify(tree[name])
                if "dtype" in node.attrs:
                    self.object_metadata[f"{path}/{name}"] = node.attrs["dtype"]
            elif name == "vars":
                if "name" in node.attrs:
                    self.object_metadata[path] = node.attrs["name"]
                tree |= self._tree(node, inner)
            else:
                tree[name] = self._tree(node, inner)
        return _without_empty(tree)

    # Show.

    def summary(self) -> None:
        """Print the objects in the file, with the shapes and dtypes of their weights."""
        if self.metadata is not None:
            print(f"Keras model file '{self.filepath}'")
            print(f"Saved with Keras {self.metadata.get('keras_version')} - date: {self.metadata.get('date_saved')}")
        else:
            print(f"Keras weights file '{self.filepath}'")
        print("Weights structure")
        self._print(self.weights_dict, "  ")

    def _print(self, tree: Tree, indent: str) -> None:
        for name, value in tree.items():
            if isinstance(value, dict):
                print(f"{indent}{name}")
                self._print(value, f"{indent}    ")
            else:
                print(f"{indent}{name}: shape={value.shape}, dtype={value.dtype}")

    def compare(self, reference_model: Any) -> dict[str, Any]:
        """Print how the file differs from what `reference_model` would store.

        Returns:
            ``{"status": "success" or "error", "error_count": ..., "match_count": ...}``
        """
        print("Running comparison")
        found: list[str] = []
        matches = _differences(self.weights_dict, _stored(reference_model), "", found)
        for text in found:
            print(text)
        if found:
            print(f"Found {len(found)} errors: saved file is not compatible with the reference model")
        else:
            print("Comparison successful: saved file is compatible with the reference model")
        return {"status": "error" if found else "success", "error_count": len(found), "match_count": matches}

    # Change.

    def rename_object(self, object_name: str, new_name: str) -> None:
        """Give an object another name; it stays where it is."""
        place, name = self._find(object_name)
        if "/" in new_name and new_name.rpartition("/")[0] != self._path(place):
            raise ValueError(f"`new_name` must stay in {self._path(place)!r}, got {new_name!r}.")
        new = new_name.rpartition("/")[2]
        if new in place:
            raise ValueError(f"There is a {new!r} already, next to {object_name!r}.")
        place[new] = place.pop(name)

    def delete_object(self, object_name: str) -> None:
        """Take an object out, with all in it."""
        place, name = self._find(object_name)
        del place[name]

    def add_object(self, object_path: str, weights: dict[str, Any]) -> None:
        """Add an object: its full path, such as ``"layers/dense_2"``, and its weights by name."""
        *outer, name = object_path.split("/")
        place = self.weights_dict
        for part in outer:
            place = place.get(part)  # type: ignore[assignment]
            if not isinstance(place, dict):
                raise ValueError(f"There is no {part!r} on the way to {object_path!r}. The path must be a full one.")
        if name in place:
            raise ValueError(f"There is a {object_path!r} already.")
        place[name] = _checked(weights)

    def delete_weight(self, object_name: str, weight_name: Any) -> None:
        """Take one weight out of an object."""
        weights = self._weights_of(object_name)
        if str(weight_name) not in weights:
            raise ValueError(
                f"Weight {str(weight_name)!r} not found in object {object_name!r}. Weights found: {list(weights)}"
            )
        del weights[str(weight_name)]

    def add_weights(self, object_name: str, weights: dict[str, Any]) -> None:
        """Add weights to an object, or replace those of the same names."""
        self._weights_of(object_name).update(_checked(weights))

    def _weights_of(self, object_name: str) -> Tree:
        place, name = self._find(object_name)
        return place[name]

    def _find(self, object_name: str) -> tuple[Tree, str]:
        """The dict that holds an object, and its name there; by path, or by a name that only one object has."""
        paths = dict(_objects(self.weights_dict, ""))
        if object_name in paths:
            return paths[object_name]
        found = [path for path in paths if path.endswith(f"/{object_name}")]
        if len(found) == 1:
            return paths[found[0]]
        if found:
            raise ValueError(f"Name '{object_name}' occurs more than once: {found}. Pass the full path of the object.")
        known = {name for path in paths for name in (path, path.rpartition("/")[2])}
        raise ValueError(f"Object '{object_name}' not found. Objects: {list(paths)}.{nearest(object_name, known)}")

    def _path(self, place: Tree) -> str:
        return next((path for path, (outer, name) in _objects(self.weights_dict, "") if outer[name] is place), "")

    # Save.

    def save(self, filepath: Any) -> None:
        """Write the weights to a ``.weights.h5`` file, whole or not at all."""
        path = str(filepath)
        if not path.endswith(".weights.h5"):
            raise ValueError(
                f"Invalid `filepath` argument: expected a `.weights.h5` extension. Received: filepath={filepath}"
            )
        with replacing(path) as temporary, new_hdf5(temporary) as file:
            self._write(file, self.weights_dict, "")

    resave_weights = save

    def _write(self, group: Any, tree: Tree, path: str) -> None:
        arrays = {name: value for name, value in tree.items() if not isinstance(value, dict)}
        if arrays or path in self.object_metadata:
            stored = group.create_group("vars")
            if path in self.object_metadata:
                stored.attrs["name"] = self.object_metadata[path]
            for name, value in arrays.items():
                stored[name] = value
                if f"{path}/{name}" in self.object_metadata:
                    stored[name].attrs["dtype"] = self.object_metadata[f"{path}/{name}"]
        for name, value in tree.items():
            if isinstance(value, dict):
                self._write(group.create_group(name), value, f"{path}/{name}".lstrip("/"))


def _stored(root: Any) -> Tree:
    """Where `root` would store its weights."""
    tree: Tree = {}
    for path, part in walk(root):
        node = tree
        for name in filter(None, path.split("/")):
            node = node.setdefault(name, {})
        node.update(places(part))
    return _without_empty(tree)


def _without_empty(tree: Tree) -> Tree:
    kept = {key: _without_empty(value) if isinstance(value, dict) else value for key, value in tree.items()}
    return {key: value for key, value in kept.items() if not (isinstance(value, dict) and not value)}


def _checked(weights: Any) -> Tree:
    if not isinstance(weights, dict):
        raise ValueError(f"`weights` must be a dict of arrays by name, got {brief(weights)}.")
    arrays = {str(name): np.asarray(value) for name, value in weights.items()}
    bad = next((name for name, value in arrays.items() if value.dtype.kind not in "fiub"), None)
    if bad is not None:
        raise ValueError(f"Weight {bad!r}: expected numbers, got {brief(weights)}.")
    return arrays


def _objects(tree: Tree, path: str) -> Any:
    for name, value in tree.items():
        if isinstance(value, dict):
            inner = f"{path}/{name}".lstrip("/")
            yield inner, (tree, name)
            yield from _objects(value, inner)


def _differences(saved: Tree, reference: Tree, path: str, found: list[str]) -> int:
    """Note what differs; the number of weights and objects that are alike."""
    matches = 0
    for name, value in reference.items():
        place = f"{path}/{name}"
        if name not in saved:
            found.append(f"...Object {place} found in reference model but not in saved file")
        elif isinstance(value, dict):
            matches += _differences(saved[name], value, place, found) if isinstance(saved[name], dict) else 0
        elif isinstance(saved[name], dict) or saved[name].shape != value.shape:
            shape = getattr(saved[name], "shape", None)
            found.append(
                f"...Weight shape mismatch for {place}\n    In reference model: shape={value.shape}\n"
                f"    In saved file: shape={shape}"
            )
        else:
            matches += 1
    extra = [name for name in saved if name not in reference]
    found += [f"...Object {path}/{name} found in saved file but not in reference model" for name in extra]
    return matches
