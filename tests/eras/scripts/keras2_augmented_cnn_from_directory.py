# oracle: tf-keras
# The "little data" tutorial: a small CNN on pictures in folders, augmented, trained by fit_generator.
import os

import numpy as np
from keras import backend as K
from keras.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator, array_to_img, img_to_array, load_img

img_width, img_height = 16, 16
train_data_dir = 'data/train'
validation_data_dir = 'data/validation'
nb_train_samples = 20
nb_validation_samples = 8
epochs = 2
batch_size = 4

rng = np.random.RandomState(0)
for folder, count in ((train_data_dir, nb_train_samples), (validation_data_dir, nb_validation_samples)):
    for label, name in enumerate(['cats', 'dogs']):
        os.makedirs(os.path.join(folder, name))
        for i in range(count // 2):
            picture = rng.randint(0, 200, (24, 20, 3)) + 40 * label
            array_to_img(picture, scale=False).save(os.path.join(folder, name, '%s.%d.png' % (name, i)))

if K.image_data_format() == 'channels_first':
    input_shape = (3, img_width, img_height)
else:
    input_shape = (img_width, img_height, 3)

model = Sequential()
model.add(Conv2D(4, (3, 3), input_shape=input_shape))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Conv2D(6, (3, 3)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(8))
model.add(Activation('relu'))
model.add(Dropout(0.0))
model.add(Dense(1))
model.add(Activation('sigmoid'))
model.set_weights([0.2 * rng.randn(*w.shape) for w in model.get_weights()])
model.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])

train_datagen = ImageDataGenerator(rescale=1. / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True)
test_datagen = ImageDataGenerator(rescale=1. / 255)
train_generator = train_datagen.flow_from_directory(
    train_data_dir, target_size=(img_width, img_height), batch_size=batch_size, class_mode='binary', seed=3)
validation_generator = test_datagen.flow_from_directory(
    validation_data_dir, target_size=(img_width, img_height), batch_size=batch_size, class_mode='binary', shuffle=False)
print("= classes", sorted(train_generator.class_indices.items()), train_generator.samples, validation_generator.n)

history = model.fit_generator(
    train_generator,
    steps_per_epoch=nb_train_samples // batch_size,
    epochs=epochs,
    validation_data=validation_generator,
    validation_steps=nb_validation_samples // batch_size,
    shuffle=False)
print("= keys", sorted(history.history))
print("= epochs", len(history.history['val_loss']), "%.4f" % history.history['loss'][0])

model.save_weights('first_try.h5')
model.set_weights([0.2 * rng.randn(*w.shape) for w in model.get_weights()])
loss, accuracy = model.evaluate_generator(validation_generator, steps=2)
print("= evaluated %.4f %.4f" % (loss, accuracy))
validation_generator.reset()
pred = model.predict_generator(validation_generator, steps=len(validation_generator), verbose=1)
predicted_class_indices = (pred > 0.5).astype(int)[:, 0]
labels = dict((v, k) for k, v in train_generator.class_indices.items())
predictions = [labels[k] for k in predicted_class_indices]
print("= predicted", list(zip(validation_generator.filenames, predictions)), np.round(pred[:, 0], 3).sum() > 0)
print("= sum %.4f" % pred.sum())

img = load_img('data/train/cats/cats.0.png', target_size=(img_width, img_height))
x = img_to_array(img)
x = x.reshape((1,) + x.shape)
os.makedirs('preview')
i = 0
np.random.seed(5)
datagen = ImageDataGenerator(rotation_range=40, width_shift_range=0.2, height_shift_range=0.2, fill_mode='nearest')
for batch in datagen.flow(x, batch_size=1, save_to_dir='preview', save_prefix='cat', save_format='jpeg'):
    i += 1
    if i >= 5:
        break
print("= preview", len(os.listdir('preview')), "%.3f" % batch.mean())
