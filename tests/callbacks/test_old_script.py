"""A script of 2017 with the callbacks that such scripts have, run as it is."""

import csv
import subprocess
import sys

SCRIPT = """
import numpy as np
from keras.models import Sequential
from keras.layers import Dense
from keras.callbacks import Callback, CSVLogger, EarlyStopping, LearningRateScheduler, ModelCheckpoint
from keras.callbacks import ReduceLROnPlateau, TensorBoard


class LossHistory(Callback):
    def on_train_begin(self, logs={}):
        self.losses = []

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get('loss'))

    def on_epoch_end(self, epoch, logs={}):
        x, y = self.validation_data[0], self.validation_data[1]
        print('shapes', x.shape, y.shape, 'accuracy', logs['val_acc'])
        if logs.get('acc') > 2:
            self.model.stop_training = True


X, y = np.random.rand(60, 5), np.random.randint(0, 2, 60)
model = Sequential()
model.add(Dense(8, input_dim=5, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
checkpoint = ModelCheckpoint('weights-{epoch:02d}-{val_acc:.2f}.hdf5', monitor='val_acc', verbose=1,
                             save_best_only=True, save_weights_only=True, mode='max', period=1)
losses = LossHistory()
history = model.fit(X, y, validation_split=0.2, epochs=3, batch_size=12, verbose=2, callbacks=[
    checkpoint,
    TensorBoard(log_dir='./logs', histogram_freq=1, batch_size=32, write_graph=True, write_grads=False),
    CSVLogger('log.csv'),
    EarlyStopping(monitor='val_acc', patience=5),
    ReduceLROnPlateau(monitor='val_loss', factor=0.2, patience=1, min_lr=1e-5, epsilon=1e-4),
    losses,
])
assert len(history.history['acc']) == len(history.history['val_acc']) == 3
assert len(losses.losses) == 12
"""


def test_it_runs_unmodified(tmp_path):
    (tmp_path / "train.py").write_text(SCRIPT)
    command = [sys.executable, "-W", "ignore", "-m", "torchkeras", "train.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("shapes (12, 5) (12,) accuracy") == 3
    assert "Epoch 1: val_accuracy improved from None to" in done.stdout
    saved = [path.name for path in tmp_path.glob("weights-0?-*.hdf5")]
    assert len(saved) == done.stdout.count("finished saving model")
    with open(tmp_path / "log.csv", newline="") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["0", "1", "2"]
    assert {path.name for path in (tmp_path / "logs").iterdir()} == {"train", "validation"}
