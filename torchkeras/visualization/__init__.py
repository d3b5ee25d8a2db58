"""Pictures of what goes into a model for images and comes out of it."""

from torchkeras.visualization._drawing import draw_bounding_boxes as draw_bounding_boxes
from torchkeras.visualization._drawing import draw_segmentation_masks as draw_segmentation_masks
from torchkeras.visualization._galleries import plot_bounding_box_gallery as plot_bounding_box_gallery
from torchkeras.visualization._galleries import plot_image_gallery as plot_image_gallery
from torchkeras.visualization._galleries import plot_segmentation_mask_gallery as plot_segmentation_mask_gallery
