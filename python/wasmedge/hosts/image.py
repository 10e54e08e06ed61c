# SPDX-License-Identifier: Apache-2.0
"""Pictures for guests: the module wasmedge_image, of WasmEdge 0.13 and later as well as of those before."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.extras import import_extra, require_extra
from wasmedge.hosts.functions import guest_function
from wasmedge.hosts.layout import u32
from wasmedge.hosts.module import HostModule
from wasmedge.hosts.pointers import Ptr, Slice

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

__all__ = ["ImageModule"]

_NEED = "ImageModule"
_EXTRA = "image"

# What the plug-in decodes, as far as Pillow knows it. Some of Pillow's other formats run programs (EPS).
_FORMATS = ("JPEG", "PNG", "BMP", "GIF", "TGA", "PSD", "PPM", "WEBP")
_SUCCESS, _FAILURE = 0, 1
_CHANNELS = 3
_IS_BGR, _IS_FLOAT = 1, 2  # the bits of the numbers RGB8, BGR8, RGB32F, BGR32F
_GAMMA = 2.2

_numbered = guest_function(success=_SUCCESS, fault=_FAILURE, failure=_FAILURE)


class ImageModule(HostModule, name="wasmedge_image"):
    """Decodes pictures for guests: an `Instance` with the functions of WasmEdge's plug-in, old ones and new ones.

    All of them decode a picture, scale it to the size that the guest asks for (bilinear, by Pillow), and write its
    samples row by row, three a pixel. What is transparent is as if it were not. A picture that cannot be decoded, a
    size of nothing, and a target without room are the error number 1, and nothing is written.

    ==========================================  =============  ====================================================
    Function                                    Decodes        Writes
    ==========================================  =============  ====================================================
    ``load_jpg``, ``load_png``, ``load_image``  any format     uint8, or float32 as linear light: (v / 255) ** 2.2,
                                                               scaled after that
    ``wasmedge_image_load_jpg_to_rgb8`` etc.    the one named  uint8, or float32 as v / 255, scaled before that
    ==========================================  =============  ====================================================

    Args:
        formats: The formats that are decoded, by Pillow's names.
        max_pixels: The most pixels that a picture may have, before it is scaled.

    Raises:
        MissingExtraError: Pillow is not installed (``pip install 'pywasmedge[image]'``).
        TypeError: `formats` is a single str.
        ValueError: `max_pixels` is negative.
    """

    def __init__(self, *, formats: Iterable[str] = _FORMATS, max_pixels: int = 1 << 26) -> None:
        require_extra(_NEED, _EXTRA, "PIL.Image")
        if isinstance(formats, str):
            raise TypeError("formats must be an iterable of names, not one str")
        if max_pixels < 0:
            raise ValueError(f"max_pixels is a number of pixels, not {max_pixels}")
        decoder = _Decoder(tuple(name.upper() for name in formats), max_pixels)
        super().__init__(_Image(decoder), _OldImage(decoder))


class _Decoder:
    """Makes arrays of pictures, by Pillow."""

    def __init__(self, formats: tuple[str, ...], max_pixels: int) -> None:
        self._formats = formats
        self._max_pixels = max_pixels

    def open(self, data: bytes, formats: tuple[str, ...]) -> Any:
        """Return a Pillow image in mode RGB."""
        pillow = import_extra(_NEED, _EXTRA, "PIL.Image")
        allowed = [name for name in formats or self._formats if name in self._formats]
        try:
            image = pillow.open(io.BytesIO(data), formats=allowed)
            width, height = image.size
            if width * height > self._max_pixels:
                raise GuestError(_FAILURE, f"a picture of {width} x {height} pixels is too large")
            return _to_rgb(pillow, image)
        except (OSError, SyntaxError, ValueError, EOFError, pillow.DecompressionBombError) as error:
            raise GuestError(_FAILURE, f"the picture cannot be decoded: {error}") from error

    def decode(self, data: bytes, size: tuple[int, int], formats: tuple[str, ...] = ()) -> npt.NDArray[np.uint8]:
        """Return the samples of a picture in a size, of shape (height, width, 3)."""
        pillow = import_extra(_NEED, _EXTRA, "PIL.Image")
        return np.asarray(self.open(data, formats).resize(size, pillow.Resampling.BILINEAR))

    def decode_light(self, data: bytes, size: tuple[int, int]) -> npt.NDArray[np.float32]:
        """Return the samples in linear light."""
        pillow = import_extra(_NEED, _EXTRA, "PIL.Image")
        table = (np.arange(256) / 255) ** _GAMMA
        samples = table.astype(np.float32)[np.asarray(self.open(data, ()))]
        planes = [pillow.fromarray(np.ascontiguousarray(samples[..., i])) for i in range(_CHANNELS)]
        return np.stack([np.asarray(plane.resize(size, pillow.Resampling.BILINEAR)) for plane in planes], axis=-1)


def _to_rgb(pillow: Any, image: Any) -> Any:
    if image.mode.startswith("I"):  # 16 bits, of which Pillow would not take the upper ones
        image = pillow.fromarray((np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    if image.mode == "P":  # where Pillow warns of transparent colours when they are lost
        image = image.convert("RGBA")
    return image.convert("RGB")


def _require_room(width: int, height: int, is_float: bool, room: int) -> int:
    """Return the size of the output in bytes, if there is room for it."""
    size = width * height * _CHANNELS * (4 if is_float else 1)
    if size == 0 or size > room:
        raise GuestError(_FAILURE, f"{width} x {height} pixels do not fit in {room} bytes")
    return size


def _write(samples: npt.NDArray[Any], target: Slice, is_bgr: bool) -> None:
    """Write samples to where they belong, without a copy in between."""
    target.view(samples.dtype).reshape(samples.shape)[...] = samples[..., ::-1] if is_bgr else samples


class _Image:
    """The functions since WasmEdge 0.13."""

    def __init__(self, decoder: _Decoder) -> None:
        self._decoder = decoder

    def _load(self, data: Slice, width: int, height: int, type_: int, output: Slice) -> None:
        if type_ > (_IS_BGR | _IS_FLOAT):
            raise GuestError(_FAILURE, f"{type_} is no type of samples")
        is_float = bool(type_ & _IS_FLOAT)
        used = _require_room(width, height, is_float, len(output))
        decode = self._decoder.decode_light if is_float else self._decoder.decode
        samples = decode(bytes(data), (width, height))
        _write(samples, Slice(output.memory, output.address, used), bool(type_ & _IS_BGR))

    @_numbered
    def load_jpg(self, data: Slice, width: u32, height: u32, type_: u32, output: Slice) -> None:
        """Decode a picture, as load_image does: the plug-in does not look at what it is."""
        self._load(data, width, height, type_, output)

    @_numbered
    def load_png(self, data: Slice, width: u32, height: u32, type_: u32, output: Slice) -> None:
        """Decode a picture, as load_image does."""
        self._load(data, width, height, type_, output)

    @_numbered
    def load_image(self, data: Slice, width: u32, height: u32, type_: u32, output: Slice) -> None:
        """Decode a picture."""
        self._load(data, width, height, type_, output)


class _OldImage:
    """The functions before WasmEdge 0.13."""

    def __init__(self, decoder: _Decoder) -> None:
        self._decoder = decoder

    def _load(self, data: Slice, size: tuple[int, int], format_: str, type_: int, output: Ptr) -> None:
        is_float = bool(type_ & _IS_FLOAT)
        target = output.slice(_require_room(*size, is_float, output.memory.size))
        samples: npt.NDArray[Any] = self._decoder.decode(bytes(data), size, (format_,))
        _write(samples / np.float32(255) if is_float else samples, target, bool(type_ & _IS_BGR))

    @_numbered
    def wasmedge_image_load_jpg_to_rgb8(self, data: Slice, width: u32, height: u32, output: Ptr) -> None:
        """Decode a JPEG picture."""
        self._load(data, (width, height), "JPEG", 0, output)

    @_numbered
    def wasmedge_image_load_jpg_to_bgr8(self, data: Slice, width: u32, height: u32, output: Ptr) -> None:
        """Decode a JPEG picture, blue first."""
        self._load(data, (width, height), "JPEG", _IS_BGR, output)

    @_numbered
    def wasmedge_image_load_jpg_to_rgb32f(self, data: Slice, width: u32, height: u32, output: Ptr) -> None:
        """Decode a JPEG picture to floats."""
        self._load(data, (width, height), "JPEG", _IS_FLOAT, output)

    @_numbered
    def wasmedge_image_load_jpg_to_bgr32f(self, data: Slice, width: u32, height: u32, output: Ptr) -> None:
        """Decode a JPEG picture to floats, blue first."""
        self._load(data, (width, height), "JPEG", _IS_BGR | _IS_FLOAT, output)

    @_numbered
    def wasmedge_image_load_png_to_rgb8(self, data: Slice, width: u32, height: u32, output: Ptr) -> None:
        """Decode a PNG picture."""
        self._load(data, (width, height), "PNG", 0, output)

    @_numbered
    def wasmedge_image_load_png_to_bgr8(self, data: Slice, width: u32, height: u32, output: Ptr) -> None:
        """Decode a PNG picture, blue first."""
        self._load(data, (width, height), "PNG", _IS_BGR, output)

    @_numbered
    def wasmedge_image_load_png_to_rgb32f(self, data: Slice, width: u32, height: u32, output: Ptr) -> None:
        """Decode a PNG picture to floats."""
        self._load(data, (width, height), "PNG", _IS_FLOAT, output)

    @_numbered
    def wasmedge_image_load_png_to_bgr32f(self, data: Slice, width: u32, height: u32, output: Ptr) -> None:
        """Decode a PNG picture to floats, blue first."""
        self._load(data, (width, height), "PNG", _IS_BGR | _IS_FLOAT, output)
