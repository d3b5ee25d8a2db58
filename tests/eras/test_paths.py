"""Every module path that Keras ever had: it is served, holds its names, and a wrong one says the nearest."""

from pathlib import Path
from typing import Any

import pytest

# what scripts import, by the path of their time; each must be found
IMPORTS = """
keras.layers.core: Dense Dropout Activation Flatten Reshape Permute RepeatVector Lambda Masking TimeDistributedDense
keras.layers.core: MaxoutDense Highway Merge SpatialDropout1D ActivityRegularization Layer
keras.layers.convolutional: Conv1D Conv2D Convolution1D Convolution2D Convolution3D MaxPooling1D MaxPooling2D
keras.layers.convolutional: AveragePooling2D ZeroPadding2D UpSampling2D Conv2DTranspose Deconvolution2D Cropping2D
keras.layers.convolutional: AtrousConvolution1D AtrousConvolution2D SeparableConv2D SeparableConvolution2D
keras.layers.pooling: MaxPooling2D GlobalAveragePooling2D GlobalMaxPooling1D _GlobalPooling2D
keras.layers.normalization: BatchNormalization
keras.layers.normalization.batch_normalization: BatchNormalization
keras.layers.recurrent: LSTM GRU SimpleRNN Recurrent RNN StackedRNNCells _time_distributed_dense
keras.applications.imagenet_utils: _obtain_input_shape preprocess_input decode_predictions
keras.layers.embeddings: Embedding
keras.layers.merge: Concatenate concatenate add Add multiply dot average
keras.layers.advanced_activations: LeakyReLU PReLU ELU ThresholdedReLU SReLU ParametricSoftplus ReLU Softmax
keras.layers.noise: GaussianNoise GaussianDropout AlphaDropout
keras.layers.local: LocallyConnected1D LocallyConnected2D
keras.layers.wrappers: TimeDistributed Bidirectional Wrapper
keras.layers.convolutional_recurrent: ConvLSTM2D ConvRecurrent2D ConvLSTM2DCell
keras.layers.cudnn_recurrent: CuDNNLSTM CuDNNGRU
keras.layers.experimental: RandomFourierFeatures SyncBatchNormalization EinsumDense
keras.layers.experimental.preprocessing: Rescaling Resizing Normalization RandomHeight RandomWidth PreprocessingLayer
keras.layers: AbstractRNNCell CuDNNLSTM merge Merge Recurrent InputLayer DenseFeatures Convolution2D MaxPool2D
keras.legacy.layers: Recurrent Highway MaxoutDense
keras.legacy.interfaces: legacy_dense_support legacy_recurrent_support legacy_conv2d_support generate_legacy_interface
keras.engine: Layer InputSpec Input Model Network
keras.engine.topology: Layer InputSpec Input Container get_source_inputs merge Node InputLayer
keras.engine.base_layer: Layer InputSpec Node
keras.engine.input_layer: Input InputLayer
keras.engine.network: Network get_source_inputs
keras.engine.training: Model make_batches slice_X slice_arrays
keras.engine.sequential: Sequential
keras.engine.functional: Functional
keras.engine.keras_tensor: KerasTensor
keras.engine.data_adapter: unpack_x_y_sample_weight expand_1d
keras.losses: LossFunctionWrapper
keras.engine.saving: load_model save_model model_from_json
keras.models: Model Sequential Input Graph model_from_json model_from_yaml model_from_config load_model save_model
keras.models: clone_model
keras.objectives: mse mean_squared_error categorical_crossentropy binary_crossentropy cosine_proximity get
keras.losses: mse MSE mae logcosh kullback_leibler_divergence cosine_proximity cosine Reduction
keras.metrics: categorical_accuracy top_k_categorical_accuracy fbeta_score fmeasure precision recall mse MeanTensor
keras.metrics: matthews_correlation MeanRelativeError binary_accuracy sparse_top_k_categorical_accuracy
keras.optimizers: adam sgd rmsprop adagrad adadelta adamax nadam TFOptimizer Optimizer
keras.optimizers.adam_v2: Adam
keras.optimizers.gradient_descent_v2: SGD
keras.optimizers.rmsprop_v2: RMSprop
keras.optimizers.legacy: SGD Adam RMSprop Nadam Adamax Adadelta Adagrad
keras.optimizers.experimental: AdamW SGD Adam
keras.optimizer_v2.adam: Adam
keras.initializers: normal uniform zero one glorot_uniform he_normal RandomNormal lecun_uniform orthogonal constant
keras.initializations: normal uniform glorot_uniform he_normal get
keras.constraints: maxnorm nonneg unitnorm max_norm non_neg unit_norm min_max_norm RadialConstraint
keras.regularizers: l1 l2 l1l2 l1_l2 WeightRegularizer ActivityRegularizer activity_l1 activity_l2
keras.callbacks: BaseLogger CallbackList
keras.callbacks.callbacks: EarlyStopping ModelCheckpoint ReduceLROnPlateau
keras.utils.np_utils: to_categorical normalize
keras.utils.vis_utils: plot_model model_to_dot
keras.utils.visualize_util: plot model_to_dot
keras.utils.layer_utils: print_summary count_params convert_all_kernels_in_model get_source_inputs layer_from_config
keras.utils.data_utils: get_file Sequence OrderedEnqueuer GeneratorEnqueuer SequenceEnqueuer validate_file
keras.utils.generic_utils: Progbar get_custom_objects CustomObjectScope custom_object_scope get_from_module has_arg
keras.utils.generic_utils: to_list unpack_singleton func_dump func_load serialize_keras_object
keras.utils.io_utils: HDF5Matrix ask_to_proceed_with_overwrite
keras.utils.conv_utils: conv_output_length normalize_tuple normalize_data_format normalize_padding convert_kernel
keras.utils.multi_gpu_utils: multi_gpu_model
keras.utils.training_utils: multi_gpu_model
keras.utils.test_utils: get_test_data
keras.utils.losses_utils: ReductionV2
keras.utils.tf_utils: shape_type_conversion
keras.utils: multi_gpu_model print_summary HDF5Matrix Sequence
keras.saving.hdf5_format: load_model
keras.saving.save: load_model save_model
keras.mixed_precision.experimental: Policy set_policy global_policy LossScaleOptimizer
keras.experimental: LinearModel WideDeepModel CosineDecay SequenceFeatures
keras.premade: LinearModel WideDeepModel
keras.estimator: model_to_estimator
keras.backend.tensorflow_backend: epsilon floatx
keras.preprocessing.sequence: pad_sequences
tensorflow.keras.layers: Dense CuDNNLSTM
tensorflow.python.keras.layers.recurrent: LSTM
tensorflow.python.keras.api._v2.keras.models: Model
tf_keras.layers: Dense
keras.api._v2.keras.layers: Dense
keras._tf_keras.keras.layers: Dense
keras.src.layers: Dense
keras.src.layers.layer: Layer
keras.src.layers.core.dense: Dense
keras.src.models.functional: Functional
"""
ROWS = [line.split(": ") for line in IMPORTS.strip().splitlines()]
SOURCE = """
import importlib, json, warnings
warnings.simplefilter("ignore")
for path, names in {rows!r}:
    module = importlib.import_module(path)
    missing = [name for name in names.split() if not hasattr(module, name)]
    assert not missing, f"{{path}} lacks {{missing}}"
    exec(f"from {{path}} import {{names.split()[0]}}")
from torchkeras._eras._paths import MODULES
for path, places in MODULES.items():
    module = importlib.import_module(path)
    assert module.__all__, path
print("=", len(MODULES) > 300)
"""


def test_the_names_of_every_old_path_are_found(runner: Any, tmp_path: Path) -> None:
    assert runner.run(SOURCE.format(rows=ROWS), cwd=tmp_path).check().facts == ["= True"]


def test_a_star_brings_the_names_of_the_time(runner: Any, tmp_path: Path) -> None:
    source = """
from keras.layers import *
from keras.layers.core import *
from keras.engine.topology import *
from keras.utils.generic_utils import *
from keras.objectives import *
from keras.metrics import *
found = set(globals())
print("=", sorted({"Dense", "CuDNNLSTM", "merge", "Recurrent", "TimeDistributedDense", "Container", "to_list", "Layer",
                   "mean_squared_error", "fmeasure", "Input"} - found))
"""
    assert runner.run(source, cwd=tmp_path).check().facts == ["= []"]


def test_modules_come_out_of_packages_by_every_name(runner: Any, tmp_path: Path) -> None:
    source = """
import warnings; warnings.simplefilter("ignore")
from tensorflow.python.keras.engine import data_adapter
from tensorflow.keras.layers import experimental
from keras.engine import topology, training
from keras.layers import core, recurrent, advanced_activations
from keras.utils import np_utils, generic_utils, data_utils
import keras
print("=", data_adapter is keras.engine.data_adapter, experimental is keras.layers.experimental, core.Dense is
      keras.layers.core.Dense is keras.layers.Dense, topology.Layer is keras.layers.Layer)
"""
    assert runner.run(source, cwd=tmp_path).check().facts == ["= True True True True"]


def test_old_paths_warn_once_where_the_script_imports_them(runner: Any, tmp_path: Path) -> None:
    source = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("default")  # a line once: `from package import name` looks the name up twice
    from keras.layers.advanced_activations import LeakyReLU, PReLU
    import keras.layers.advanced_activations
    from keras.optimizers import adam
told = [w for w in caught if w.category is DeprecationWarning]
print("=", *[f"{w.message} {w.filename.endswith('script.py')}" for w in told], sep="\\n= ")
"""
    assert runner.run(source, cwd=tmp_path).check().facts == [
        "= keras.layers.advanced_activations is an old path: its names are in keras.layers. True",
        "= `optimizers.adam` is now `optimizers.Adam`. True",
    ]


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("import keras.layers.convolutionl", "Did you mean 'keras.layers.convolutional'?"),
        ("import keras.utils.np_util", "Did you mean 'keras.utils.np_utils'?"),
        ("from keras.layers.core import Dens", "Did you mean 'Dense'?"),
        ("from keras.layers.local import LocalyConnected2D", "Did you mean 'LocallyConnected2D'?"),
        ("import keras.src.backend.torch.nn", "not all of Keras' own inside"),
        ("from keras.models import Graph; Graph()", "keras.models.Graph is not served: it is of Keras before 1.0"),
        ("from keras.premade import LinearModel; LinearModel()", "is not served: use a `Sequential`"),
        ("from keras.models import model_from_yaml; model_from_yaml('')", "Use `model_from_json(text)`"),
        ("from keras.estimator import model_to_estimator; model_to_estimator()", "train the model with `fit`"),
    ],
)
def test_what_is_not_there_says_what_is(statement: str, text: str, runner: Any, tmp_path: Path) -> None:
    done = runner.run(statement, cwd=tmp_path)
    assert done.code == 1
    assert text in done.stderr
