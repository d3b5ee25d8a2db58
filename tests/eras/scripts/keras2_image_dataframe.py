# oracle: tf-keras
# Pictures that a data frame lists: flow_from_dataframe with subsets, class weights, a fine-tuned small base.
import os

import numpy as np
import pandas as pd
from keras import layers, models
from keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from keras.preprocessing.image import ImageDataGenerator
from PIL import Image
from sklearn.model_selection import train_test_split

rng = np.random.RandomState(0)
os.makedirs('train_images')
rows = []
for i in range(24):
    label = i % 3
    Image.fromarray((rng.randint(0, 150, (12, 12, 3)) + 50 * label).astype('uint8')).save('train_images/%02d.png' % i)
    rows.append({'id_code': '%02d' % i, 'diagnosis': label})
train_df = pd.DataFrame(rows)
train_df['id_code'] = train_df['id_code'].apply(lambda x: x + '.png')
train_df['diagnosis'] = train_df['diagnosis'].astype(str)

datagen = ImageDataGenerator(rescale=1. / 255, validation_split=0.25, horizontal_flip=True, rotation_range=15)
common = dict(dataframe=train_df, directory='train_images', x_col='id_code', y_col='diagnosis', batch_size=5,
              class_mode='categorical', target_size=(10, 10), seed=42)
train_generator = datagen.flow_from_dataframe(subset='training', shuffle=False, **common)
valid_generator = datagen.flow_from_dataframe(subset='validation', shuffle=False, **common)
print("= found", train_generator.n, valid_generator.n, train_generator.class_indices, train_generator.filenames[:2])
x, y = next(train_generator)
print("= batch", x.shape, y.tolist(), "%.4f" % x.mean())
train_generator.reset()

model = models.Sequential()
model.add(layers.Conv2D(4, (3, 3), activation='relu', input_shape=(10, 10, 3)))
model.add(layers.BatchNormalization())
model.add(layers.GlobalAveragePooling2D())
model.add(layers.Dense(3, activation='softmax'))
model.set_weights([0.3 * rng.rand(*w.shape) + 0.1 for w in model.get_weights()])
for layer in model.layers[:2]:
    layer.trainable = False
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['acc'])
print("= trainable", len(model.trainable_weights), len(model.non_trainable_weights))

STEP_SIZE_TRAIN = train_generator.n // train_generator.batch_size
STEP_SIZE_VALID = valid_generator.n // valid_generator.batch_size
callbacks = [EarlyStopping(patience=5), ReduceLROnPlateau(patience=3),
             ModelCheckpoint('model.h5', monitor='val_acc', save_best_only=True, mode='max')]
history = model.fit_generator(generator=train_generator,
                              steps_per_epoch=STEP_SIZE_TRAIN,
                              validation_data=valid_generator,
                              validation_steps=STEP_SIZE_VALID,
                              class_weight={0: 1.0, 1: 2.0, 2: 0.5},
                              epochs=2, callbacks=callbacks, verbose=2)
print("= keys", [key for key in sorted(history.history) if key.startswith(('acc', 'loss', 'val_'))])

df_train, df_test = train_test_split(train_df, test_size=0.25, random_state=1)
test_datagen = ImageDataGenerator(rescale=1. / 255)
test_generator = test_datagen.flow_from_dataframe(df_test, 'train_images', x_col='id_code', y_col=None, class_mode=None,
                                                  batch_size=1, target_size=(10, 10), shuffle=False)
model.set_weights([0.3 * rng.rand(*w.shape) + 0.1 for w in model.get_weights()])
preds = model.predict_generator(test_generator, steps=test_generator.n)
print("= preds", preds.shape, test_generator.filenames == list(df_test['id_code']), "%.4f" % preds[:, 1].sum())
raw = ImageDataGenerator().flow_from_dataframe(
    train_df.assign(score=np.arange(24.0)), 'train_images', x_col='id_code', y_col='score', class_mode='raw',
    target_size=(6, 6), color_mode='grayscale', batch_size=4, seed=1)
images, scores = raw.next()
print("= raw", images.shape, scores.tolist(), "%.3f" % images.mean())
