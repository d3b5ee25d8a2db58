# oracle: tf-keras
# The GAN of the time: a discriminator compiled trainable, then frozen inside the combined model.
from __future__ import division, print_function

import numpy as np
from keras.layers import BatchNormalization, Dense, Dropout, Flatten, Input, Reshape, ZeroPadding2D
from keras.layers.advanced_activations import LeakyReLU
from keras.layers.convolutional import Conv2D, UpSampling2D
from keras.models import Model, Sequential
from keras.optimizers import Adam


class Gan():
    def __init__(self):
        self.shape = (8, 8, 1)
        self.latent = 10
        optimizer = Adam(0.0002, 0.5)

        self.discriminator = self.build_discriminator()
        self.discriminator.compile(loss='binary_crossentropy', optimizer=optimizer, metrics=['accuracy'])
        self.generator = self.build_generator()

        z = Input(shape=(self.latent,))
        image = self.generator(z)
        self.discriminator.trainable = False
        valid = self.discriminator(image)
        self.combined = Model(z, valid)
        self.combined.compile(loss='binary_crossentropy', optimizer=Adam(0.0002, 0.5))

    def build_generator(self):
        model = Sequential()
        model.add(Dense(4 * 4 * 4, input_dim=self.latent))
        model.add(LeakyReLU(alpha=0.2))
        model.add(Reshape((4, 4, 4)))
        model.add(UpSampling2D())
        model.add(Conv2D(8, kernel_size=3, padding="same"))
        model.add(BatchNormalization(momentum=0.8))
        model.add(Conv2D(1, kernel_size=3, padding="same", activation='tanh'))
        model.summary()
        noise = Input(shape=(self.latent,))
        return Model(noise, model(noise))

    def build_discriminator(self):
        model = Sequential()
        model.add(Conv2D(8, kernel_size=3, strides=2, input_shape=self.shape, padding="same"))
        model.add(ZeroPadding2D(padding=((0, 1), (0, 1))))
        model.add(LeakyReLU(alpha=0.2))
        model.add(Dropout(0.25))
        model.add(Flatten())
        model.add(Dense(1, activation='sigmoid'))
        model.summary()
        img = Input(shape=self.shape)
        return Model(img, model(img))

    def train(self, epochs, batch_size=16):
        X_train = np.random.rand(64, 8, 8, 1) * 2 - 1
        valid = np.ones((batch_size, 1))
        fake = np.zeros((batch_size, 1))
        for epoch in range(epochs):
            idx = np.random.randint(0, X_train.shape[0], batch_size)
            imgs = X_train[idx]
            noise = np.random.normal(0, 1, (batch_size, self.latent))
            gen_imgs = self.generator.predict(noise)

            start = self.discriminator.get_weights()
            d_loss_real = self.discriminator.train_on_batch(imgs, valid)
            d_loss_fake = self.discriminator.train_on_batch(gen_imgs, fake)
            d_loss = 0.5 * np.add(d_loss_real, d_loss_fake)
            between = self.discriminator.get_weights()
            before = self.generator.get_weights()
            g_loss = self.combined.train_on_batch(noise, valid)
            after = self.discriminator.get_weights()
            print("%d [D loss: %f, acc.: %.2f%%] [G loss: %f]" % (epoch, d_loss[0], 100 * d_loss[1], g_loss))
            print("= the discriminator trains on its own", not np.allclose(start[0], between[0], atol=0, rtol=0))
            print("= it stands still in the combined model", all(np.array_equal(a, b) for a, b in zip(between, after)))
            print("= the generator trains", not np.array_equal(before[0], self.generator.get_weights()[0]))


if __name__ == '__main__':
    gan = Gan()
    print("= parameters", gan.generator.count_params(), gan.discriminator.count_params())
    gan.train(epochs=2)
