# oracle: tf-keras
# Grad-CAM, saliency and activation maximization with K.gradients and K.function.
import numpy as np
import tensorflow as tf
from keras import backend as K
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential

tf.compat.v1.disable_eager_execution()

model = Sequential()
model.add(Conv2D(4, (3, 3), activation='relu', input_shape=(10, 10, 3), name='conv1'))
model.add(Conv2D(6, (3, 3), activation='relu', name='last_conv'))
model.add(MaxPooling2D((2, 2)))
model.add(Dropout(0.5))
model.add(Flatten())
model.add(Dense(5, activation='softmax', name='predictions'))
model.set_weights([0.3 * np.random.RandomState(i).randn(*w.shape) for i, w in enumerate(model.get_weights())])
model.compile(loss='categorical_crossentropy', optimizer='rmsprop')

x = np.random.RandomState(7).rand(1, 10, 10, 3).astype('float32')
preds = model.predict(x)
class_idx = np.argmax(preds[0])
print("= class", class_idx, "%.4f" % preds[0][class_idx])

class_output = model.output[:, class_idx]
last_conv_layer = model.get_layer('last_conv')
grads = K.gradients(class_output, last_conv_layer.output)[0]
pooled_grads = K.mean(grads, axis=(0, 1, 2))
iterate = K.function([model.input], [pooled_grads, last_conv_layer.output[0]])
pooled_grads_value, conv_layer_output_value = iterate([x])
for i in range(6):
    conv_layer_output_value[:, :, i] *= pooled_grads_value[i]
heatmap = np.mean(conv_layer_output_value, axis=-1)
heatmap = np.maximum(heatmap, 0)
heatmap /= np.max(heatmap)
print("= heatmap", heatmap.shape, "%.4f %.4f" % (heatmap.mean(), heatmap[2, 3]))

# saliency
saliency = K.function([model.layers[0].input, K.learning_phase()], [K.gradients(K.max(model.output, axis=1), model.input)[0]])
found = saliency([x, 0])[0]
print("= saliency", found.shape, "%.5f" % np.abs(found).sum())

# what maximizes a filter
loss = K.mean(last_conv_layer.output[:, :, :, 2])
grads = K.gradients(loss, model.input)[0]
grads /= (K.sqrt(K.mean(K.square(grads))) + 1e-5)
step = K.function([model.input], [loss, grads])
image = 0.1 * x
for i in range(5):
    loss_value, grads_value = step([image])
    image += grads_value * 0.1
print("= maximized %.4f %.4f" % (loss_value, image.mean()))

# every layer's output
functor = K.function([model.input, K.learning_phase()], [layer.output for layer in model.layers])
outs = functor([x, 0.])
print("= outputs", [out.shape for out in outs])
print("= sums", " ".join("%.4f" % out.sum() for out in outs[:2] + outs[-1:]))
print("= int_shape", K.int_shape(last_conv_layer.output), K.ndim(model.output), K.dtype(model.output))
