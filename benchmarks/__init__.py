"""How fast torchkeras is: ratios against hand-written torch and against Keras, in one run."""
