# oracle: tf-keras
# Focal loss as a closure, F1 by counts, and a callback that changes the learning rate with K.set_value.
import keras
import numpy as np
from keras import backend as K
from keras.callbacks import Callback
from keras.layers import Dense, Dropout
from keras.models import Sequential
from keras.optimizers import SGD


def focal_loss(gamma=2., alpha=.25):
    def focal_loss_fixed(y_true, y_pred):
        y_true = K.cast(y_true, K.floatx())
        pt_1 = K.switch(K.equal(y_true, 1), y_pred, K.ones_like(y_pred))
        pt_0 = K.switch(K.equal(y_true, 0), y_pred, K.zeros_like(y_pred))
        pt_1 = K.clip(pt_1, K.epsilon(), 1. - K.epsilon())
        pt_0 = K.clip(pt_0, K.epsilon(), 1. - K.epsilon())
        return (-K.mean(alpha * K.pow(1. - pt_1, gamma) * K.log(pt_1))
                - K.mean((1 - alpha) * K.pow(pt_0, gamma) * K.log(1. - pt_0)))
    return focal_loss_fixed


def recall_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    possible_positives = K.sum(K.round(K.clip(y_true, 0, 1)))
    return true_positives / (possible_positives + K.epsilon())


def precision_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    predicted_positives = K.sum(K.round(K.clip(y_pred, 0, 1)))
    return true_positives / (predicted_positives + K.epsilon())


def f1_m(y_true, y_pred):
    precision, recall = precision_m(y_true, y_pred), recall_m(y_true, y_pred)
    return 2 * ((precision * recall) / (precision + recall + K.epsilon()))


def matthews_correlation(y_true, y_pred):
    y_pred_pos = K.round(K.clip(y_pred, 0, 1))
    y_pred_neg = 1 - y_pred_pos
    y_pos = K.round(K.clip(y_true, 0, 1))
    y_neg = 1 - y_pos
    tp, tn = K.sum(y_pos * y_pred_pos), K.sum(y_neg * y_pred_neg)
    fp, fn = K.sum(y_neg * y_pred_pos), K.sum(y_pos * y_pred_neg)
    numerator = tp * tn - fp * fn
    denominator = K.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return numerator / (denominator + K.epsilon())


def rmse(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true), axis=-1))


def r_square(y_true, y_pred):
    residual = K.sum(K.square(y_true - y_pred))
    total = K.sum(K.square(y_true - K.mean(y_true)))
    return 1 - residual / (total + K.epsilon())


def top_agreement(y_true, y_pred):
    return K.mean(K.cast(K.equal(K.argmax(y_true, axis=-1), K.argmax(y_pred, axis=-1)), 'float32'))


class Halving(Callback):
    def __init__(self):
        self.rates = []
        super(Halving, self).__init__()

    def on_batch_begin(self, batch, logs=None):
        self.rates.append(float(K.get_value(self.model.optimizer.lr)))

    def on_epoch_end(self, epoch, logs={}):
        K.set_value(self.model.optimizer.lr, K.get_value(self.model.optimizer.lr) * 0.5)


rng = np.random.RandomState(3)
x = rng.randn(60, 6).astype('float32')
y = (x[:, :3] + 0.3 * rng.randn(60, 3) > 0.3).astype('float32')

model = Sequential()
model.add(Dense(12, input_dim=6, activation='tanh', kernel_initializer=keras.initializers.Constant(0.05)))
model.add(Dropout(0.))
model.add(Dense(3, activation='sigmoid'))
model.set_weights([0.5 * np.random.RandomState(i).randn(*w.shape) for i, w in enumerate(model.get_weights())])
metrics = [f1_m, precision_m, recall_m, matthews_correlation, rmse, r_square, top_agreement]
model.compile(loss=focal_loss(gamma=2., alpha=.6), optimizer=SGD(0.8), metrics=metrics)
halving = Halving()
history = model.fit(x, y, epochs=4, batch_size=20, verbose=0, shuffle=False, callbacks=[halving])
print("= rates", ["%.3f" % rate for rate in halving.rates])
for name in ['loss'] + [metric.__name__ for metric in metrics]:
    print("=", name, " ".join("%.4f" % value for value in history.history[name]))
scores = model.evaluate(x, y, batch_size=60, verbose=0)
print("= scores", " ".join("%.4f" % score for score in scores))

model.compile(loss='binary_crossentropy', optimizer=SGD(0.1), metrics=['accuracy'])
K.set_value(model.optimizer.lr, 0.25)
K.set_value(model.layers[-1].bias, np.zeros(3))
print("= set %.2f" % K.get_value(model.optimizer.lr), K.get_value(model.layers[-1].bias).tolist())
weights = K.batch_get_value(model.trainable_weights)
K.batch_set_value([(w, 0.5 * value) for w, value in zip(model.trainable_weights, weights)])
print("= halved %.4f" % np.abs(model.get_weights()[0]).sum(), sum(K.count_params(w) for w in model.trainable_weights))
