# oracle: tf-keras
# Segmentation: generators of images and of masks with one seed, zipped; a small U-Net with a Dice loss.
import numpy as np
from keras import backend as K
from keras.layers import Conv2D, Input, MaxPooling2D, UpSampling2D, concatenate
from keras.models import Model
from keras.optimizers import Adam
from keras.preprocessing.image import ImageDataGenerator

smooth = 1.


def dice_coef(y_true, y_pred):
    y_true_f = K.flatten(y_true)
    y_pred_f = K.flatten(y_pred)
    intersection = K.sum(y_true_f * y_pred_f)
    return (2. * intersection + smooth) / (K.sum(y_true_f) + K.sum(y_pred_f) + smooth)


def dice_coef_loss(y_true, y_pred):
    return 1. - dice_coef(y_true, y_pred)


rng = np.random.RandomState(0)
images = rng.rand(12, 16, 16, 1).astype('float32')
masks = (images > 0.5).astype('float32')

inputs = Input((16, 16, 1))
conv1 = Conv2D(4, (3, 3), activation='relu', padding='same')(inputs)
pool1 = MaxPooling2D(pool_size=(2, 2))(conv1)
conv2 = Conv2D(6, (3, 3), activation='relu', padding='same')(pool1)
up3 = concatenate([UpSampling2D(size=(2, 2))(conv2), conv1], axis=-1)
conv3 = Conv2D(1, (1, 1), activation='sigmoid')(up3)
model = Model(inputs=[inputs], outputs=[conv3])
model.set_weights([0.3 * rng.randn(*w.shape) for w in model.get_weights()])
model.compile(optimizer=Adam(lr=1e-3), loss=dice_coef_loss, metrics=[dice_coef])

data_gen_args = dict(rotation_range=20, width_shift_range=0.1, height_shift_range=0.1, zoom_range=0.2,
                     horizontal_flip=True, fill_mode='reflect')
image_datagen = ImageDataGenerator(**data_gen_args)
mask_datagen = ImageDataGenerator(**data_gen_args)
seed = 1
image_datagen.fit(images, augment=True, seed=seed)
mask_datagen.fit(masks, augment=True, seed=seed)
image_generator = image_datagen.flow(images, batch_size=4, seed=seed)
mask_generator = mask_datagen.flow(masks, batch_size=4, seed=seed)
train_generator = zip(image_generator, mask_generator)

first = next(train_generator)
print("= first", first[0].shape, first[1].shape, "%.4f %.4f" % (first[0].mean(), first[1].mean()))
print("= together", bool(np.mean((first[0] > 0.5) == (first[1] > 0.5)) > 0.75))
history = model.fit_generator(train_generator, steps_per_epoch=3, epochs=2, verbose=2)
print("= keys", sorted(history.history))
print("= loss", " ".join("%.3f" % v for v in history.history['loss']))


def endless(batch_size):
    while True:
        ix = np.arange(batch_size)
        yield images[ix], masks[ix]


history = model.fit_generator(endless(4), steps_per_epoch=2, epochs=1, validation_data=endless(2), validation_steps=1)
print("= validated", sorted(history.history))
preds = model.predict(images[:2], verbose=0)
print("= preds", preds.shape, bool(((preds > 0) & (preds < 1)).all()))
