# oracle: keras
# Several inputs and outputs by name, losses by name, a shared layer, a feature extractor, plot-free.
import keras
import numpy as np
from keras import layers

title = keras.Input(shape=(None,), name="title")
body = keras.Input(shape=(None,), name="body")
tags = keras.Input(shape=(4,), name="tags")
embedding = layers.Embedding(30, 6, embeddings_initializer=keras.initializers.RandomUniform(seed=1))
pooled = [layers.GlobalAveragePooling1D()(embedding(part)) for part in (title, body)]
x = layers.concatenate([*pooled, tags])
priority = layers.Dense(1, name="priority", kernel_initializer="ones")(x)
department = layers.Dense(3, name="department", activation="softmax", kernel_initializer="zeros")(x)
model = keras.Model(inputs=[title, body, tags], outputs={"priority": priority, "department": department})
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss={"priority": keras.losses.BinaryCrossentropy(from_logits=True), "department": "categorical_crossentropy"},
    loss_weights={"priority": 1.0, "department": 0.2},
    metrics={"department": ["accuracy"]},
)
rng = np.random.default_rng(0)
embedding.set_weights([rng.normal(size=(30, 6)).astype("float32")])
data = {
    "title": rng.integers(1, 30, (24, 5)),
    "body": rng.integers(1, 30, (24, 9)),
    "tags": rng.integers(0, 2, (24, 4)).astype("float32"),
}
targets = {
    "priority": rng.integers(0, 2, (24, 1)).astype("float32"),
    "department": np.eye(3)[rng.integers(0, 3, 24)],
}
history = model.fit(data, targets, epochs=2, batch_size=8, shuffle=False, verbose=0)
print("= keys", sorted(history.history))
print("= loss", " ".join(f"{value:.4f}" for value in history.history["loss"]))
found = model.predict(data, verbose=0)
print("= outputs", sorted(found), found["department"].shape, found["priority"].shape)
extractor = keras.Model(model.inputs, model.get_layer("priority").output)
print("= extractor", tuple(extractor(data).shape), len(model.layers))
evaluated = model.evaluate(data, targets, verbose=0, return_dict=True)
print("= evaluated", sorted(evaluated), f"{evaluated['loss']:.4f}")
