# oracle: tf-keras
# Word vectors from skip-grams: Tokenizer, skipgrams, a sampling table, two embeddings and a dot product.
import random

import numpy as np
from keras.layers import Dense, Dot, Embedding, Input, Reshape
from keras.models import Model
from keras.preprocessing import sequence, text
from keras.preprocessing.sequence import make_sampling_table, skipgrams
from keras.preprocessing.text import Tokenizer, hashing_trick, one_hot, tokenizer_from_json

corpus = ["The quick brown fox jumps over the lazy dog", "A dog sleeps over the quick fox", "Brown dogs jump; foxes sleep"]
tokenizer = text.Tokenizer()
tokenizer.fit_on_texts(corpus)
word2id = tokenizer.word_index
id2word = {v: k for k, v in word2id.items()}
vocab_size = len(word2id) + 1
embed_size = 5
wids = [[word2id[w] for w in text.text_to_word_sequence(doc)] for doc in corpus]
print("= words", vocab_size, sorted(word2id.items())[:4])

random.seed(3)
skip_grams = [skipgrams(wid, vocabulary_size=vocab_size, window_size=2, seed=1) for wid in wids]
pairs, labels = skip_grams[0][0], skip_grams[0][1]
print("= pairs", len(pairs), pairs[:5], labels[:5])
table = make_sampling_table(vocab_size, sampling_factor=1e-2)
print("= table", np.round(table[:4], 4).tolist())

word_in, context_in = Input(shape=(1,)), Input(shape=(1,))
word = Reshape((embed_size,))(Embedding(vocab_size, embed_size, input_length=1)(word_in))
context = Reshape((embed_size,))(Embedding(vocab_size, embed_size, input_length=1)(context_in))
out = Dense(1, activation='sigmoid')(Dot(axes=1)([word, context]))
model = Model([word_in, context_in], out)
rng = np.random.RandomState(0)
model.set_weights([0.5 * rng.randn(*w.shape) for w in model.get_weights()])
model.compile(loss='mean_squared_error', optimizer='rmsprop')
for epoch in range(1, 3):
    loss = 0
    for elem in skip_grams:
        first = np.array(list(zip(*elem[0]))[0], dtype='int32')
        second = np.array(list(zip(*elem[0]))[1], dtype='int32')
        loss += model.train_on_batch([first, second], np.array(elem[1], dtype='int32'))
    print("= epoch", epoch, "%.4f" % loss)
weights = model.layers[2].get_weights()[0]
print("= vectors", weights.shape, "%.4f" % weights[1:].sum())

print("= matrix", tokenizer.texts_to_matrix(corpus, mode='tfidf').shape,
      "%.4f" % tokenizer.texts_to_matrix(corpus, mode='tfidf').sum(), tokenizer.texts_to_matrix(corpus, mode='count').sum())
again = tokenizer_from_json(tokenizer.to_json())
print("= again", again.texts_to_sequences(["the lazy fox"]), again.sequences_to_texts([[1, 2]]))
print("= hashed", hashing_trick("the lazy fox", 20, hash_function='md5'), len(one_hot("a b c", 10)))
letters = Tokenizer(char_level=True, oov_token='UNK')
letters.fit_on_texts(corpus)
print("= letters", letters.texts_to_sequences(["fox!z"]), letters.num_words)
print("= padded", sequence.pad_sequences([[1, 2, 3], [4]], maxlen=2, padding='post', truncating='post').tolist())
