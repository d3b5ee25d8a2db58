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

from torchkeras.applications import convnext as convnext
from torchkeras.applications import densenet as densenet
from torchkeras.applications import efficientnet as efficientnet
from torchkeras.applications import efficientnet_v2 as efficientnet_v2
from torchkeras.applications import imagenet_utils as imagenet_utils
from torchkeras.applications import inception_resnet_v2 as inception_resnet_v2
from torchkeras.applications import inception_v3 as inception_v3
from torchkeras.applications import mobilenet as mobilenet
from torchkeras.applications import mobilenet_v2 as mobilenet_v2
from torchkeras.applications import mobilenet_v3 as mobilenet_v3
from torchkeras.applications import nasnet as nasnet
from torchkeras.applications import resnet as resnet
from torchkeras.applications import resnet50 as resnet50
from torchkeras.applications import resnet_v2 as resnet_v2
from torchkeras.applications import vgg16 as vgg16
from torchkeras.applications import vgg19 as vgg19
from torchkeras.applications import xception as xception
from torchkeras.applications._mobilenet_v3 import MobileNetV3Large as MobileNetV3Large
from torchkeras.applications._mobilenet_v3 import MobileNetV3Small as MobileNetV3Small
from torchkeras.applications.convnext import ConvNeXtBase as ConvNeXtBase
from torchkeras.applications.convnext import ConvNeXtLarge as ConvNeXtLarge
from torchkeras.applications.convnext import ConvNeXtSmall as ConvNeXtSmall
from torchkeras.applications.convnext import ConvNeXtTiny as ConvNeXtTiny
from torchkeras.applications.convnext import ConvNeXtXLarge as ConvNeXtXLarge
from torchkeras.applications.densenet import DenseNet121 as DenseNet121
from torchkeras.applications.densenet import DenseNet169 as DenseNet169
from torchkeras.applications.densenet import DenseNet201 as DenseNet201
from torchkeras.applications.efficientnet import EfficientNetB0 as EfficientNetB0
from torchkeras.applications.efficientnet import EfficientNetB1 as EfficientNetB1
from torchkeras.applications.efficientnet import EfficientNetB2 as EfficientNetB2
from torchkeras.applications.efficientnet import EfficientNetB3 as EfficientNetB3
from torchkeras.applications.efficientnet import EfficientNetB4 as EfficientNetB4
from torchkeras.applications.efficientnet import EfficientNetB5 as EfficientNetB5
from torchkeras.applications.efficientnet import EfficientNetB6 as EfficientNetB6
from torchkeras.applications.efficientnet import EfficientNetB7 as EfficientNetB7
from torchkeras.applications.efficientnet_v2 import EfficientNetV2B0 as EfficientNetV2B0
from torchkeras.applications.efficientnet_v2 import EfficientNetV2B1 as EfficientNetV2B1
from torchkeras.applications.efficientnet_v2 import EfficientNetV2B2 as EfficientNetV2B2
from torchkeras.applications.efficientnet_v2 import EfficientNetV2B3 as EfficientNetV2B3
from torchkeras.applications.efficientnet_v2 import EfficientNetV2L as EfficientNetV2L
from torchkeras.applications.efficientnet_v2 import EfficientNetV2M as EfficientNetV2M
from torchkeras.applications.efficientnet_v2 import EfficientNetV2S as EfficientNetV2S
from torchkeras.applications.inception_resnet_v2 import InceptionResNetV2 as InceptionResNetV2
from torchkeras.applications.inception_v3 import InceptionV3 as InceptionV3
from torchkeras.applications.mobilenet import MobileNet as MobileNet
from torchkeras.applications.mobilenet_v2 import MobileNetV2 as MobileNetV2
from torchkeras.applications.nasnet import NASNetLarge as NASNetLarge
from torchkeras.applications.nasnet import NASNetMobile as NASNetMobile
from torchkeras.applications.resnet import ResNet50 as ResNet50
from torchkeras.applications.resnet import ResNet101 as ResNet101
from torchkeras.applications.resnet import ResNet152 as ResNet152
from torchkeras.applications.resnet_v2 import ResNet50V2 as ResNet50V2
from torchkeras.applications.resnet_v2 import ResNet101V2 as ResNet101V2
from torchkeras.applications.resnet_v2 import ResNet152V2 as ResNet152V2
from torchkeras.applications.vgg16 import VGG16 as VGG16
from torchkeras.applications.vgg19 import VGG19 as VGG19
from torchkeras.applications.xception import Xception as Xception
