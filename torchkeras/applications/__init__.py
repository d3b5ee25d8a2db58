"""Image classifiers, with weights trained on ImageNet if wanted.

The arguments that the models share:

- `include_top`: with the classifier, or only the features.
- `weights`: ``"imagenet"``, from Keras' cache or downloaded into it; None for random ones; or the path of a weights
  file.
- `input_tensor`: a symbolic tensor to build the model on, in place of an input of its own.
- `input_shape`: height, width and channels of the images, if they are not those the model was made for.
- `pooling`: without the classifier, ``"avg"`` or ``"max"`` over all positions gives one vector an image; None keeps
  the 4-D features.
- `classes`, `classifier_activation`: of the classifier; other than 1000 and ``"softmax"`` only without ImageNet's
  weights (None gives the logits with them, too).
- `name`: the model's name.
"""

from torchkeras.applications import imagenet_utils as imagenet_utils
from torchkeras.applications import resnet as resnet
from torchkeras.applications import resnet50 as resnet50
from torchkeras.applications import resnet_v2 as resnet_v2
from torchkeras.applications import vgg16 as vgg16
from torchkeras.applications import vgg19 as vgg19
from torchkeras.applications.resnet import ResNet50 as ResNet50
from torchkeras.applications.resnet import ResNet101 as ResNet101
from torchkeras.applications.resnet import ResNet152 as ResNet152
from torchkeras.applications.resnet_v2 import ResNet50V2 as ResNet50V2
from torchkeras.applications.resnet_v2 import ResNet101V2 as ResNet101V2
from torchkeras.applications.resnet_v2 import ResNet152V2 as ResNet152V2
from torchkeras.applications.vgg16 import VGG16 as VGG16
from torchkeras.applications.vgg19 import VGG19 as VGG19
