# oracle: tf-keras
# WGAN with gradient penalty: a partial as loss, K.gradients of the critic with respect to averaged samples.
from functools import partial

import numpy as np
import tensorflow as tf
from keras import backend as K
from keras.layers import Add, Dense, Input, Lambda, LeakyReLU
from keras.models import Model, Sequential

tf.compat.v1.disable_eager_execution()


class WGANGP():
    def __init__(self):
        self.latent_dim = 3
        self.generator = self.build_generator()
        self.critic = self.build_critic()
        self.generator.trainable = False
        real = Input(shape=(4,))
        z_disc = Input(shape=(self.latent_dim,))
        fake = self.generator(z_disc)
        half = Lambda(lambda t: 0.5 * t)
        interpolated = Add()([half(real), half(fake)])
        validity_interpolated = self.critic(interpolated)
        partial_gp_loss = partial(self.gradient_penalty_loss, averaged_samples=interpolated)
        partial_gp_loss.__name__ = 'gradient_penalty'
        self.critic_model = Model(inputs=[real, z_disc], outputs=[self.critic(real), self.critic(fake), validity_interpolated])
        self.critic_model.compile(loss=[self.wasserstein_loss, self.wasserstein_loss, partial_gp_loss],
                                  optimizer='sgd', loss_weights=[1, 1, 10])
        self.critic.trainable = False
        self.generator.trainable = True
        z_gen = Input(shape=(self.latent_dim,))
        self.generator_model = Model(z_gen, self.critic(self.generator(z_gen)))
        self.generator_model.compile(loss=self.wasserstein_loss, optimizer='sgd')

    def gradient_penalty_loss(self, y_true, y_pred, averaged_samples):
        gradients = K.gradients(y_pred, averaged_samples)[0]
        gradients_sqr = K.square(gradients)
        gradients_sqr_sum = K.sum(gradients_sqr, axis=list(range(1, len(gradients_sqr.shape))))
        gradient_l2_norm = K.sqrt(gradients_sqr_sum)
        gradient_penalty = K.square(1 - gradient_l2_norm)
        return K.mean(gradient_penalty)

    def wasserstein_loss(self, y_true, y_pred):
        return K.mean(y_true * y_pred)

    def fill(self, model):
        model.set_weights([0.4 * np.random.RandomState(i).randn(*w.shape) for i, w in enumerate(model.get_weights())])
        return model

    def build_generator(self):
        model = Sequential()
        model.add(Dense(6, activation='tanh', input_dim=self.latent_dim))
        model.add(Dense(4))
        noise = Input(shape=(self.latent_dim,))
        return self.fill(Model(noise, model(noise)))

    def build_critic(self):
        model = Sequential()
        model.add(Dense(8, input_dim=4, activation='tanh'))
        model.add(Dense(8))
        model.add(LeakyReLU(alpha=0.2))
        model.add(Dense(1))
        img = Input(shape=(4,))
        return self.fill(Model(img, model(img)))

    def train(self, epochs, batch_size):
        rng = np.random.RandomState(0)
        x_train = rng.rand(64, 4).astype('float32')
        valid, fake = -np.ones((batch_size, 1)), np.ones((batch_size, 1))
        dummy = np.zeros((batch_size, 1))
        for epoch in range(epochs):
            for _ in range(2):
                imgs = x_train[rng.randint(0, x_train.shape[0], batch_size)]
                noise = rng.normal(0, 1, (batch_size, self.latent_dim))
                d_loss = self.critic_model.train_on_batch([imgs, noise], [valid, fake, dummy])
            g_loss = self.generator_model.train_on_batch(noise, valid)
            print("= epoch %d" % epoch, " ".join("%.4f" % value for value in d_loss), "g %.4f" % g_loss)


wgan = WGANGP()
wgan.train(epochs=4, batch_size=16)
print("= sample %.4f" % wgan.generator.predict(np.ones((2, 3))).sum())
