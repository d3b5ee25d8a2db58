# oracle: tf-keras
# The variational autoencoder of the first examples: a loss that looks at tensors of the graph.
import numpy as np
import tensorflow as tf
from keras import backend as K
from keras import metrics
from keras.layers import Dense, Input, Lambda
from keras.models import Model

tf.compat.v1.disable_eager_execution()

batch_size = 10
original_dim = 12
latent_dim = 2
intermediate_dim = 8
epsilon_std = 0.0  # so that the run can be repeated everywhere

x = Input(shape=(original_dim,))
h = Dense(intermediate_dim, activation='relu')(x)
z_mean = Dense(latent_dim)(h)
z_log_var = Dense(latent_dim)(h)


def sampling(args):
    z_mean, z_log_var = args
    epsilon = K.random_normal(shape=(K.shape(z_mean)[0], latent_dim), mean=0., stddev=epsilon_std)
    return z_mean + K.exp(z_log_var / 2) * epsilon


z = Lambda(sampling, output_shape=(latent_dim,))([z_mean, z_log_var])
decoder_h = Dense(intermediate_dim, activation='relu')
decoder_mean = Dense(original_dim, activation='sigmoid')
x_decoded_mean = decoder_mean(decoder_h(z))
vae = Model(x, x_decoded_mean)


def vae_loss(x, x_decoded_mean):
    xent_loss = original_dim * metrics.binary_crossentropy(x, x_decoded_mean)
    kl_loss = - 0.5 * K.sum(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)
    return K.mean(xent_loss + kl_loss)


def kl(y_true, y_pred):
    return K.mean(- 0.5 * K.sum(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1))


vae.set_weights([0.4 * np.random.RandomState(i).randn(*w.shape) for i, w in enumerate(vae.get_weights())])
vae.compile(optimizer='sgd', loss=vae_loss, metrics=[kl])
data = np.random.RandomState(1).rand(40, original_dim).astype('float32')
history = vae.fit(data, data, shuffle=False, epochs=3, batch_size=batch_size, verbose=2, validation_data=(data[:20], data[:20]))
print("= losses", " ".join("%.4f" % value for value in history.history['loss'] + history.history['val_loss']))
print("= kl", " ".join("%.4f" % value for value in history.history['kl']))

encoder = Model(x, z_mean)
encoded = encoder.predict(data, batch_size=batch_size)
print("= encoded", encoded.shape, "%.4f" % encoded.sum())
decoder_input = Input(shape=(latent_dim,))
generator = Model(decoder_input, decoder_mean(decoder_h(decoder_input)))
print("= generated %.4f" % generator.predict(np.array([[0.5, -0.5]])).sum())
