"""Old module paths, and where their names are today. One word or row a path."""

from collections.abc import Iterator

# The distributions under whose names Keras was imported -> today's.
ROOTS = {
    "keras._tf_keras.keras": "keras",
    "keras.api": "keras",
    "keras.api._v1": "keras",
    "keras.api._v1.keras": "keras",
    "keras.api._v2": "keras",
    "keras.api._v2.keras": "keras",
    "keras.src": "keras",
    "keras_applications": "keras.applications",
    "keras_preprocessing": "keras.preprocessing",
    "tensorflow.compat.v1.keras": "keras",
    "tensorflow.compat.v2.keras": "keras",
    "tensorflow.contrib.keras": "keras",
    "tensorflow.contrib.keras.api.keras": "keras",
    "tensorflow.contrib.keras.python.keras": "keras",
    "tensorflow.keras": "keras",
    "tensorflow.python.keras": "keras",
    "tensorflow_core.keras": "keras",
    "tensorflow_core.python.keras": "keras",
    "tf_keras": "keras",
}

# Modules that are gone, by the namespaces in which their names are looked up, in this order.
_LAYERS = """
    activation activation.elu activation.leaky_relu activation.prelu activation.relu activation.softmax
    activation.thresholded_relu activations activations.activation activations.elu activations.leaky_relu
    activations.prelu activations.relu activations.softmax advanced_activations attention attention.additive_attention
    attention.attention attention.base_dense_attention attention.grouped_query_attention attention.multi_head_attention
    convolutional convolutional.base_conv convolutional.base_depthwise_conv convolutional.base_separable_conv
    convolutional.conv1d convolutional.conv1d_transpose convolutional.conv2d convolutional.conv2d_transpose
    convolutional.conv3d convolutional.conv3d_transpose convolutional.depthwise_conv1d convolutional.depthwise_conv2d
    convolutional.separable_conv1d convolutional.separable_conv2d convolutional_recurrent core core.activation
    core.activity_regularization core.dense core.dropout core.einsum_dense core.embedding core.flatten core.identity
    core.input_layer core.lambda_layer core.masking core.permute core.repeat_vector core.reshape
    core.spatial_dropout core.wrapper cudnn_recurrent dense_attention einsum_dense embeddings experimental
    experimental.dynamic_embedding experimental.dynamic_lookup experimental.preprocessing input_spec kernelized layer
    local locally_connected locally_connected.locally_connected1d locally_connected.locally_connected2d merge merging
    merging.add merging.average merging.base_merge merging.concatenate merging.dot merging.maximum merging.minimum
    merging.multiply merging.subtract multi_head_attention noise normalization normalization.batch_normalization
    normalization.batch_normalization_v1 normalization.group_normalization normalization.layer_normalization
    normalization.rms_normalization normalization.spectral_normalization normalization.unit_normalization
    normalization_v2 pooling pooling.average_pooling1d pooling.average_pooling2d pooling.average_pooling3d
    pooling.base_global_pooling pooling.base_pooling pooling.global_average_pooling1d pooling.global_average_pooling2d
    pooling.global_average_pooling3d pooling.global_max_pooling1d pooling.global_max_pooling2d
    pooling.global_max_pooling3d pooling.max_pooling1d pooling.max_pooling2d pooling.max_pooling3d
    preprocessing.category_encoding preprocessing.center_crop preprocessing.discretization
    preprocessing.hashed_crossing preprocessing.hashing preprocessing.image_preprocessing preprocessing.index_lookup
    preprocessing.integer_lookup preprocessing.normalization preprocessing.rescaling preprocessing.resizing
    preprocessing.string_lookup preprocessing.text_vectorization recurrent recurrent_v2 regularization
    regularization.activity_regularization regularization.alpha_dropout regularization.dropout
    regularization.gaussian_dropout regularization.gaussian_noise regularization.spatial_dropout
    regularization.spatial_dropout1d regularization.spatial_dropout2d regularization.spatial_dropout3d reshaping
    reshaping.cropping1d reshaping.cropping2d reshaping.cropping3d reshaping.flatten reshaping.permute
    reshaping.repeat_vector reshaping.reshape reshaping.up_sampling1d reshaping.up_sampling2d reshaping.up_sampling3d
    reshaping.zero_padding1d reshaping.zero_padding2d reshaping.zero_padding3d rnn rnn.abstract_rnn_cell
    rnn.base_conv_lstm rnn.base_conv_rnn rnn.base_rnn rnn.base_wrapper rnn.bidirectional rnn.conv_lstm1d
    rnn.conv_lstm2d rnn.conv_lstm3d rnn.cudnn_gru rnn.cudnn_lstm rnn.gru rnn.gru_v1 rnn.lstm rnn.lstm_v1 rnn.rnn
    rnn.simple_rnn rnn.stacked_rnn_cells rnn.time_distributed rnn_cell_wrapper_v2 serialization wrappers
"""
_ENGINE = """
    base_layer base_layer_utils base_layer_v1 base_preprocessing_layer compile_utils data_adapter functional
    functional_utils input_layer input_spec keras_tensor network node saving sequential topology training
    training_arrays training_generator training_utils training_utils_v1 training_v1
"""
_OPTIMIZERS = """
    adadelta adafactor adagrad adam adamax adamw base_optimizer experimental ftrl gradient_descent
    legacy_learning_rate_decay lion loss_scale_optimizer nadam optimizer optimizer_experimental
    optimizer_experimental.adadelta optimizer_experimental.adagrad optimizer_experimental.adam
    optimizer_experimental.adamw
    optimizer_experimental.optimizer optimizer_experimental.rmsprop optimizer_experimental.sgd optimizer_v1
    optimizer_v2 optimizer_v2.adadelta optimizer_v2.adagrad optimizer_v2.adam optimizer_v2.adamax optimizer_v2.ftrl
    optimizer_v2.gradient_descent optimizer_v2.nadam optimizer_v2.optimizer_v2 optimizer_v2.rmsprop optimizers rmsprop
    sgd adadelta_v2 adagrad_v2 adam_v2 adamax_v2 ftrl_v2 gradient_descent_v2 nadam_v2 rmsprop_v2 legacy.adadelta
    legacy.adagrad legacy.adam legacy.adamax legacy.ftrl legacy.gradient_descent legacy.nadam legacy.optimizer_v2
    legacy.rmsprop legacy.sgd
"""
_OPTIMIZERS_V2 = """
    adadelta adagrad adam adamax ftrl gradient_descent nadam optimizer_v2 rmsprop utils
"""
_METRICS = """
    accuracy_metrics base_metric confusion_metrics correlation_metrics experimental f_score_metrics hinge_metrics
    iou_metrics metric metrics probabilistic_metrics py_metric reduction_metrics regression_metrics
"""
_UTILS = """
    all_utils audio_dataset audio_dataset_utils conv_utils data_utils dataset_creator dataset_utils experimental
    file_utils generic_utils image_dataset image_dataset_utils image_utils io_utils layer_utils losses_utils
    metrics_utils model_visualization multi_gpu_utils np_utils numerical_utils object_identity progbar rng_utils
    sequence_utils summary_utils test_utils text_dataset text_dataset_utils tf_utils timed_threads timeseries_dataset
    timeseries_dataset_utils traceback_utils training_utils vis_utils visualize_util
"""
_SAVING = """
    hdf5_format legacy legacy.hdf5_format legacy.model_config legacy.save legacy.saving_utils legacy.serialization
    model_config object_registration save saved_model saved_model_experimental saving saving_api saving_lib
    saving_utils serialization_lib
"""
_CALLBACKS = """
    backup_and_restore callback callback_list callbacks callbacks_v1 csv_logger early_stopping experimental history
    lambda_callback learning_rate_scheduler model_checkpoint progbar_logger reduce_lr_on_plateau remote_monitor
    tensorboard tensorboard_v1 tensorboard_v2 terminate_on_nan
"""
_OTHER: dict[str, tuple[str, ...]] = {
    "applications.mobilenetv2": ("applications.mobilenet_v2",),
    "backend.cntk_backend backend.common backend.load_backend backend.tensorflow_backend backend.theano_backend": (
        "backend",
    ),
    "backend_config backend.experimental backend.numpy_backend": ("backend",),
    "callbacks_v1": ("callbacks",),
    "engine": ("layers", "models", "", "utils"),
    "feature_column feature_column.dense_features feature_column.dense_features_v2": ("layers",),
    "feature_column.sequence_feature_column": ("layers",),
    "initializers.constant_initializers initializers.initializer initializers.initializers": ("initializers",),
    "initializers.initializers_v1 initializers.initializers_v2 initializers.random_initializers": ("initializers",),
    "layers.containers": ("models", "layers"),
    "layers.cell_wrappers layers.legacy_rnn": ("layers",),
    "legacy.layers": ("layers",),
    "legacy.models": ("models",),
    "losses.loss losses.losses objectives": ("losses",),
    "loss_scale_optimizer": ("optimizers",),
    "mixed_precision.experimental mixed_precision.policy mixed_precision.loss_scale_optimizer": ("mixed_precision",),
    "models.cloning models.experimental models.functional models.model models.sequential": ("models", ""),
    "models.sharpness_aware_minimization models.utils": ("models",),
    "ops.core ops.function ops.operation": ("ops", ""),
    "optimizer_v2": ("optimizers",),
    "optimizer_v2.learning_rate_schedule optimizers.schedules.learning_rate_schedule": ("optimizers.schedules",),
    "optimizer_v2.legacy_learning_rate_decay": ("optimizers.schedules",),
    "premade_models premade.linear premade.wide_deep premade_models.linear premade_models.wide_deep": ("premade",),
    "preprocessing.dataset_utils preprocessing.image_dataset preprocessing.text_dataset preprocessing.timeseries": (
        "utils",
    ),
    "regularizers.regularizers": ("regularizers",),
}


def _rows() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each path below ``keras``, and its namespaces; "" is ``keras`` itself."""
    families = {
        "layers": (_LAYERS, ("layers",)),
        "engine": (_ENGINE, ("layers", "models", "", "utils")),
        "optimizers": (_OPTIMIZERS, ("optimizers",)),
        "optimizer_v2": (_OPTIMIZERS_V2, ("optimizers",)),
        "metrics": (_METRICS, ("metrics",)),
        "utils": (_UTILS, ("utils",)),
        "saving": (_SAVING, ("saving", "models")),
        "callbacks": (_CALLBACKS, ("callbacks",)),
    }
    for family, (paths, namespaces) in families.items():
        yield from ((f"{family}.{path}", namespaces) for path in paths.split())
    for paths, namespaces in _OTHER.items():
        yield from ((path, namespaces) for path in paths.split())


# A module that is gone -> the namespaces in which its names are looked up.
MODULES: dict[str, tuple[str, ...]] = {
    f"keras.{path}": tuple(f"keras.{name}".rstrip(".") for name in namespaces) for path, namespaces in _rows()
}


def under_keras(path: str) -> str:
    """`path` as one below ``keras``, whatever distribution it names; others stay as they are.

    >>> under_keras("tensorflow.keras.layers"), under_keras("tensorflow.nn")
    ('keras.layers', 'tensorflow.nn')
    >>> under_keras("tensorflow.python.keras.api._v2.keras.models")
    'keras.models'
    """
    prefix = path
    while prefix:
        if prefix in ROOTS:
            return under_keras(ROOTS[prefix] + path[len(prefix) :])
        prefix = prefix.rpartition(".")[0]
    return path
