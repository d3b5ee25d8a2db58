# oracle: tf-keras
# The toxic comments kernel: Tokenizer, pad_sequences, vectors from a text file, a bidirectional LSTM, a submission.
import numpy as np
import pandas as pd
from keras import initializers, regularizers, constraints, optimizers, layers  # noqa: F401
from keras.callbacks import EarlyStopping, ModelCheckpoint
from keras.layers import LSTM, Activation, Bidirectional, Dense, Dropout, Embedding, GlobalMaxPool1D, Input  # noqa: F401
from keras.models import Model
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer, text_to_word_sequence

rng = np.random.RandomState(0)
vocabulary = ['good', 'bad', 'film', 'book', 'plot', 'the', 'a', 'was', 'is', 'very', 'not', "isn't", 'dull', 'fine']
comments = [' '.join(rng.choice(vocabulary, rng.randint(3, 12))) + '!' for _ in range(60)]
train = pd.DataFrame({'comment_text': comments, 'toxic': [int('bad' in c) for c in comments],
                      'insult': [int('dull' in c) for c in comments]})
test = pd.DataFrame({'id': range(5), 'comment_text': comments[:4] + [np.nan]})
with open('glove.txt', 'w') as file:
    for word in vocabulary[:-2]:
        file.write(word + ' ' + ' '.join('%.4f' % v for v in rng.randn(6)) + '\n')

embed_size = 6
max_features = 12
maxlen = 10
list_sentences_train = train["comment_text"].fillna("_na_").values
list_classes = ["toxic", "insult"]
y = train[list_classes].values
list_sentences_test = test["comment_text"].fillna("_na_").values

tokenizer = Tokenizer(num_words=max_features)
tokenizer.fit_on_texts(list(list_sentences_train))
list_tokenized_train = tokenizer.texts_to_sequences(list_sentences_train)
list_tokenized_test = tokenizer.texts_to_sequences(list_sentences_test)
X_t = pad_sequences(list_tokenized_train, maxlen=maxlen)
X_te = pad_sequences(list_tokenized_test, maxlen=maxlen)
print("= words", list(tokenizer.word_index.items())[:5], len(tokenizer.word_counts), tokenizer.document_count)
print("= padded", X_t.shape, X_t[:2].tolist(), X_te[-1].tolist())
print("= split", text_to_word_sequence(comments[0]) == comments[0].rstrip('!').split())


def get_coefs(word, *arr):
    return word, np.asarray(arr, dtype='float32')


embeddings_index = dict(get_coefs(*o.strip().split()) for o in open('glove.txt'))
all_embs = np.stack(list(embeddings_index.values()))
emb_mean, emb_std = all_embs.mean(), all_embs.std()
word_index = tokenizer.word_index
nb_words = min(max_features, len(word_index))
embedding_matrix = rng.normal(emb_mean, emb_std, (nb_words, embed_size))
for word, i in word_index.items():
    if i >= max_features:
        continue
    embedding_vector = embeddings_index.get(word)
    if embedding_vector is not None:
        embedding_matrix[i] = embedding_vector

inp = Input(shape=(maxlen,))
x = Embedding(max_features, embed_size, weights=[embedding_matrix], trainable=False)(inp)
x = Bidirectional(LSTM(5, return_sequences=True, dropout=0.0, recurrent_dropout=0.0))(x)
x = GlobalMaxPool1D()(x)
x = Dense(7, activation="relu")(x)
x = Dropout(0.0)(x)
x = Dense(2, activation="sigmoid")(x)
model = Model(inputs=inp, outputs=x)
model.set_weights([model.get_weights()[0]] + [0.3 * rng.randn(*w.shape) for w in model.get_weights()[1:]])
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
print("= frozen", np.allclose(model.get_weights()[0], embedding_matrix), len(model.trainable_weights))

checkpoint = ModelCheckpoint('weights_base.best.hdf5', monitor='val_loss', verbose=1, save_best_only=True, mode='min')
early = EarlyStopping(monitor="val_loss", mode="min", patience=20)
history = model.fit(X_t, y, batch_size=32, epochs=2, validation_split=0.1, callbacks=[checkpoint, early], shuffle=False)
print("= keys", sorted(history.history))
print("= loss", " ".join("%.4f" % v for v in history.history['loss'] + history.history['val_loss']))

model.load_weights('weights_base.best.hdf5')
y_test = model.predict([X_te], batch_size=1024, verbose=1)
sample_submission = pd.DataFrame({'id': test['id']})
for column, name in enumerate(list_classes):
    sample_submission[name] = y_test[:, column]
sample_submission.to_csv('baseline.csv', index=False)
print("= submission", pd.read_csv('baseline.csv').shape, "%.4f" % sample_submission[list_classes].values.mean())
