"""Boxes around objects in images: formats, overlap, moving them with their image, and what a detector predicts."""

from torchkeras.utils.bounding_boxes._deltas import decode_deltas_to_boxes as decode_deltas_to_boxes
from torchkeras.utils.bounding_boxes._deltas import encode_box_to_deltas as encode_box_to_deltas
from torchkeras.utils.bounding_boxes._formats import clip_to_image_size as clip_to_image_size
from torchkeras.utils.bounding_boxes._formats import convert_format as convert_format
from torchkeras.utils.bounding_boxes._moving import affine_transform as affine_transform
from torchkeras.utils.bounding_boxes._moving import crop as crop
from torchkeras.utils.bounding_boxes._moving import pad as pad
from torchkeras.utils.bounding_boxes._overlap import compute_ciou as compute_ciou
from torchkeras.utils.bounding_boxes._overlap import compute_iou as compute_iou
