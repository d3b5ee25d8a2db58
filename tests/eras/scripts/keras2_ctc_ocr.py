# oracle: tf-keras
# The image OCR example in small: CTC as the output of a Lambda, decoding by K.ctc_decode.
import itertools

import numpy as np
from keras import backend as K
from keras.layers import GRU, Activation, Conv2D, Dense, Input, Lambda, MaxPooling2D, Reshape, add
from keras.models import Model
from keras.optimizers import SGD

img_w, img_h, classes, max_len = 16, 8, 5, 3


def ctc_lambda_func(args):
    y_pred, labels, input_length, label_length = args
    y_pred = y_pred[:, 1:, :]
    return K.ctc_batch_cost(labels, y_pred, input_length, label_length)


input_data = Input(name='the_input', shape=(img_w, img_h, 1), dtype='float32')
inner = Conv2D(4, (3, 3), padding='same', activation='relu', name='conv1')(input_data)
inner = MaxPooling2D(pool_size=(2, 2), name='max1')(inner)
inner = Reshape(target_shape=(img_w // 2, img_h // 2 * 4), name='reshape')(inner)
inner = Dense(8, activation='relu', name='dense1')(inner)
gru_1 = GRU(6, return_sequences=True, name='gru1')(inner)
gru_1b = GRU(6, return_sequences=True, go_backwards=True, name='gru1_b')(inner)
gru_1b = Lambda(lambda t: K.reverse(t, axes=1), name='turned')(gru_1b)
inner = Dense(classes + 1, name='dense2')(add([gru_1, gru_1b]))
y_pred = Activation('softmax', name='softmax')(inner)
labels = Input(name='the_labels', shape=[max_len], dtype='float32')
input_length = Input(name='input_length', shape=[1], dtype='int64')
label_length = Input(name='label_length', shape=[1], dtype='int64')
loss_out = Lambda(ctc_lambda_func, output_shape=(1,), name='ctc')([y_pred, labels, input_length, label_length])
model = Model(inputs=[input_data, labels, input_length, label_length], outputs=loss_out)
model.set_weights([0.3 * np.random.RandomState(i).randn(*w.shape) for i, w in enumerate(model.get_weights())])
model.compile(loss={'ctc': lambda y_true, y_pred: y_pred}, optimizer=SGD(0.05, momentum=0.9, nesterov=True))

rng = np.random.RandomState(0)
targets = rng.randint(0, classes, (12, max_len))
images = np.zeros((12, img_w, img_h, 1), 'float32')
for i, target in enumerate(targets):
    for place, letter in enumerate(target):
        images[i, 4 * place + 2:4 * place + 6, letter:letter + 3] += 1
lengths = np.full((12, 1), max_len)
lengths[:4] = 2
inputs = {'the_input': images, 'the_labels': targets.astype('float32'),
          'input_length': np.full((12, 1), img_w // 2 - 1), 'label_length': lengths}
history = model.fit(inputs, {'ctc': np.zeros([12])}, batch_size=4, epochs=3, verbose=0, shuffle=False)
print("= losses", " ".join("%.4f" % value for value in history.history['loss']))

test_func = K.function([input_data], [y_pred])
out = test_func([images[:3]])[0]
print("= out", out.shape, "%.4f" % out[:, :, 0].sum())
greedy = [[int(k) for k, g in itertools.groupby(np.argmax(row[1:], 1))] for row in out]
print("= best", greedy)
decoded, scores = K.ctc_decode(out[:, 1:, :], input_length=np.ones(3) * out[:, 1:, :].shape[1], greedy=True)
print("= decoded", [[int(c) for c in row if c >= 0] for row in K.get_value(decoded[0])])
print("= scores", " ".join("%.3f" % value for value in K.get_value(scores)[:, 0]))
beams = K.ctc_decode(out[:, 1:, :], np.ones(3) * 7, greedy=False, beam_width=10, top_paths=2)
print("= beams", [[int(c) for c in row if c >= 0] for row in K.get_value(beams[0][0])])
