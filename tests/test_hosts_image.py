# SPDX-License-Identifier: Apache-2.0
"""Pictures that guests have decoded, against Pillow's own."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from c_guests import instantiate_c
from pass_through import PassThrough

import wasmedge
from wasmedge import ImageModule

if TYPE_CHECKING:
    import numpy.typing as npt
    from tests.conftest import CheckPython, CompileC, Wat

Image = pytest.importorskip("PIL.Image", reason="Pillow, of the extra image, is not installed")

pytestmark = pytest.mark.extras

PAGE = 65536
SIZES = [(16, 12), (33, 7), (5, 40), (1, 1)]
FORMATS = {0: "JPEG", 1: "PNG"}


def make_picture(format_: str, mode: str = "RGB", size: tuple[int, int] = (16, 12)) -> bytes:
    """Make a picture with a few large patches."""
    patches = np.random.default_rng(5).integers(0, 256, (3, 4, 4), np.uint8)
    image = Image.fromarray(patches, "RGBA").resize(size, Image.Resampling.NEAREST).convert(mode)
    output = io.BytesIO()
    image.save(output, format_)
    return output.getvalue()


def samples_of(data: bytes, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Decode and scale as Pillow does."""
    image = Image.open(io.BytesIO(data))
    image = image.convert("RGBA").convert("RGB") if image.mode == "P" else image.convert("RGB")
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR))


@pytest.fixture(scope="module")
def guest(compile_c: CompileC) -> wasmedge.Instance:
    """Return the guest in C."""
    return instantiate_c(compile_c, "image", ImageModule())


def decoded(
    guest: wasmedge.Instance, function: str, data: bytes, size: tuple[int, int], *arguments: int, is_float: bool
) -> npt.NDArray[Any]:
    """Have the guest decode a picture."""
    memory = guest.exports.memory
    memory.write(guest.exports.picture(), data)
    number, *rest = arguments
    assert guest.exports[function](number, len(data), *size, *rest) == 0
    shape = (size[1], size[0], 3)
    found = memory.view("<f4" if is_float else "u1", guest.exports.samples(), shape).copy()
    assert isinstance(found, np.ndarray)
    return found


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("function", [0, 1, 2])
@pytest.mark.parametrize("format_", ["JPEG", "PNG"])
def test_image_samples_are_those_of_pillow(
    guest: wasmedge.Instance, format_: str, function: int, size: tuple[int, int]
) -> None:
    data = make_picture(format_)
    expected = samples_of(data, size)
    assert np.array_equal(decoded(guest, "decode", data, size, function, 0, is_float=False), expected)
    assert np.array_equal(decoded(guest, "decode", data, size, function, 1, is_float=False), expected[..., ::-1])


@pytest.mark.parametrize("format_", ["JPEG", "PNG"])
def test_image_floats_are_linear_light(guest: wasmedge.Instance, format_: str) -> None:
    data = make_picture(format_)
    light = decoded(guest, "decode", data, (16, 12), 2, 2, is_float=True)
    assert np.allclose(light, (samples_of(data, (16, 12)) / 255) ** 2.2, atol=1e-6)
    assert np.array_equal(decoded(guest, "decode", data, (16, 12), 2, 3, is_float=True), light[..., ::-1])
    # Scaled as light: the mean stays, which that of the stored numbers would not.
    half = decoded(guest, "decode", data, (8, 6), 2, 2, is_float=True)
    assert np.allclose(half.mean(), light.mean(), rtol=0.05)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("function", range(8))
def test_image_old_functions(guest: wasmedge.Instance, function: int, size: tuple[int, int]) -> None:
    data = make_picture(FORMATS[function // 4])
    is_bgr, is_float = function % 2 == 1, function % 4 > 1
    expected = samples_of(data, size)[..., :: -1 if is_bgr else 1]
    found = decoded(guest, "decode_old", data, size, function, is_float=is_float)
    assert np.array_equal(found, expected / np.float32(255) if is_float else expected)
    other = make_picture(FORMATS[1 - function // 4])
    guest.exports.memory.write(guest.exports.picture(), other)
    assert guest.exports.decode_old(function, len(other), *size) == 1


@pytest.mark.parametrize("format_", ["BMP", "GIF", "PPM", "TGA", "WEBP"])
def test_image_other_formats(guest: wasmedge.Instance, format_: str) -> None:
    data = make_picture(format_)
    assert np.array_equal(decoded(guest, "decode", data, (16, 12), 2, 0, is_float=False), samples_of(data, (16, 12)))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "CMYK"])
def test_image_modes_become_three_channels(guest: wasmedge.Instance, mode: str) -> None:
    data = make_picture("JPEG" if mode == "CMYK" else "PNG", mode)
    assert np.array_equal(decoded(guest, "decode", data, (16, 12), 2, 0, is_float=False), samples_of(data, (16, 12)))


def test_image_of_16_bits_keeps_the_upper_ones(guest: wasmedge.Instance) -> None:
    numbers = np.array([[0, 255, 256, 0x7FFF, 0x8000, 0xFFFF]], np.uint16)
    output = io.BytesIO()
    Image.fromarray(numbers).save(output, "PNG")
    found = decoded(guest, "decode", output.getvalue(), (6, 1), 1, 0, is_float=False)
    assert found[0, :, 0].tolist() == [0, 0, 1, 0x7F, 0x80, 0xFF]


def test_image_transparent_colours_of_a_palette(guest: wasmedge.Instance) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putdata([0, 1])
    output = io.BytesIO()
    image.save(output, "PNG", transparency=b"\x00\x80")
    found = decoded(guest, "decode", output.getvalue(), (2, 1), 1, 0, is_float=False)
    assert found.tolist() == [[[10, 20, 30], [40, 50, 60]]]


@pytest.fixture
def caller(wat: Wat) -> PassThrough:
    """Return a guest with a picture at 0."""
    caller = PassThrough(wat, ImageModule(), pages=2)
    caller.memory.write(0, make_picture("PNG"))
    return caller


SIZE = len(make_picture("PNG"))
GOOD = (0, SIZE, 4, 3, 0, PAGE, 36)


@pytest.mark.parametrize(
    ("position", "value"),
    [
        (0, 2 * PAGE),
        (0, -1),
        (1, 2 * PAGE + 1),
        (1, -1),
        (1, 0),
        (1, SIZE // 2),
        (2, 0),
        (2, 5),
        (2, -1),
        (3, 0),
        (3, 2**31 - 1),
        (4, 4),
        (4, -1),
        (4, 2),
        (5, 2 * PAGE - 35),
        (5, -1),
        (6, 35),
        (6, -1),
    ],
)
def test_image_bad_arguments(caller: PassThrough, position: int, value: int) -> None:
    assert caller.call("load_png", *GOOD) == 0
    caller.memory.fill(PAGE, 0xAA, PAGE)
    arguments = list(GOOD)
    arguments[position] = value
    for name in ("load_png", "load_jpg", "load_image"):
        assert caller.call(name, *arguments) == 1
    assert set(caller.memory[PAGE:]) == {0xAA}
    if position in (0, 1, 2, 3) and (position, value) != (2, 5):
        assert caller.call("wasmedge_image_load_png_to_rgb8", *arguments[:4], PAGE) == 1


@pytest.mark.parametrize("target", [2 * PAGE - 35, 2 * PAGE, -1])
def test_image_old_functions_have_no_more_room_than_the_memory(caller: PassThrough, target: int) -> None:
    assert caller.call("wasmedge_image_load_png_to_rgb8", 0, SIZE, 4, 3, target) == 1
    assert caller.call("wasmedge_image_load_png_to_rgb8", 0, SIZE, 4, 3, 2 * PAGE - 36) == 0


def test_image_target_may_overlap_the_picture(caller: PassThrough) -> None:
    expected = samples_of(make_picture("PNG"), (4, 3))
    assert caller.call("load_png", 0, SIZE, 4, 3, 0, 10, 36) == 0
    assert caller.memory.read(10, 36) == expected.tobytes()
    caller.memory.write(0, make_picture("PNG"))
    assert caller.call("load_png", 0, SIZE, 4, 3, 2, 3, 144) == 0  # floats that are not aligned
    overlapping = caller.memory.read(3, 144)
    caller.memory.write(0, make_picture("PNG"))
    assert caller.call("load_png", 0, SIZE, 4, 3, 2, PAGE, 144) == 0
    assert overlapping == caller.memory.read(PAGE, 144)


@pytest.mark.parametrize("seed", range(40))
def test_image_that_is_spoilt(caller: PassThrough, seed: int) -> None:
    random = np.random.default_rng(seed)
    for format_ in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TGA", "PPM"):
        data = np.frombuffer(make_picture(format_), np.uint8).copy()
        data[random.integers(0, len(data), 4)] = random.integers(0, 256, 4)
        caller.memory.write(0, data[: random.integers(1, len(data) + 1)])
        assert caller.call("load_image", 0, len(data), 4, 3, 0, PAGE, 36) in (0, 1)


def test_image_formats_that_run_programs_are_not_decoded(caller: PassThrough) -> None:
    data = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4 3\n%%EndComments\nshowpage\n"
    caller.memory.write(0, data)
    assert caller.call("load_image", 0, len(data), 4, 3, 0, PAGE, 36) == 1


def test_image_limits(wat: Wat) -> None:
    data = make_picture("PNG")
    for module, answer in ((ImageModule(max_pixels=191), 1), (ImageModule(max_pixels=192), 0)):
        caller = PassThrough(wat, module)
        caller.memory.write(0, data)
        assert caller.call("load_image", 0, len(data), 4, 3, 0, 5000, 36) == answer
    caller = PassThrough(wat, ImageModule(formats=["jpeg"]))
    caller.memory.write(0, data)
    assert caller.call("load_image", 0, len(data), 4, 3, 0, 5000, 36) == 1
    assert caller.call("wasmedge_image_load_png_to_rgb8", 0, len(data), 4, 3, 5000) == 1
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    caller = PassThrough(wat, ImageModule(), pages=2)
    caller.memory.write(0, bomb.getvalue())
    assert caller.call("load_image", 0, len(bomb.getvalue()), 4, 3, 0, PAGE, 36) == 1


def test_image_refuses_other_options() -> None:
    with pytest.raises(TypeError, match="formats must be an iterable of names"):
        ImageModule(formats="PNG")
    with pytest.raises(ValueError, match="max_pixels is a number of pixels"):
        ImageModule(max_pixels=-1)


def test_image_without_pillow(check_python: CheckPython) -> None:
    code = """
        import sys
        sys.modules["PIL"] = None
        import wasmedge
        try:
            wasmedge.ImageModule()
        except ImportError as error:
            print(error)
        """
    assert check_python(code) == "ImageModule needs the package PIL: pip install 'pywasmedge[image]'\n"
