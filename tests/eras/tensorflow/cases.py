"""Pieces of scripts about tapes, variables and training, with fixed numbers; recorded as the rows are."""

from typing import Any

import numpy as np

Result = Any
X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.5]], "float32")
IMAGES = np.linspace(-1, 1, 2 * 6 * 6 * 2).reshape(2, 6, 6, 2).astype("float32")
SERIES = np.sin(np.arange(2 * 5 * 3)).reshape(2, 5, 3).astype("float32")


def _fixed(model: Any) -> Any:
    """The model with weights that depend on their shapes alone."""
    model.set_weights([np.cos(np.arange(w.size)).reshape(w.shape).astype("float32") * 0.5 for w in model.get_weights()])
    return model


def _none(gradients: Any) -> Any:
    return [-99.0 if each is None else each for each in gradients]


def derivative(tf: Any) -> Result:
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x * x
    return tape.gradient(y, x)


def second_derivative(tf: Any) -> Result:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(x**3)
        first = inner.gradient(y, x)
    return [first, outer.gradient(first, x)]


def persistent(tf: Any) -> Result:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = tf.reduce_sum(y * y)
    return [tape.gradient(z, x), tape.gradient(y, x), tape.gradient(z, y)]


def structures_of_sources(tf: Any) -> Result:
    a, b, c = tf.Variable(2.0), tf.Variable(3.0), tf.Variable(4.0)
    with tf.GradientTape() as tape:
        y = a * b * b
    found = tape.gradient(y, {"a": a, "bc": [b, c]})
    return _none([found["a"], *found["bc"]])


def unconnected_as_zero(tf: Any) -> Result:
    a, b = tf.Variable([2.0, 1.0]), tf.Variable([[3.0]])
    with tf.GradientTape() as tape:
        y = a * 2
    return tape.gradient(y, [a, b], unconnected_gradients=tf.UnconnectedGradients.ZERO)


def output_gradients(tf: Any) -> Result:
    a = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = a * a
    return tape.gradient(y, a, output_gradients=tf.constant([1.0, 0.0, -2.0]))


def lists_of_targets(tf: Any) -> Result:
    a = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        targets = [a * a, tf.reduce_sum(a) * 3]
    return tape.gradient(targets, a)


def jacobian(tf: Any) -> Result:
    w, x = tf.Variable(X), tf.constant([[1.0], [2.0], [3.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.matmul(w, x) ** 2
    return [tape.jacobian(y, w), tape.jacobian(y, [x])[0]]


def batch_jacobian(tf: Any) -> Result:
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.stack([x[:, 0] * x[:, 1], x[:, 2] ** 2], axis=1)
    return tape.batch_jacobian(y, x)


def stop_recording(tf: Any) -> Result:
    a = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = a * a
        with tape.stop_recording():
            b = a * 10
        z = y * b
    return tape.gradient(z, a)


def only_what_is_watched(tf: Any) -> Result:
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(a)
        y = a * b
    return _none(tape.gradient(y, [a, b]))


def frozen_and_unwatched(tf: Any) -> Result:
    a, b, c = tf.Variable(2.0, trainable=False), tf.constant(3.0), tf.Variable(4.0)
    with tf.GradientTape() as tape:
        y = a * b * c
    return _none(tape.gradient(y, [a, b, c]))


def a_frozen_variable_that_is_watched(tf: Any) -> Result:
    a = tf.Variable(2.0, trainable=False)
    with tf.GradientTape() as tape:
        tape.watch(a)
        y = a * a
    return tape.gradient(y, a)


def tensors_in_between(tf: Any) -> Result:
    a = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        b = tf.exp(a)
        c = tf.reduce_sum(b * b)
    return tape.gradient(c, [b, a])


def constants_from_before_the_tape(tf: Any) -> Result:
    a = tf.Variable([1.0, 2.0])
    old = a * a
    with tf.GradientTape() as tape:
        ratio = tf.reduce_sum(a * a / old)
        both = tf.reduce_sum(tf.concat([a * a, old], 0)) + ratio
    return tape.gradient(both, a)


def a_state_carried_from_tape_to_tape(tf: Any) -> Result:
    w, state, found = tf.Variable([[0.5, -0.3], [0.2, 0.9]]), tf.ones((1, 2)), []
    for _ in range(3):
        with tf.GradientTape() as tape:
            state = tf.tanh(tf.matmul(state, w))
            loss = tf.reduce_sum(state)
        gradient = tape.gradient(loss, w)
        w.assign_sub(0.1 * gradient)
        found.append(gradient)
    return [*found, w]


def an_update_between_two_gradients(tf: Any) -> Result:
    a, b = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    optimizer = tf.keras.optimizers.SGD(0.5)
    with tf.GradientTape() as first, tf.GradientTape() as second:
        one = tf.reduce_sum(a * b * b)
        two = tf.reduce_sum(a * a * b)
    found = [first.gradient(one, b)]
    optimizer.apply_gradients(zip(found, [b]))
    return [*found, second.gradient(two, a), b]


def an_update_between_gradients_of_one_tape(tf: Any) -> Result:
    layer = tf.keras.layers.Dense(2)
    layer.build((None, 3))
    _fixed(layer)
    with tf.GradientTape(persistent=True) as tape:
        y = layer(tf.tanh(layer(X) @ tf.ones((2, 3))))
        one, two = tf.reduce_sum(y[:, 0] ** 2), tf.reduce_sum(y[:, 1] ** 2)
    first = tape.gradient(one, layer.kernel)
    layer.kernel.assign_sub(first)
    return [first, tape.gradient(two, layer.kernel)]


def a_variable_assigned_inside(tf: Any) -> Result:
    w, total = tf.Variable(2.0), tf.Variable(1.0, trainable=False)
    with tf.GradientTape() as tape:
        loss = tf.constant(0.0)
        for step in range(3):
            loss = loss + w * w * total
            total.assign_add(step + 1.0)
    return [tape.gradient(loss, w), total]


def stop_gradient(tf: Any) -> Result:
    a = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = a * tf.stop_gradient(a)
    return tape.gradient(y, a)


def custom_gradient(tf: Any) -> Result:
    @tf.custom_gradient
    def clipped(x: Any) -> Any:
        return x * x, lambda upstream: tf.clip_by_value(upstream, -1.0, 1.0)

    @tf.custom_gradient
    def product(x: Any, y: Any) -> Any:
        return x * y, lambda upstream: (upstream * 10, upstream * 20)

    a, b = tf.Variable([3.0, 4.0]), tf.Variable([5.0, 6.0])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(clipped(a) * 5 + product(a, b))
    return [loss, *tape.gradient(loss, [a, b])]


def straight_through(tf: Any) -> Result:
    a = tf.Variable([0.4, 1.6])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.grad_pass_through(tf.round)(a) * a)
    return tape.gradient(loss, a)


def recomputed(tf: Any) -> Result:
    a = tf.Variable([0.4, 1.6])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.recompute_grad(lambda x: tf.sin(x) * x)(a))
    return tape.gradient(loss, a)


def a_dense_network_trained(tf: Any) -> Result:
    model = tf.keras.Sequential(
        [tf.keras.layers.Dense(4, activation="tanh", input_shape=(3,)), tf.keras.layers.Dense(2)]
    )
    _fixed(model)
    optimizer = tf.keras.optimizers.SGD(0.1, momentum=0.9)
    loss_function = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = loss_function(y, model(x, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    return [*[step(X, np.array([0, 1])) for _ in range(4)], *model.get_weights()]


def a_convolutional_network(tf: Any) -> Result:
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            layers.Conv2D(3, 3, activation="relu", input_shape=(6, 6, 2)),
            layers.BatchNormalization(),
            layers.DepthwiseConv2D(2),
            layers.Conv2DTranspose(2, 2, strides=2),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1),
        ]
    )
    _fixed(model)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(IMAGES, training=True) - 1.0))
    return [loss, *tape.gradient(loss, model.trainable_variables)]


def recurrent_networks(tf: Any) -> Result:
    layers, found = tf.keras.layers, []
    for layer in (layers.LSTM(3), layers.GRU(3), layers.SimpleRNN(3)):
        model = _fixed(tf.keras.Sequential([layers.Input((5, 3)), layer, layers.Dense(1)]))
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(SERIES))
        found += [loss, *tape.gradient(loss, model.trainable_weights)]
    return found


def an_embedding(tf: Any) -> Result:
    layer = tf.keras.layers.Embedding(4, 2)
    layer.build((None,))
    _fixed(layer)
    optimizer = tf.keras.optimizers.Adam(0.1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(tf.constant([1, 1, 3])) ** 2)
    optimizer.apply_gradients(zip(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables))
    return layer.get_weights()


def a_gradient_penalty(tf: Any) -> Result:
    critic = tf.keras.Sequential([tf.keras.layers.Dense(4, "tanh", input_shape=(3,)), tf.keras.layers.Dense(1)])
    _fixed(critic)
    with tf.GradientTape() as tape:
        x = tf.constant(X)
        with tf.GradientTape() as inner:
            inner.watch(x)
            score = critic(x, training=True)
        gradient = inner.gradient(score, [x])[0]
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=[1]))
        loss = tf.reduce_mean(score) + 10.0 * tf.reduce_mean((norm - 1.0) ** 2)
    return [loss, *_none(tape.gradient(loss, critic.trainable_variables))[:3]]


def two_networks_and_two_tapes(tf: Any) -> Result:
    generator = _fixed(tf.keras.Sequential([tf.keras.layers.Dense(3, input_shape=(3,))]))
    critic = _fixed(tf.keras.Sequential([tf.keras.layers.Dense(4, "relu", input_shape=(3,)), tf.keras.layers.Dense(1)]))
    entropy = tf.keras.losses.BinaryCrossentropy(from_logits=True)
    optimizers, losses = [tf.keras.optimizers.Adam(0.01), tf.keras.optimizers.Adam(0.01)], []
    for _ in range(3):
        with tf.GradientTape() as of_generator, tf.GradientTape() as of_critic:
            made = generator(X, training=True)
            real, fake = critic(X * 2, training=True), critic(made, training=True)
            loss_g = entropy(tf.ones_like(fake), fake)
            loss_c = entropy(tf.ones_like(real), real) + entropy(tf.zeros_like(fake), fake)
        gradients_g = of_generator.gradient(loss_g, generator.trainable_variables)
        gradients_c = of_critic.gradient(loss_c, critic.trainable_variables)
        optimizers[0].apply_gradients(zip(gradients_g, generator.trainable_variables))
        optimizers[1].apply_gradients(zip(gradients_c, critic.trainable_variables))
        losses += [loss_g, loss_c]
    return losses


def an_image_optimized(tf: Any) -> Result:
    extractor = _fixed(tf.keras.Sequential([tf.keras.layers.Conv2D(2, 3, input_shape=(6, 6, 2))]))
    extractor.trainable = False
    target = extractor(IMAGES[:1] * 0.5)
    image = tf.Variable(IMAGES[:1])
    optimizer = tf.keras.optimizers.Adam(0.02, beta_1=0.99, epsilon=1e-1)
    for _ in range(2):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((extractor(image) - target) ** 2)
        optimizer.apply_gradients([(tape.gradient(loss, image), image)])
        image.assign(tf.clip_by_value(image, -0.9, 0.9))
    return [loss, image]


def clipped_and_applied(tf: Any) -> Result:
    w, b = tf.Variable(X), tf.Variable([0.5, 0.5])
    optimizer = tf.keras.optimizers.RMSprop(0.1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((tf.linalg.matvec(w, [1.0, 2.0, 3.0]) + b) ** 2)
    gradients, norm = tf.clip_by_global_norm(tape.gradient(loss, [w, b]), 1.0)
    optimizer.apply_gradients(zip(gradients, [w, b]))
    return [norm, w, b]


def linear_regression(tf: Any) -> Result:
    class Line(tf.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__(name="line")
            self.w = tf.Variable(5.0, name="w")
            self.b = tf.Variable(0.0, name="b")
            self.calls = tf.Variable(0, trainable=False)

        @tf.function
        def __call__(self, x: Any) -> Any:
            self.calls.assign_add(1)
            return self.w * x + self.b

    model, x = Line(), tf.constant([1.0, 2.0, 3.0])
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(3.0 * x + 2.0 - model(x)))
        for variable, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
            variable.assign_sub(0.1 * gradient)
    return [model.w, model.b, model.calls, len(model.variables), len(model.trainable_variables)]


def variables(tf: Any) -> Result:
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="matrix")
    copy = v.read_value()
    v.assign_add(tf.ones((2, 2)))
    v.assign_sub([[0.5, 0.5], [0.5, 0.5]])
    w = tf.Variable(lambda: tf.zeros((2,)), dtype=tf.float32)
    w.assign([1.0, -1.0])
    v.scatter_nd_update([[0, 1]], [9.0])
    v.scatter_nd_add([[1, 1]], [1.0])
    return [v, copy, v + 1, 2.0 * v, -v, v @ v, v[0], v > 2, tf.reduce_sum(v), v.shape.as_list(), w, v / 2, abs(w)]


def arithmetic_of_variables_and_arrays(tf: Any) -> Result:
    v, counter = tf.Variable([1.0, 2.0]), tf.Variable(3)
    counter.assign(counter + 4)
    return [v * tf.constant([2.0, 3.0]), counter, tf.cast(counter, tf.float32) * v, v.numpy(), tf.convert_to_tensor(v)]


CASES = {name: item for name, item in list(globals().items()) if callable(item) and name[0] not in "_ACIRSX"}
