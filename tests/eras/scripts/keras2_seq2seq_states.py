# oracle: tf-keras
# An encoder and a decoder that share trained layers with two inference models.
import numpy as np
from keras.layers import LSTM, Dense, Input
from keras.models import Model, load_model

num_encoder_tokens, num_decoder_tokens, latent_dim = 6, 7, 8

encoder_inputs = Input(shape=(None, num_encoder_tokens))
encoder = LSTM(latent_dim, return_state=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
encoder_states = [state_h, state_c]

decoder_inputs = Input(shape=(None, num_decoder_tokens))
decoder_lstm = LSTM(latent_dim, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_dense = Dense(num_decoder_tokens, activation='softmax')
decoder_outputs = decoder_dense(decoder_outputs)

model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
rng = np.random.RandomState(1)
model.set_weights([0.3 * rng.randn(*w.shape) for w in model.get_weights()])
model.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])
encoded, decoded = rng.rand(20, 5, num_encoder_tokens), rng.rand(20, 4, num_decoder_tokens)
target = np.eye(num_decoder_tokens)[rng.randint(0, num_decoder_tokens, (20, 4))]
history = model.fit([encoded, decoded], target, batch_size=8, epochs=2, validation_split=0.2, shuffle=False, verbose=2)
print("= loss", " ".join("%.4f" % value for value in history.history['loss'] + history.history['val_loss']))
model.save('s2s.h5')

encoder_model = Model(encoder_inputs, encoder_states)
decoder_state_inputs = [Input(shape=(latent_dim,)), Input(shape=(latent_dim,))]
outputs, h, c = decoder_lstm(decoder_inputs, initial_state=decoder_state_inputs)
decoder_model = Model([decoder_inputs] + decoder_state_inputs, [decoder_dense(outputs)] + [h, c])


def decode(sequence):
    states_value = encoder_model.predict(sequence)
    target_seq = np.zeros((1, 1, num_decoder_tokens))
    target_seq[0, 0, 0] = 1.
    tokens = []
    while len(tokens) < 6:
        output_tokens, h, c = decoder_model.predict([target_seq] + states_value)
        index = np.argmax(output_tokens[0, -1, :])
        tokens.append(int(index))
        target_seq = np.zeros((1, 1, num_decoder_tokens))
        target_seq[0, 0, index] = 1.
        states_value = [h, c]
    return tokens


print("= tokens", decode(encoded[:1]))
again = load_model('s2s.h5')
print("= same", np.allclose(again.predict([encoded, decoded]), model.predict([encoded, decoded]), atol=1e-5))
