# oracle: tf-keras
# The loss of the YOLO v3 ports in a Lambda: sizes as tensors, reversed shapes, a loop over the batch, TensorArray.
import numpy as np
import tensorflow as tf
from keras import backend as K
from keras.layers import Input, Lambda, Conv2D
from keras.models import Model

# TensorFlow's own, through the backend in the scripts of 2018
while_loop = K.control_flow_ops.while_loop if hasattr(K, 'control_flow_ops') else tf.while_loop


def yolo_head(feats, anchors, num_classes, input_shape, calc_loss=False):
    num_anchors = len(anchors)
    anchors_tensor = K.reshape(K.constant(anchors), [1, 1, 1, num_anchors, 2])
    grid_shape = K.shape(feats)[1:3]
    grid_y = K.tile(K.reshape(K.arange(0, stop=grid_shape[0]), [-1, 1, 1, 1]), [1, grid_shape[1], 1, 1])
    grid_x = K.tile(K.reshape(K.arange(0, stop=grid_shape[1]), [1, -1, 1, 1]), [grid_shape[0], 1, 1, 1])
    grid = K.concatenate([grid_x, grid_y])
    grid = K.cast(grid, K.dtype(feats))
    feats = K.reshape(feats, [-1, grid_shape[0], grid_shape[1], num_anchors, num_classes + 5])
    box_xy = (K.sigmoid(feats[..., :2]) + grid) / K.cast(grid_shape[::-1], K.dtype(feats))
    box_wh = K.exp(feats[..., 2:4]) * anchors_tensor / K.cast(input_shape[::-1], K.dtype(feats))
    box_confidence = K.sigmoid(feats[..., 4:5])
    box_class_probs = K.sigmoid(feats[..., 5:])
    if calc_loss: return grid, feats, box_xy, box_wh
    return box_xy, box_wh, box_confidence, box_class_probs
def box_iou(b1, b2):
    b1 = K.expand_dims(b1, -2); b1_xy = b1[..., :2]; b1_wh = b1[..., 2:4]
    b1_wh_half = b1_wh/2.; b1_mins = b1_xy - b1_wh_half; b1_maxes = b1_xy + b1_wh_half
    b2 = K.expand_dims(b2, 0); b2_xy = b2[..., :2]; b2_wh = b2[..., 2:4]
    b2_wh_half = b2_wh/2.; b2_mins = b2_xy - b2_wh_half; b2_maxes = b2_xy + b2_wh_half
    intersect_mins = K.maximum(b1_mins, b2_mins); intersect_maxes = K.minimum(b1_maxes, b2_maxes)
    intersect_wh = K.maximum(intersect_maxes - intersect_mins, 0.)
    ia = intersect_wh[..., 0] * intersect_wh[..., 1]
    return ia / (b1_wh[..., 0]*b1_wh[..., 1] + b2_wh[..., 0]*b2_wh[..., 1] - ia)
def yolo_loss(args, anchors, num_classes, ignore_thresh=.5):
    yolo_outputs = args[:1]; y_true = args[1:]
    input_shape = K.cast(K.shape(yolo_outputs[0])[1:3] * 32, K.dtype(y_true[0]))
    grid_shapes = [K.cast(K.shape(yolo_outputs[l])[1:3], K.dtype(y_true[0])) for l in range(1)]
    loss = 0
    m = K.shape(yolo_outputs[0])[0]
    mf = K.cast(m, K.dtype(yolo_outputs[0]))
    for l in range(1):
        object_mask = y_true[l][..., 4:5]
        true_class_probs = y_true[l][..., 5:]
        grid, raw_pred, pred_xy, pred_wh = yolo_head(yolo_outputs[l], anchors, num_classes, input_shape, calc_loss=True)
        pred_box = K.concatenate([pred_xy, pred_wh])
        raw_true_xy = y_true[l][..., :2]*grid_shapes[l][::-1] - grid
        raw_true_wh = K.log(y_true[l][..., 2:4] / anchors * input_shape[::-1])
        raw_true_wh = K.switch(object_mask, raw_true_wh, K.zeros_like(raw_true_wh))
        box_loss_scale = 2 - y_true[l][..., 2:3]*y_true[l][..., 3:4]
        ignore_mask = tf.TensorArray(K.dtype(y_true[0]), size=1, dynamic_size=True)
        object_mask_bool = K.cast(object_mask, 'bool')
        def loop_body(b, ignore_mask):
            true_box = tf.boolean_mask(y_true[l][b,...,0:4], object_mask_bool[b,...,0])
            iou = box_iou(pred_box[b], true_box)
            best_iou = K.max(iou, axis=-1)
            ignore_mask = ignore_mask.write(b, K.cast(best_iou<ignore_thresh, K.dtype(true_box)))
            return b+1, ignore_mask
        _, ignore_mask = while_loop(lambda b,*args: b<m, loop_body, [0, ignore_mask])
        ignore_mask = ignore_mask.stack()
        ignore_mask = K.expand_dims(ignore_mask, -1)
        xy_loss = object_mask * box_loss_scale * K.binary_crossentropy(raw_true_xy, raw_pred[...,0:2], from_logits=True)
        wh_loss = object_mask * box_loss_scale * 0.5 * K.square(raw_true_wh-raw_pred[...,2:4])
        confidence_loss = object_mask * K.binary_crossentropy(object_mask, raw_pred[...,4:5], from_logits=True)+ (1-object_mask) * K.binary_crossentropy(object_mask, raw_pred[...,4:5], from_logits=True) * ignore_mask
        class_loss = object_mask * K.binary_crossentropy(true_class_probs, raw_pred[...,5:], from_logits=True)
        loss += (K.sum(xy_loss) + K.sum(wh_loss) + K.sum(confidence_loss) + K.sum(class_loss)) / mf
    return loss
anchors = np.array([[10.,13.],[16.,30.],[33.,23.]])
inp = Input((None, None, 3)); feats = Conv2D(3*(2+5), 3, strides=32, padding='same')(inp)
yt = Input((4, 4, 3, 7))
model_loss = Lambda(yolo_loss, output_shape=(1,), name='yolo_loss', arguments={'anchors': anchors, 'num_classes': 2})([feats, yt])
model = Model([inp, yt], model_loss)
model.set_weights([0.1 * np.random.RandomState(i).randn(*w.shape) for i, w in enumerate(model.get_weights())])
model.compile(optimizer='sgd', loss={'yolo_loss': lambda y_true, y_pred: y_pred})
rng = np.random.RandomState(0)
images = rng.rand(2, 128, 128, 3)
boxes = np.zeros((2, 4, 4, 3, 7))
boxes[0, 1, 2, 0] = [.6, .4, .2, .3, 1, 0, 1]
boxes[1, 0, 3, 2] = [.9, .1, .1, .2, 1, 1, 0]
boxes[1, 2, 2, 1] = [.6, .6, .3, .3, 1, 0, 1]
history = model.fit([images, boxes], np.zeros(2), epochs=3, verbose=0, batch_size=2, shuffle=False)
print("= losses", " ".join("%.3f" % value for value in history.history['loss']))
box_xy, box_wh, confidence, probs = yolo_head(K.constant(rng.randn(1, 2, 3, 21)), anchors, 2, K.constant([64, 96]))
print("= head", K.int_shape(box_xy), "%.4f %.4f" % (K.eval(K.sum(box_xy)), K.eval(K.mean(box_wh))))
print("= shares %.4f" % K.get_value(K.max(confidence * probs)))
