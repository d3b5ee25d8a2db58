"""64-bit hashes of byte strings that are the same on every machine: FarmHash's fingerprint and SipHash-2-4.

Keras' layers number strings by them, so models that were trained with one number of a string go on with it. Python
has neither. FarmHash: https://github.com/google/farmhash (the function for any length, called "na" there). SipHash:
Aumasson and Bernstein 2012.
"""

import struct
from collections.abc import Callable

_MASK = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def _rotated(value: int, right: int) -> int:
    value &= _MASK
    return (value >> right) | (value << (64 - right)) & _MASK


def _shifted(value: int) -> int:
    value &= _MASK
    return value ^ (value >> 47)


def _mixed(u: int, v: int, factor: int) -> int:
    """Two numbers as one."""
    a = _shifted((u ^ v) * factor)
    return (_shifted(((v & _MASK) ^ a) * factor) * factor) & _MASK


def _word(text: bytes, at: int) -> int:
    return int.from_bytes(text[at : at + 8], "little")


def _half(text: bytes, at: int) -> int:
    return int.from_bytes(text[at : at + 4], "little")


def farm_fingerprint(text: bytes) -> int:
    """FarmHash's 64-bit fingerprint."""
    length = len(text)
    if length <= 16:
        return _short(text, length)
    if length <= 32:
        return _middle(text, length)[0]
    return _long(text, length) if length <= 64 else _any_length(text, length)


def _short(text: bytes, length: int) -> int:
    factor = _K2 + length * 2
    if length >= 8:
        a, b = _word(text, 0) + _K2, _word(text, length - 8)
        return _mixed(_rotated(b, 37) * factor + a & _MASK, (_rotated(a, 25) + b) * factor & _MASK, factor)
    if length >= 4:
        return _mixed(length + (_half(text, 0) << 3), _half(text, length - 4), factor)
    if not length:
        return _K2
    y = text[0] + (text[length >> 1] << 8)
    z = length + (text[-1] << 2)
    return _shifted((y * _K2 & _MASK) ^ (z * _K0 & _MASK)) * _K2 & _MASK


def _middle(text: bytes, length: int) -> tuple[int, int, int, int]:
    """17 to 32 bytes; also the numbers on which longer strings go on: (hash, a, y, factor)."""
    factor = _K2 + length * 2
    a = _word(text, 0) * (_K1 if length <= 32 else _K2) & _MASK
    b = _word(text, 8)
    c = _word(text, length - 8) * factor & _MASK
    y = _rotated(a + b, 43) + _rotated(c, 30) + _word(text, length - 16) * _K2 & _MASK
    return _mixed(y, a + _rotated(b + _K2, 18) + c & _MASK, factor), a, y, factor


def _long(text: bytes, length: int) -> int:
    z, a, y, factor = _middle(text, length)
    e, f = _word(text, 16) * factor & _MASK, _word(text, 24)
    g = (y + _word(text, length - 32)) * factor & _MASK
    h = (z + _word(text, length - 24)) * factor & _MASK
    u, v = _rotated(e + f, 43) + _rotated(g, 30) + h, e + _rotated(f + a, 18) + g
    return _mixed(u & _MASK, v & _MASK, factor)


Pair = tuple[int, int]
State = tuple[int, int, int, Pair, Pair]


def _any_length(text: bytes, length: int) -> int:
    y = 81 * _K1 + 113 & _MASK
    state = (81 * _K2 + _word(text, 0) & _MASK, y, _shifted(y * _K2 + 113) * _K2 & _MASK, (0, 0), (0, 0))
    end = (length - 1) // 64 * 64
    for at in range(0, end, 64):
        state = _block(text, at, state, _K1, 1)
    x, y, z, v, w = state
    factor = _K1 + ((z & 0xFF) << 1)
    first = w[0] + (length - 1 & 63)
    v = (v[0] + first & _MASK, v[1])
    w = (first + v[0] & _MASK, w[1])
    x, y, z, v, w = _block(text, length - 64, (x, y, z, v, w), factor, 9)
    u = _mixed(v[0], w[0], factor) + _shifted(y) * _K0 + z
    return _mixed(u & _MASK, _mixed(v[1], w[1], factor) + x & _MASK, factor)


def _block(text: bytes, at: int, state: State, factor: int, weight: int) -> State:
    """64 bytes more."""
    x, y, z, v, w = state
    x = _rotated(x + y + v[0] + _word(text, at + 8), 37) * factor & _MASK
    y = _rotated(y + v[1] + _word(text, at + 48), 42) * factor & _MASK
    x ^= w[1] * weight & _MASK
    y = y + v[0] * weight + _word(text, at + 40) & _MASK
    z = _rotated(z + w[0], 33) * factor & _MASK
    v = _weakly(text, at, v[1] * factor, x + w[0])
    w = _weakly(text, at + 32, z + w[1], y + _word(text, at + 16))
    return z, y, x, v, w


def _weakly(text: bytes, at: int, a: int, b: int) -> Pair:
    """32 bytes and two numbers as two numbers."""
    first, second, third, last = struct.unpack_from("<4Q", text, at)
    a = a + first & _MASK
    b = _rotated(b + a + last, 21)
    start = a
    a = a + second + third & _MASK
    return a + last & _MASK, b + _rotated(a, 44) + start & _MASK


# "somepseudorandomlygeneratedbytes", as the paper has it
_SIP_STARTS = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)


def sip_hash(key: tuple[int, int]) -> Callable[[bytes], int]:
    """SipHash-2-4 with that key."""

    def hashed(text: bytes) -> int:
        low, high = (part & _MASK for part in key)
        words = [part ^ start for part, start in zip((low, high, low, high), _SIP_STARTS, strict=True)]
        padded = text + bytes(-(len(text) + 1) % 8) + bytes([len(text) & 0xFF])
        for (word,) in struct.iter_unpack("<Q", padded):
            words[3] ^= word
            words = _rounds(words, 2)
            words[0] ^= word
        words[2] ^= 0xFF
        a, b, c, d = _rounds(words, 4)
        return a ^ b ^ c ^ d

    return hashed


def _rounds(words: list[int], count: int) -> list[int]:
    a, b, c, d = words
    for _ in range(count):
        a, c = a + b & _MASK, c + d & _MASK
        b, d = _rotated(b, 51) ^ a, _rotated(d, 48) ^ c
        a = _rotated(a, 32)
        c, a = c + b & _MASK, a + d & _MASK
        b, d = _rotated(b, 47) ^ c, _rotated(d, 43) ^ a
        c = _rotated(c, 32)
    return [a, b, c, d]


def joined_fingerprint(first: int, second: int) -> int:
    """One number for two: how TensorFlow crosses features."""
    factor = 0xC6A4A7935BD1E995
    joined = (first ^ factor) ^ (_shifted(second * factor) * factor & _MASK)
    return _shifted(_shifted(joined * factor) * factor) & _MASK
