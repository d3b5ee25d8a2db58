"""FeatureSpace: a table with columns of several kinds as vectors."""

from typing import Any

import numpy as np

from torchkeras import _registry, layers
from torchkeras._errors import brief, unknown
from torchkeras._serialization import serialize_keras_object
from torchkeras._symbolic import KerasTensor
from torchkeras.saving import save_model
from torchkeras.utils._table_columns import Cross, Feature, column, depth, joined, learns, read, table

Name = str | None


class FeatureSpace(layers.Layer):
    """A table with columns of several kinds as one vector a row, or one for each column.

    Args:
        features: for each column its kind: ``"float"``, ``"float_rescaled"``, ``"float_normalized"``,
            ``"float_discretized"``, ``"integer_categorical"``, ``"string_categorical"``, ``"integer_hashed"``,
            ``"string_hashed"``, or what the methods of these names give.
        output_mode: ``"concat"`` (all side by side, in the order of their names, then the crosses) or ``"dict"``.
        crosses: tuples of columns that also count together, or what :meth:`cross` gives.
        crossing_dim, hashing_dim: the sizes of the vectors of crosses and hashes, where they do not say.
        num_discretization_bins: how many bins, where they do not say.

    >>> space = FeatureSpace({"size": "float", "kind": "string_categorical"})
    >>> space.adapt({"size": [1.0, 2.0], "kind": ["a", "b"]})
    >>> space({"size": [3.0], "kind": ["a"]})
    tensor([[0., 0., 1., 3.]])
    """

    _takes_text = True
    _takes_structures = True

    def __init__(
        self,
        features: dict[str, Any],
        output_mode: str = "concat",
        crosses: Any = None,
        crossing_dim: int = 32,
        hashing_dim: int = 32,
        num_discretization_bins: int = 32,
        name: Name = None,
    ) -> None:
        super().__init__(name=name)
        self._build_at_init()
        if not features:
            raise ValueError("FeatureSpace: `features` must name at least one column.")
        if output_mode not in ("concat", "dict"):
            raise ValueError(f"FeatureSpace: `output_mode` must be 'concat' or 'dict', got {output_mode!r}.")
        self.crossing_dim, self.hashing_dim = crossing_dim, hashing_dim
        self.num_discretization_bins, self.output_mode = num_discretization_bins, output_mode
        self.__dict__["features"] = {key: self._feature(key, value) for key, value in features.items()}
        self.__dict__["crosses"] = [self._cross(cross) for cross in crosses or []]
        self.preprocessors = {key: feature.preprocessor for key, feature in self.features.items()}
        self.crossers = {cross.name: self._crosser(cross) for cross in self.crosses}
        self.__dict__.update(_encoders={}, _inputs=None, _outputs=None)

    # Kinds of columns.

    @classmethod
    def float(cls, name: Name = None) -> Feature:
        """Numbers as they are."""
        return Feature("float32", layers.Identity(dtype="float32", name=name or _auto("float")), "float")

    @classmethod
    def float_rescaled(cls, scale: Any = 1.0, offset: Any = 0.0, name: Name = None) -> Feature:
        """``x * scale + offset``."""
        return Feature("float32", layers.Rescaling(scale, offset, name=name or _auto("float_rescaled")), "float")

    @classmethod
    def float_normalized(cls, name: Name = None) -> Feature:
        """Numbers with mean 0 and variance 1."""
        return Feature("float32", layers.Normalization(axis=-1, name=name or _auto("float_normalized")), "float")

    @classmethod
    def float_discretized(
        cls, num_bins: int, bin_boundaries: Any = None, output_mode: str = "one_hot", name: Name = None
    ) -> Feature:
        """Numbers sorted into bins."""
        name = name or _auto("float_discretized")
        bins = {"num_bins": num_bins} if bin_boundaries is None else {"bin_boundaries": bin_boundaries}
        return Feature("float32", layers.Discretization(**bins, name=name), output_mode)

    @classmethod
    def integer_categorical(
        cls, max_tokens: int | None = None, num_oov_indices: int = 1, output_mode: str = "one_hot", name: Name = None
    ) -> Feature:
        """Integers looked up in a vocabulary."""
        made = layers.IntegerLookup(max_tokens, num_oov_indices, name=name or _auto("integer_categorical"))
        return Feature("int32", made, output_mode)

    @classmethod
    def string_categorical(
        cls, max_tokens: int | None = None, num_oov_indices: int = 1, output_mode: str = "one_hot", name: Name = None
    ) -> Feature:
        """Strings looked up in a vocabulary."""
        made = layers.StringLookup(max_tokens, num_oov_indices, name=name or _auto("string_categorical"))
        return Feature("string", made, output_mode)

    @classmethod
    def string_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: Name = None) -> Feature:
        """Strings numbered by a hash."""
        return Feature("string", layers.Hashing(num_bins, name=name or _auto("string_hashed")), output_mode)

    @classmethod
    def integer_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: Name = None) -> Feature:
        """Integers numbered by a hash."""
        return Feature("int32", layers.Hashing(num_bins, name=name or _auto("integer_hashed")), output_mode)

    @classmethod
    def cross(cls, feature_names: Any, crossing_dim: int, output_mode: str = "one_hot") -> Cross:
        """Columns that count together."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype: str, preprocessor: Any, output_mode: str) -> Feature:
        """A column that a layer of your own prepares."""
        return Feature(dtype, preprocessor, output_mode)

    def _feature(self, name: str, value: Any) -> Feature:
        value = read(value)
        if isinstance(value, Feature):
            return value
        title = f"{name}_preprocessor"
        kinds: dict[str, Any] = {
            "float_discretized": lambda: self.float_discretized(self.num_discretization_bins, name=title),
            "string_hashed": lambda: self.string_hashed(self.hashing_dim, name=title),
            "integer_hashed": lambda: self.integer_hashed(self.hashing_dim, name=title),
        }
        plain = ("float", "float_rescaled", "float_normalized", "integer_categorical", "string_categorical")
        kinds |= {kind: lambda kind=kind: getattr(self, kind)(name=title) for kind in plain}
        if value not in kinds:
            raise unknown("kind of feature", str(value), kinds)
        made: Feature = kinds[value]()
        return made

    def _cross(self, value: Any) -> Cross:
        value = read(value)
        cross = value if isinstance(value, Cross) else Cross(value, self.crossing_dim)
        missing = [name for name in cross.feature_names if name not in self.features]
        if missing:
            raise ValueError(f"FeatureSpace: the cross {cross.feature_names} names no features: {missing}.")
        return cross

    @staticmethod
    def _crosser(cross: Cross) -> Any:
        return layers.HashedCrossing(num_bins=cross.crossing_dim, output_mode=cross.output_mode, name=cross.name)

    # Learning.

    def adapt(self, dataset: Any) -> None:
        """Let each layer learn what it has to.

        Args:
            dataset: a table: a dict of columns, or an iterable of dicts of rows or of batches.
        """
        tables = [dataset] if isinstance(dataset, dict) else [table(element) for element in dataset]
        for name, feature in self.features.items():
            layer = feature.preprocessor
            if learns(layer):
                layer.adapt(joined([column(columns[name], feature.dtype) for columns in tables]))
        self.__dict__.update(_encoders={}, _inputs=None, _outputs=None)

    # Encoding.

    def __call__(self, data: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if not isinstance(data, dict):
            raise ValueError(f'FeatureSpace "{self.name}": expected a dict of columns, got {brief(data)}.')
        missing = [name for name in self.features if name not in data]
        if missing:
            raise ValueError(f'FeatureSpace "{self.name}": the columns {missing} are missing, got {list(data)}.')
        single = all(np.ndim(data[name]) == 0 for name in self.features if not isinstance(data[name], KerasTensor))
        single = single and not any(isinstance(value, KerasTensor) for value in data.values())
        columns = {name: column(data[name], feature.dtype) for name, feature in self.features.items()}
        found = self.call(columns)
        if not single:
            return found
        return {name: value[0] for name, value in found.items()} if isinstance(found, dict) else found[0]

    def call(self, data: dict[str, Any]) -> Any:
        """The vectors for columns ``(rows, 1)``."""
        prepared = {name: feature.preprocessor(data[name]) for name, feature in self.features.items()}
        found = {name: self._vector(name, prepared[name]) for name in sorted(prepared)}
        for cross in self.crosses:
            found[cross.name] = self.crossers[cross.name]([prepared[name] for name in cross.feature_names])
        if self.output_mode == "dict":
            return found
        vectors = [self._floating(name, value) for name, value in found.items()]
        return self._layer("concat", layers.Concatenate)(vectors) if len(vectors) > 1 else vectors[0]

    def _floating(self, name: str, value: Any) -> Any:
        if str(value.dtype).removeprefix("torch.").startswith("float"):
            return value
        raise ValueError(
            f'FeatureSpace "{self.name}": the column {name!r} gives integers, which cannot stand beside vectors. Take '
            'output_mode="one_hot" for it, or `output_mode="dict"` for all.'
        )

    def _vector(self, name: str, prepared: Any) -> Any:
        feature = self.features[name]
        if feature.output_mode != "one_hot":
            return prepared
        make = lambda: layers.CategoryEncoding(depth(feature.preprocessor), "one_hot")
        return self._layer(name, make)(prepared)

    def _layer(self, name: str, make: Any) -> Any:
        encoders = self.__dict__["_encoders"]
        if name not in encoders:
            encoders[name] = make()
        return encoders[name]

    def get_inputs(self) -> dict[str, KerasTensor]:
        """A symbolic tensor for each column: the inputs of a model."""
        self._make_graph()
        inputs: dict[str, KerasTensor] = self._inputs
        return inputs

    def get_encoded_features(self) -> Any:
        """The symbolic vectors that come of :meth:`get_inputs`: what a model goes on with."""
        self._make_graph()
        return self._outputs

    def _make_graph(self) -> None:
        if self._inputs is None:
            inputs = {
                name: layers.Input((1,), dtype=feature.dtype, name=name) for name, feature in self.features.items()
            }
            self.__dict__.update(_inputs=inputs, _outputs=self.call(inputs))

    # Files.

    def save(self, filepath: Any) -> None:
        """Write the space into a ``.keras`` file, which ``keras.saving.load_model`` reads."""
        save_model(self, filepath)

    def get_config(self) -> dict[str, Any]:
        return {
            "features": {name: serialize_keras_object(feature) for name, feature in self.features.items()},
            "output_mode": self.output_mode,
            "crosses": [serialize_keras_object(cross) for cross in self.crosses],
            "crossing_dim": self.crossing_dim,
            "hashing_dim": self.hashing_dim,
            "num_discretization_bins": self.num_discretization_bins,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "FeatureSpace":
        return cls(**config)


def _auto(prefix: str) -> str:
    return _registry.auto_name(prefix)


_registry.catalogue("utils", FeatureSpace)
