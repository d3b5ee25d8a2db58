"""Tensors of text, which elements of a data set may be."""

from torchkeras._strings import StringDType as StringDType
from torchkeras._strings import StringTensor as StringTensor
from torchkeras._strings import is_text as is_text
from torchkeras._strings import string as string
