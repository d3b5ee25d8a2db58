# oracle: tf-keras
# A small U-Net with the dice coefficient as loss and metric, as on Kaggle in 2017 and 2018.
import numpy as np
from keras import backend as K
from keras.callbacks import LearningRateScheduler
from keras.layers import Conv2D, Conv2DTranspose, Input, MaxPooling2D, concatenate
from keras.models import Model
from keras.optimizers import SGD

smooth = 1.


def dice_coef(y_true, y_pred):
    y_true_f = K.flatten(y_true)
    y_pred_f = K.flatten(y_pred)
    intersection = K.sum(y_true_f * y_pred_f)
    return (2. * intersection + smooth) / (K.sum(y_true_f) + K.sum(y_pred_f) + smooth)


def dice_coef_loss(y_true, y_pred):
    return -dice_coef(y_true, y_pred)


def mean_iou(y_true, y_pred):
    thresholded = K.cast(K.greater(y_pred, 0.5), K.floatx())
    intersection = K.sum(K.abs(y_true * thresholded), axis=[1, 2, 3])
    union = K.sum(y_true, axis=[1, 2, 3]) + K.sum(thresholded, axis=[1, 2, 3]) - intersection
    return K.mean((intersection + K.epsilon()) / (union + K.epsilon()), axis=0)


def bce_dice_loss(y_true, y_pred):
    return 0.5 * K.mean(K.binary_crossentropy(y_true, y_pred)) - dice_coef(y_true, y_pred)


def tversky(y_true, y_pred):
    axes = tuple(range(1, len(K.int_shape(y_pred)) - 1))
    hit = K.sum(y_true * y_pred, axes)
    miss = K.sum(y_true * (1 - y_pred), axes)
    false = K.sum((1 - y_true) * y_pred, axes)
    return K.mean(1 - hit / (hit + 0.3 * miss + 0.7 * false + K.epsilon()))


def get_unet():
    inputs = Input((8, 8, 1))
    conv1 = Conv2D(4, (3, 3), activation='relu', padding='same')(inputs)
    pool1 = MaxPooling2D(pool_size=(2, 2))(conv1)
    conv2 = Conv2D(8, (3, 3), activation='relu', padding='same')(pool1)
    up3 = concatenate([Conv2DTranspose(4, (2, 2), strides=(2, 2), padding='same')(conv2), conv1], axis=3)
    conv3 = Conv2D(4, (3, 3), activation='relu', padding='same')(up3)
    return Model(inputs=[inputs], outputs=[Conv2D(1, (1, 1), activation='sigmoid')(conv3)])


rng = np.random.RandomState(0)
masks = (rng.rand(24, 8, 8, 1) > 0.6).astype('float32')
images = masks + 0.2 * rng.randn(*masks.shape).astype('float32')

for loss in (dice_coef_loss, bce_dice_loss, tversky):
    K.clear_session()
    model = get_unet()
    model.set_weights([0.2 * np.random.RandomState(i).randn(*w.shape) for i, w in enumerate(model.get_weights())])
    model.compile(optimizer=SGD(0.1), loss=loss, metrics=[dice_coef, mean_iou])
    rates = LearningRateScheduler(lambda epoch: 0.1 * 0.5 ** epoch)
    history = model.fit(images, masks, batch_size=8, epochs=3, shuffle=False, verbose=2, callbacks=[rates])
    print("=", loss.__name__, "%.4f %.4f" % (history.history['loss'][0], history.history['loss'][-1]))
    print("= dice %.4f iou %.4f" % (history.history['dice_coef'][-1], history.history['mean_iou'][-1]))
    print("= rate %.4f" % K.get_value(model.optimizer.learning_rate))
print("= predicted %.4f" % model.predict(images[:2]).mean())
