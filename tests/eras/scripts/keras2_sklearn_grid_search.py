# oracle: none - tf-keras has no keras.wrappers any more
# The tutorials on searching for hyperparameters, and on the sonar and housing data.
import numpy
from keras.layers import Dense, Dropout
from keras.models import Sequential
from keras.utils import np_utils
from keras.wrappers.scikit_learn import KerasClassifier, KerasRegressor
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold, cross_val_score, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler


def create_model(optimizer='adam', neurons=4, dropout_rate=0.0):
    model = Sequential()
    model.add(Dense(neurons, input_dim=8, kernel_initializer='normal', activation='relu'))
    model.add(Dropout(dropout_rate))
    model.add(Dense(1, kernel_initializer='normal', activation='sigmoid'))
    model.compile(loss='binary_crossentropy', optimizer=optimizer, metrics=['accuracy'])
    return model


seed = 7
numpy.random.seed(seed)
X = numpy.random.rand(60, 8)
Y = (X[:, 0] + X[:, 1] > 1).astype(int)

model = KerasClassifier(build_fn=create_model, epochs=2, verbose=0)
param_grid = dict(batch_size=[10, 20], optimizer=['SGD', 'Adam'], neurons=[2, 4])
grid = GridSearchCV(estimator=model, param_grid=param_grid, cv=3)
grid_result = grid.fit(X, Y)
print("Best: %f using %s" % (grid_result.best_score_, grid_result.best_params_))
means = grid_result.cv_results_['mean_test_score']
stds = grid_result.cv_results_['std_test_score']
params = grid_result.cv_results_['params']
for mean, stdev, param in zip(means, stds, params):
    print("%f (%f) with: %r" % (mean, stdev, param))
print("= searched", len(params), sorted(params[0]), 0 <= means.min() <= means.max() <= 1)
print("= refitted", grid.best_estimator_.predict(X).shape, grid.predict_proba(X).shape)

encoder = LabelEncoder()
encoder.fit(numpy.where(Y, 'R', 'M'))
encoded_Y = encoder.transform(numpy.where(Y, 'R', 'M'))
estimators = []
estimators.append(('standardize', StandardScaler()))
estimators.append(('mlp', KerasClassifier(build_fn=create_model, epochs=2, batch_size=5, verbose=0)))
pipeline = Pipeline(estimators)
kfold = StratifiedKFold(n_splits=4, shuffle=True, random_state=seed)
results = cross_val_score(pipeline, X, encoded_Y, cv=kfold)
print("Standardized: %.2f%% (%.2f%%)" % (results.mean() * 100, results.std() * 100))
print("= folds", results.shape, bool((0 <= results).all() and (results <= 1).all()))


def three_classes():
    model = Sequential()
    model.add(Dense(8, input_dim=8, activation='relu'))
    model.add(Dense(3, activation='softmax'))
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model


dummy_y = np_utils.to_categorical(numpy.minimum((X[:, 0] * 3).astype(int), 2))
estimator = KerasClassifier(build_fn=three_classes, epochs=2, batch_size=5, verbose=0)
X_train, X_test, Y_train, Y_test = train_test_split(X, dummy_y, test_size=0.33, random_state=seed)
estimator.fit(X_train, Y_train)
predictions = estimator.predict(X_test)
print("= classes", predictions.shape, set(predictions) <= {0, 1, 2}, estimator.predict_proba(X_test).shape)
print("= scores", cross_val_score(estimator, X, dummy_y, cv=KFold(n_splits=3, shuffle=True, random_state=seed)).shape)


def baseline_model():
    model = Sequential()
    model.add(Dense(13, input_dim=8, kernel_initializer='normal', activation='relu'))
    model.add(Dense(1, kernel_initializer='normal'))
    model.compile(loss='mean_squared_error', optimizer='adam')
    return model


regressor = KerasRegressor(build_fn=baseline_model, nb_epoch=2, batch_size=5, verbose=0)
results = cross_val_score(regressor, X, X.sum(axis=1), cv=KFold(n_splits=3))
print("= errors", results.shape, bool((results < 0).all()))
history = regressor.fit(X, X.sum(axis=1), validation_split=0.2)
print("= history", sorted(history.history), len(history.epoch), regressor.predict(X).shape)
