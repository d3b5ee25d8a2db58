# oracle: none - Keras 1, which no Python of today runs
# Autoencoders as the blog of 2016 had them: dense, convolutional, with deconvolution, and variational.
from __future__ import print_function
import numpy as np
np.random.seed(1337)

from keras.layers import Input, Dense, Lambda, Convolution2D, MaxPooling2D, UpSampling2D, Deconvolution2D, Flatten, Reshape
from keras.models import Model
from keras import backend as K
from keras import objectives, regularizers

encoding_dim, side = 6, 8
x_train = np.random.rand(96, side * side).astype('float32')
x_train = (x_train > 0.7).astype('float32')

input_img = Input(shape=(side * side,))
encoded = Dense(encoding_dim, activation='relu', activity_regularizer=regularizers.activity_l1(10e-5))(input_img)
decoded = Dense(side * side, activation='sigmoid')(encoded)
autoencoder = Model(input=input_img, output=decoded)
encoder = Model(input=input_img, output=encoded)
encoded_input = Input(shape=(encoding_dim,))
decoder_layer = autoencoder.layers[-1]
decoder = Model(input=encoded_input, output=decoder_layer(encoded_input))
autoencoder.compile(optimizer='adadelta', loss='binary_crossentropy')
hist = autoencoder.fit(x_train, x_train, nb_epoch=3, batch_size=32, shuffle=True, validation_data=(x_train, x_train), verbose=0)
codes = encoder.predict(x_train)
print('= dense', codes.shape, decoder.predict(codes).shape, hist.history['loss'][-1] < hist.history['loss'][0])
print('= twice', np.allclose(decoder.predict(codes), autoencoder.predict(x_train), atol=1e-5))
print('= calls', decoder_layer.get_output_at(0)._keras_shape, decoder_layer.get_input_shape_at(1), len(decoder_layer.inbound_nodes))

images = x_train.reshape(-1, side, side, 1)
input_img = Input(shape=(side, side, 1))
x = Convolution2D(8, 3, 3, activation='relu', border_mode='same')(input_img)
x = MaxPooling2D((2, 2), border_mode='same')(x)
encoded = Convolution2D(4, 3, 3, activation='relu', border_mode='same')(x)
x = UpSampling2D((2, 2))(encoded)
decoded = Convolution2D(1, 3, 3, activation='sigmoid', border_mode='same')(x)
model = Model(input_img, decoded)
model.compile(optimizer='adam', loss='mse')
model.fit(images, images, nb_epoch=1, batch_size=32, verbose=0)
print('= convolutional', model.output_shape, model.count_params())
x = Deconvolution2D(1, 3, 3, output_shape=(None, side, side, 1), subsample=(2, 2), border_mode='same', activation='sigmoid')(encoded)
print('= deconvolution', Model(input_img, x).predict(images).shape)

batch_size, original_dim, latent_dim, intermediate_dim, epsilon_std = 16, side * side, 2, 12, 0.01
x = Input(batch_shape=(batch_size, original_dim))
h = Dense(intermediate_dim, activation='relu')(x)
z_mean = Dense(latent_dim)(h)
z_log_var = Dense(latent_dim)(h)


def sampling(args):
    z_mean, z_log_var = args
    epsilon = K.random_normal(shape=(batch_size, latent_dim), mean=0., std=epsilon_std)
    return z_mean + K.exp(z_log_var / 2) * epsilon


z = Lambda(sampling, output_shape=(latent_dim,))([z_mean, z_log_var])
decoder_h = Dense(intermediate_dim, activation='relu')
decoder_mean = Dense(original_dim, activation='sigmoid')
x_decoded_mean = decoder_mean(decoder_h(z))


def vae_loss(x, x_decoded_mean):
    xent_loss = original_dim * objectives.binary_crossentropy(x, x_decoded_mean)
    kl_loss = - 0.5 * K.sum(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)
    return xent_loss + kl_loss


vae = Model(x, x_decoded_mean)
vae.compile(optimizer='rmsprop', loss=vae_loss)
hist = vae.fit(x_train, x_train, shuffle=True, nb_epoch=4, batch_size=batch_size, validation_data=(x_train, x_train), verbose=0)
print('= variational', vae.output_shape, hist.history['loss'][-1] < hist.history['loss'][0], sorted(hist.history))
encoder = Model(x, z_mean)
print('= latent', encoder.predict(x_train, batch_size=batch_size).shape)
decoder_input = Input(shape=(latent_dim,))
generator = Model(decoder_input, decoder_mean(decoder_h(decoder_input)))
print('= generated', generator.predict(np.array([[0.5, -0.5]])).shape)
