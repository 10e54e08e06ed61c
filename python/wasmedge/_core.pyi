# SPDX-License-Identifier: Apache-2.0
"""The extension module of wasmedge; its public names are re-exported there."""

import enum
import inspect
import os
import threading
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, Sequence, ValuesView
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Literal, SupportsIndex, TypeAlias, TypeVar, final, overload

from typing_extensions import Buffer, Never, Self

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from wasmedge.aio import Async
    from wasmedge.allocation import Allocation
    from wasmedge.bindgen import Bindgen
    from wasmedge.hosts.process import ProcessModule
    from wasmedge.streams import Sink, StreamSource

_Default = TypeVar("_Default")

# For the classes whose members have these names.
_ExceptionType: TypeAlias = type[BaseException]
_Names: TypeAlias = list[str]

_AnyType: TypeAlias = FunctionType | TableType | MemoryType | GlobalType | TagType
# numpy declares its arrays as buffers for Python 3.12 and later only.
_Bytes: TypeAlias = "Buffer | npt.NDArray[Any] | np.generic"
_Path: TypeAlias = str | bytes | os.PathLike[str] | os.PathLike[bytes]
_Source: TypeAlias = str | os.PathLike[str] | os.PathLike[bytes] | Buffer | Module

__version__: str
"""The version of this package."""

runtime_version: str
"""The version of the WasmEdge library that is loaded, such as ``"0.17.1"``."""

runtime_version_info: tuple[int, int, int]
"""The version of the WasmEdge library that is loaded: major, minor and patch."""

def build_info() -> dict[str, str]:
    """Return how, and against which runtime, the package was built.

    Returns:
        A new dict with ``version`` (this package's), ``wasmedge`` (the loaded library's version), ``wasmedge_headers``
        (the version compiled against), ``wasmedge_origin`` (a prefix, a system package, or the vendored packages),
        ``compiler``, ``build_type``, ``pybind11``, ``python`` and ``platform``.
    """

class LogLevel(enum.IntEnum):
    """How much of the runtime's log is forwarded."""

    TRACE = 0
    DEBUG = 1
    INFO = 2
    WARN = 3
    ERROR = 4
    CRITICAL = 5
    OFF = 6

def set_log_level(level: LogLevel) -> None:
    """Set the lowest level that reaches Python's logging.

    The runtime's records go to ``logging.getLogger("wasmedge")`` when the call that logged them has ended; never to
    stdout. It is `LogLevel.ERROR` when the package is imported. Exceptions carry the runtime's details at any level.

    Args:
        level: The level; `LogLevel.OFF` forwards nothing.
    """

def get_log_level() -> LogLevel:
    """Return the lowest level that reaches Python's logging."""

class ErrCategory(enum.IntEnum):
    """Whose an error code is."""

    WASM = 0
    USER_LEVEL_ERROR = 1

class ErrCode(enum.IntEnum):
    """The runtime's error codes."""

    SUCCESS = 0x0000
    TERMINATED = 0x0001
    RUNTIME_ERROR = 0x0002
    COST_LIMIT_EXCEEDED = 0x0003
    WRONG_VM_WORKFLOW = 0x0004
    FUNC_NOT_FOUND = 0x0005
    AOT_DISABLED = 0x0006
    INTERRUPTED = 0x0007
    NOT_VALIDATED = 0x0008
    NON_NULL_REQUIRED = 0x0009
    SET_VALUE_TO_CONST = 0x000A
    SET_VALUE_ERROR_TYPE = 0x000B
    USER_DEF_ERROR = 0x000C
    INVALID_AOT_CONFIGURE = 0x000D
    AOT_NOT_IMPL = 0x000E
    ILLEGAL_PATH = 0x0100
    READ_ERROR = 0x0101
    UNEXPECTED_END = 0x0102
    MALFORMED_MAGIC = 0x0103
    MALFORMED_VERSION = 0x0104
    MALFORMED_SECTION = 0x0105
    SECTION_SIZE_MISMATCH = 0x0106
    LENGTH_OUT_OF_BOUNDS = 0x0107
    JUNK_SECTION = 0x0108
    INCOMPATIBLE_FUNC_CODE = 0x0109
    INCOMPATIBLE_DATA_COUNT = 0x010A
    DATA_COUNT_REQUIRED = 0x010B
    MALFORMED_IMPORT_KIND = 0x010C
    MALFORMED_EXPORT_KIND = 0x010D
    EXPECTED_ZERO_BYTE = 0x010E
    INVALID_MUT = 0x010F
    TOO_MANY_LOCALS = 0x0110
    MALFORMED_VAL_TYPE = 0x0111
    MALFORMED_ELEM_TYPE = 0x0112
    MALFORMED_REF_TYPE = 0x0113
    MALFORMED_UTF8 = 0x0114
    INTEGER_TOO_LARGE = 0x0115
    INTEGER_TOO_LONG = 0x0116
    ILLEGAL_OP_CODE = 0x0117
    END_CODE_EXPECTED = 0x0118
    ILLEGAL_GRAMMAR = 0x0119
    INTRINSICS_TABLE_NOT_FOUND = 0x011A
    MALFORMED_TABLE = 0x011B
    MALFORMED_MEMORY_OP_FLAGS = 0x011C
    MALFORMED_LIMIT_FLAGS = 0x011D
    MALFORMED_CATCH_FLAGS = 0x011E
    MALFORMED_SORT = 0x01A0
    MALFORMED_ALIAS_TARGET = 0x01A1
    MALFORMED_CORE_INSTANCE = 0x01A2
    MALFORMED_INSTANCE = 0x01A3
    MALFORMED_DEF_TYPE = 0x01A4
    MALFORMED_MODULE_TYPE = 0x01A5
    MALFORMED_RECORD_TYPE = 0x01A6
    MALFORMED_VARIANT_TYPE = 0x01A7
    MALFORMED_TUPLE_TYPE = 0x01A8
    MALFORMED_FLAGS_TYPE = 0x01A9
    MALFORMED_CANONICAL = 0x01AA
    UNKNOWN_CANONICAL_OPTION = 0x01AB
    MALFORMED_NAME = 0x01AC
    COMPONENT_NOT_IMPL_LOADER = 0x01AD
    INVALID_ALIGNMENT = 0x0200
    ALIGNMENT_TOO_LARGE = 0x0201
    TYPE_CHECK_FAILED = 0x0202
    INVALID_LABEL_IDX = 0x0203
    INVALID_LOCAL_IDX = 0x0204
    INVALID_FIELD_IDX = 0x0205
    INVALID_FUNC_TYPE_IDX = 0x0206
    INVALID_FUNC_IDX = 0x0207
    INVALID_TABLE_IDX = 0x0208
    INVALID_MEMORY_IDX = 0x0209
    INVALID_GLOBAL_IDX = 0x020A
    INVALID_TAG_IDX = 0x020B
    INVALID_ELEM_IDX = 0x020C
    INVALID_DATA_IDX = 0x020D
    INVALID_REF_IDX = 0x020E
    CONST_EXPR_REQUIRED = 0x020F
    DUP_EXPORT_NAME = 0x0210
    IMMUTABLE_GLOBAL = 0x0211
    IMMUTABLE_FIELD = 0x0212
    IMMUTABLE_ARRAY = 0x0213
    INVALID_RESULT_ARITY = 0x0214
    MULTI_TABLES = 0x0215
    MULTI_MEMORIES = 0x0216
    INVALID_LIMIT = 0x0217
    INVALID_MEM_PAGES = 0x0218
    INVALID_START_FUNC = 0x0219
    INVALID_LANE_IDX = 0x021A
    INVALID_UNINIT_LOCAL = 0x021B
    INVALID_NOT_DEFAULTABLE_FIELD = 0x021C
    INVALID_NOT_DEFAULTABLE_ARRAY = 0x021D
    INVALID_PACKED_FIELD = 0x021E
    INVALID_PACKED_ARRAY = 0x021F
    INVALID_UNPACKED_FIELD = 0x0220
    INVALID_UNPACKED_ARRAY = 0x0221
    INVALID_BR_REF_TYPE = 0x0222
    ARRAY_TYPES_MISMATCH = 0x0223
    ARRAY_TYPES_NUMTYPE_REQUIRED = 0x0224
    INVALID_SUB_TYPE = 0x0225
    INVALID_TAG_RESULT_TYPE = 0x0226
    SHARED_MEMORY_NO_MAX = 0x0227
    INVALID_MEM_PAGES64 = 0x0228
    INVALID_TABLE_SIZE64 = 0x0229
    INVALID_OFFSET = 0x022A
    MISSING_ARGUMENT = 0x02A0
    ARG_TYPE_MISMATCH = 0x02A1
    INVALID_INDEX = 0x02A2
    INVALID_TYPE_REFERENCE = 0x02A3
    EXPORT_NOT_FOUND = 0x02A4
    COMPONENT_NOT_IMPL_VALIDATOR = 0x02A5
    COMPONENT_DUPLICATE_NAME = 0x02A6
    COMPONENT_INVALID_NAME = 0x02A7
    NOT_A_DEFINED_TYPE = 0x02A8
    DEF_TYPE_INDEX_OUT_OF_BOUNDS = 0x02A9
    NAME_CANNOT_BE_EMPTY = 0x02AA
    CANNOT_HAVE_MORE_THAN32_FLAGS = 0x02AB
    RECORD_FIELD_NAME_CONFLICTS = 0x02AC
    VARIANT_CASE_NAME_CONFLICTS = 0x02AD
    FLAG_NAME_CONFLICTS = 0x02AE
    ENUM_TAG_NAME_CONFLICTS = 0x02AF
    VARIANT_MUST_HAVE_CASE = 0x02B0
    EXPORT_ASCRIPTION_INCOMPATIBLE = 0x02B1
    INSTANCE_MISSING_EXPECTED_EXPORT = 0x02B2
    INVALID_EXPORT_NAME = 0x02B3
    INVALID_EXTERN_NAME = 0x02B4
    MODULE_NAME_CONFLICT = 0x0300
    INCOMPATIBLE_IMPORT_TYPE = 0x0301
    UNKNOWN_IMPORT = 0x0302
    DATA_SEG_DOES_NOT_FIT = 0x0303
    ELEM_SEG_DOES_NOT_FIT = 0x0304
    INVALID_CORE_SORT = 0x03A0
    INVALID_CANON_OPTION = 0x03A1
    CORE_INVALID_EXPORT = 0x03A2
    RESOURCE_DROP_ARGUMENT = 0x03A3
    COMPONENT_NOT_IMPL_INSTANTIATE = 0x03A4
    WRONG_INSTANCE_ADDRESS = 0x0400
    WRONG_INSTANCE_INDEX = 0x0401
    INSTR_TYPE_MISMATCH = 0x0402
    FUNC_SIG_MISMATCH = 0x0403
    DIVIDE_BY_ZERO = 0x0404
    INTEGER_OVERFLOW = 0x0405
    INVALID_CONV_TO_INT = 0x0406
    TABLE_OUT_OF_BOUNDS = 0x0407
    MEMORY_OUT_OF_BOUNDS = 0x0408
    ARRAY_OUT_OF_BOUNDS = 0x0409
    UNREACHABLE = 0x040A
    UNINITIALIZED_ELEMENT = 0x040B
    UNDEFINED_ELEMENT = 0x040C
    INDIRECT_CALL_TYPE_MISMATCH = 0x040D
    HOST_FUNC_ERROR = 0x040E
    REF_TYPE_MISMATCH = 0x040F
    UNALIGNED_ATOMIC_ACCESS = 0x0410
    EXPECT_SHARED_MEMORY = 0x0411
    CAST_NULL_TO_NON_NULL = 0x0412
    ACCESS_NULL_FUNC = 0x0413
    ACCESS_NULL_STRUCT = 0x0414
    ACCESS_NULL_ARRAY = 0x0415
    ACCESS_NULL_I31 = 0x0416
    ACCESS_NULL_EXCEPTION = 0x0417
    CAST_FAILED = 0x0418
    UNCAUGHT_EXCEPTION = 0x0419

class Standard(enum.Enum):
    """Versions of the WebAssembly standard."""

    WASM_1 = 0
    WASM_2 = 1
    WASM_3 = 2

class Proposal(enum.Enum):
    """Proposals of WebAssembly."""

    IMPORT_EXPORT_MUT_GLOBALS = 0
    NON_TRAP_FLOAT_TO_INT_CONVERSIONS = 1
    SIGN_EXTENSION_OPERATORS = 2
    MULTI_VALUE = 3
    BULK_MEMORY_OPERATIONS = 4
    REFERENCE_TYPES = 5
    SIMD = 6
    TAIL_CALL = 7
    EXTENDED_CONST = 8
    FUNCTION_REFERENCES = 9
    GC = 10
    MULTI_MEMORIES = 11
    RELAXED_SIMD = 12
    ANNOTATIONS = 13
    EXCEPTION_HANDLING = 14
    MEMORY64 = 15
    THREADS = 16
    COMPONENT = 17

class HostRegistration(enum.Enum):
    """Host modules that a VM registers by itself.

    `WASI` is the runtime's, the others are the classes of `wasmedge.hosts`, made without arguments.
    """

    WASI = 0
    WASMEDGE_PROCESS = 1
    WASI_NN = 2
    WASI_CRYPTO_COMMON = 3
    WASI_CRYPTO_ASYMMETRIC_COMMON = 4
    WASI_CRYPTO_KX = 5
    WASI_CRYPTO_SIGNATURES = 6
    WASI_CRYPTO_SYMMETRIC = 7

class RunMode(enum.Enum):
    """How functions are run.

    Where one is wanted its name in small letters serves too: "interpreter", "jit", "aot" or "auto".

    Attributes:
        INTERPRETER: Interpreted.
        JIT: As machine code, compiled for this process and left nowhere.
        AOT: As machine code, compiled or taken from the cache (`wasmedge.cache`).
        AUTO: As `AOT`; a large module without optimisation at first, and the optimised code comes from the background
            to what is instantiated later.
    """

    INTERPRETER = 0
    JIT = 1
    AOT = 2
    AUTO = 3

class OptimizationLevel(enum.Enum):
    """How much the compiler optimises."""

    O0 = 0
    O1 = 1
    O2 = 2
    O3 = 3
    OS = 4
    OZ = 5

class OutputFormat(enum.Enum):
    """What the compiler writes."""

    NATIVE = 0
    WASM = 1

class Mutability(enum.Enum):
    """Whether a global can be changed."""

    CONST = 0
    VAR = 1

class ExternType(enum.Enum):
    """The kinds of imports and exports."""

    FUNCTION = 0
    TABLE = 1
    MEMORY = 2
    GLOBAL = 3
    TAG = 4

class VMState(enum.Enum):
    """How far a VM has come with its module."""

    INITIATED = 0
    LOADED = 1
    VALIDATED = 2
    INSTANTIATED = 3

@final
class ValType:
    """A WebAssembly value type.

    Values compare and hash by what they are, and can be pickled; ``str()`` gives the specification's name (section
    2.3).

    Example:
        >>> import wasmedge
        >>> wasmedge.ValType("i32") == wasmedge.ValType.I32
        True
    """

    I32: ClassVar[ValType]
    I64: ClassVar[ValType]
    F32: ClassVar[ValType]
    F64: ClassVar[ValType]
    V128: ClassVar[ValType]
    FUNCREF: ClassVar[ValType]
    EXTERNREF: ClassVar[ValType]

    def __init__(self, name: str) -> None:
        """Make a value type from its name.

        Args:
            name: ``"i32"``, ``"i64"``, ``"f32"``, ``"f64"``, ``"v128"``, ``"funcref"`` or ``"externref"``.

        Raises:
            ValueError: There is no such type.
        """

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class FunctionType:
    """The parameter and result types of a function.

    Values compare and hash by what they are, and can be pickled; ``str()`` gives ``"(i32, i32) -> i64"``.

    Example:
        >>> import wasmedge
        >>> wasmedge.FunctionType("(i32, i32) -> i64") == wasmedge.FunctionType(["i32", "i32"], ["i64"])
        True
    """

    @overload
    def __init__(self, text: str) -> None: ...
    @overload
    def __init__(self, params: Iterable[ValType | str] = (), results: Iterable[ValType | str] = ()) -> None:
        """Make a function type.

        Args:
            text: The type as it is printed, such as ``"(i32, i32) -> i64"``. One type may stand without parentheses;
                without an arrow there are no results.
            params: The parameter types, or their names.
            results: The result types, or their names.

        Raises:
            TypeError: Something is neither a value type nor a name.
            ValueError: There is no type of that name, or the text is no function type.
        """

    @property
    def params(self) -> tuple[ValType, ...]:
        """The parameter types, in order."""

    @property
    def results(self) -> tuple[ValType, ...]:
        """The result types, in order."""

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Limit:
    """The smallest and the greatest size of a table or a memory.

    Sizes are elements of a table, and pages of 64 KiB of a memory. Values compare and hash by what they are, and can be
    pickled.

    Example:
        >>> import wasmedge
        >>> wasmedge.Limit(1, 5)
        <Limit 1..5>
    """

    def __init__(
        self,
        min: SupportsIndex,  # noqa: A002
        max: SupportsIndex | None = None,  # noqa: A002
        *,
        shared: bool = False,
        is64: bool = False,
    ) -> None:
        """Make a limit.

        Args:
            min: The smallest size.
            max: The greatest size, or None.
            shared: Whether threads may share the memory. It needs a maximum where it is used: a limit without one is
                refused there, not here.
            is64: Whether sizes and addresses have 64 bits.

        Raises:
            ValueError: `max` is below `min`, or a size is negative, or has more than 64 bits, or more than 32 and
                `is64` is false.
            TypeError: A size is no int.
        """

    @property
    def min(self) -> int:
        """The smallest size, in pages or elements."""

    @property
    def max(self) -> int | None:
        """The greatest size, in pages or elements, or None."""

    @property
    def has_max(self) -> bool:
        """Whether there is a greatest size."""

    @property
    def shared(self) -> bool:
        """Whether threads may share the memory."""

    @property
    def is64(self) -> bool:
        """Whether sizes and addresses have 64 bits."""

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class TableType:
    """The type of a table.

    Values compare and hash by what they are, and can be pickled; ``str()`` gives ``"funcref 1..5"``.
    """

    @overload
    def __init__(self, text: str) -> None: ...
    @overload
    def __init__(self, ref_type: ValType | str, limit: Limit | SupportsIndex | str) -> None:
        """Make a table type.

        Args:
            text: The type as it is printed, such as ``"funcref 1..5"``.
            ref_type: The type of the elements, or its name: a reference type.
            limit: The size, in elements; an int is a minimum without a maximum, and a str one that is printed:
                ``"1..5"``.

        Raises:
            TypeError: `ref_type` is no type of references, or `limit` neither a limit nor an int.
            ValueError: There is no type of that name, the text is no table type, or the limit is shared, or no size.
        """

    @property
    def ref_type(self) -> ValType:
        """The type of the elements."""

    @property
    def limit(self) -> Limit:
        """The size, in elements.

        A table that was declared without a maximum has none here, though it cannot grow beyond 10,000,000 elements; one
        that was declared with exactly this maximum has none here either.
        """

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class MemoryType:
    """The type of a memory.

    Values compare and hash by what they are, and can be pickled; ``str()`` gives ``"1..5"``.
    """

    def __init__(self, limit: Limit | SupportsIndex | str) -> None:
        """Make a memory type.

        Args:
            limit: The size, in pages of 64 KiB; an int is a minimum without a maximum, and a str the type as it is
                printed: ``"1..5"``.

        Raises:
            TypeError: `limit` is neither a limit nor an int.
            ValueError: The text is no limit; or the limit is beyond 65,536 pages, or the minimum of a 64-bit one beyond
                131,072. (A greater maximum of a 64-bit memory is cut to that where the memory is made.)
        """

    @property
    def limit(self) -> Limit:
        """The size, in pages of 64 KiB."""

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class GlobalType:
    """The type of a global.

    Values compare and hash by what they are, and can be pickled; ``str()`` gives ``"const i32"`` or ``"var i32"``.
    """

    @overload
    def __init__(self, text: str) -> None: ...
    @overload
    def __init__(self, val_type: ValType | str, mutability: Mutability = Mutability.CONST) -> None:
        """Make a global type.

        Args:
            text: The type as it is printed: ``"const i32"`` (or ``"i32"``) or ``"var i32"`` (or ``"mut i32"``).
            val_type: The type of the value, or its name.
            mutability: Whether the value can be changed.

        Raises:
            TypeError: `val_type` is neither a value type nor a name, or `mutability` no `Mutability`.
            ValueError: There is no type of that name, or the text is no global type.
        """

    @property
    def val_type(self) -> ValType:
        """The type of the value."""

    @property
    def mutability(self) -> Mutability:
        """Whether the value can be changed."""

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class TagType:
    """The type of an exception tag.

    Values compare and hash by what they are, and can be pickled; ``str()`` gives ``"(i32)"``.
    """

    def __init__(self, params: Iterable[ValType | str] | str = ()) -> None:
        """Make a tag type.

        Args:
            params: The types of the values that an exception carries, or their names; or the type as it is printed,
                such as ``"(i32)"``.

        Raises:
            TypeError: Something is neither a value type nor a name.
            ValueError: There is no type of that name, or the text is no tag type.
        """

    @property
    def params(self) -> tuple[ValType, ...]:
        """The types of the values that an exception carries."""

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ImportType:
    """What a module imports under two names.

    A copy: it stays as it is when the module is gone. Values compare and hash by what they are, and can be pickled.
    """

    @property
    def kind(self) -> ExternType:
        """The kind of object."""

    @property
    def module(self) -> str:
        """The name of the module to import from."""

    @property
    def name(self) -> str:
        """The name of the object in that module."""

    @property
    def type(self) -> _AnyType:
        """The type that the object must have."""

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ExportType:
    """What a module exports under a name.

    A copy: it stays as it is when the module is gone. Values compare and hash by what they are, and can be pickled.
    """

    @property
    def kind(self) -> ExternType:
        """The kind of object."""

    @property
    def name(self) -> str:
        """The name of the object."""

    @property
    def type(self) -> _AnyType | None:
        """The type of the object; None where the runtime does not tell it.

        That is so for a tag that is imported and exported again.
        """

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class V128:
    """A vector of 128 bits.

    What a v128 comes to Python as. Where one is expected, an int from 0 to 2**128-1 and 16 bytes serve as well. Values
    compare and hash by what they are, and can be pickled. ``int()`` gives all bits as an unsigned number, ``bytes()``
    16 bytes, lowest first.

    Example:
        >>> import wasmedge
        >>> vector = wasmedge.V128(0x1, 0x2)
        >>> hex(int(vector))
        '0x10000000000000002'
        >>> wasmedge.V128.from_bytes(bytes(vector)) == vector
        True
    """

    def __init__(self, high: SupportsIndex, low: SupportsIndex) -> None:
        """Make a vector.

        Args:
            high: The upper 64 bits, as an unsigned number.
            low: The lower 64 bits, as an unsigned number.

        Raises:
            OverflowError: A half is negative, or has more than 64 bits.
            TypeError: A half is no int.
        """

    @staticmethod
    def from_bytes(data: Buffer) -> V128:
        """Make a vector of 16 bytes, lowest first.

        Args:
            data: A contiguous bytes-like object.

        Raises:
            TypeError, BufferError: `data` gives no contiguous bytes.
            ValueError: There are not 16 bytes.
        """

    @property
    def high(self) -> int:
        """The upper 64 bits, as an unsigned number."""

    @property
    def low(self) -> int:
        """The lower 64 bits, as an unsigned number."""

    def view(self, dtype: np.dtype[Any] | type[Any] | str) -> np.ndarray[Any, Any]:
        """Return the lanes as a numpy array.

        It is a copy, which can be written to: the vector itself never changes.

        Args:
            dtype: The type of the lanes, such as ``"float32"`` for four of them. Lane 0 comes first.

        Raises:
            ImportError: numpy is not installed.
            ValueError: 16 bytes are no whole number of lanes.
        """

    def __bytes__(self) -> bytes: ...
    def __int__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ExternRef:
    """A reference to any Python object.

    The explicit form of an externref: passing it is passing its object, which is what comes back.

    Example:
        >>> import wasmedge
        >>> wasmedge.ExternRef([1, 2]).value
        [1, 2]
    """

    def __init__(self, value: object) -> None:
        """Make a reference.

        Args:
            value: The object; None makes the null reference.
        """

    @property
    def value(self) -> Any:
        """The object."""

@final
class Configure:
    """What a runtime is configured with.

    It begins with WebAssembly 2.0: the proposals of 3.0 have known faults in WasmEdge 0.17.1 that let a guest escape,
    and are switched on only by who asks for them. Each consumer copies it when it is made; later changes do not reach
    it.

    Example:
        >>> import wasmedge
        >>> configure = wasmedge.Configure(wasmedge.Proposal.TAIL_CALL, max_memory_pages=256)
        >>> wasmedge.Proposal.TAIL_CALL in configure
        True
    """

    def __init__(
        self,
        *options: Proposal | HostRegistration,
        standard: Standard = Standard.WASM_2,
        max_memory_pages: int = 65536,
        count_instructions: bool = False,
        measure_cost: bool = False,
        measure_time: bool = False,
        run_mode: RunMode | str = RunMode.INTERPRETER,
        strict: bool = False,
        cache: bool = True,
        force_interpreter: bool = True,
        optimization_level: OptimizationLevel = OptimizationLevel.O3,
        output_format: OutputFormat = OutputFormat.WASM,
        dump_ir: bool = False,
        generic_binary: bool = False,
        interruptible: bool = False,
        native_plugins: bool = False,
    ) -> None:
        """Make a configuration.

        Args:
            *options: Proposals and host registrations to switch on.
            standard: The version of the standard whose proposals are switched on first.
            max_memory_pages: The most pages of 64 KiB that one memory may have, 65,536 at most.
            count_instructions: Whether executed instructions are counted.
            measure_cost: Whether the cost of executed instructions is summed up, and held to the cost limit.
            measure_time: Whether execution time is measured.
            run_mode: How functions are run.
            strict: Whether what cannot be compiled is refused, and not interpreted.
            cache: Whether compiled code is taken from the cache and left there.
            force_interpreter: Whether compiled code is left alone.
            optimization_level: How much the compiler optimises.
            output_format: What the compiler writes.
            dump_ir: Whether the compiler writes its intermediate code too.
            generic_binary: Whether compiled code is for any processor of the architecture.
            interruptible: Whether compiled code looks for being stopped.
            native_plugins: Whether host registrations take the modules of native plug-ins.

        Raises:
            TypeError: An option is neither of these, or a setting is unknown.
            ValueError: `max_memory_pages` is out of range, or there is no such run mode.
        """

    def add(self, option: Proposal | HostRegistration) -> None:
        """Switch a proposal or a host registration on.

        A proposal that stands on others switches these on too (WasmEdge's ``configure.h``).

        Args:
            option: The proposal or host registration.

        Raises:
            TypeError: It is neither.
        """

    def remove(self, option: Proposal | HostRegistration) -> None:
        """Switch a proposal or a host registration off.

        Args:
            option: The proposal or host registration; one that is off already stays so.

        Raises:
            TypeError: It is neither.
            ValueError: Another proposal that is on needs it.
        """

    def __contains__(self, option: Proposal | HostRegistration) -> bool: ...
    def set_standard(self, standard: Standard) -> None:
        """Replace the proposals by those of a version of the WebAssembly standard.

        Args:
            standard: The version.
        """

    @property
    def max_memory_pages(self) -> int:
        """The most pages of 64 KiB that one memory may have.

        A memory that would begin with more is a failed instantiation's reason; growing beyond fails in the guest.

        Raises:
            ValueError: When it is set: it is negative, or more than 65,536.
            TypeError: When it is set: it is no int.
        """

    @max_memory_pages.setter
    def max_memory_pages(self, pages: SupportsIndex) -> None: ...
    @property
    def count_instructions(self) -> bool:
        """Whether executed instructions are counted."""

    @count_instructions.setter
    def count_instructions(self, on: bool) -> None: ...
    @property
    def measure_cost(self) -> bool:
        """Whether the cost of executed instructions is summed up, and held to the cost limit."""

    @measure_cost.setter
    def measure_cost(self, on: bool) -> None: ...
    @property
    def measure_time(self) -> bool:
        """Whether execution time is measured."""

    @measure_time.setter
    def measure_time(self, on: bool) -> None: ...
    @property
    def run_mode(self) -> RunMode:
        """How functions are run.

        `RunMode.INTERPRETER` in a new configuration. It is what instances are made for; `Instance.run_mode` says how
        one really runs. What `wasmedge.run()` and `wasmedge.instantiate()` are given goes before it.
        """

    @run_mode.setter
    def run_mode(self, mode: RunMode | str) -> None: ...
    @property
    def _chosen_run_mode(self) -> RunMode | None:
        """The run mode that was set, or None."""

    def _copy(self) -> Configure:
        """Return a copy that later changes do not reach."""

    def _proposals(self) -> int:
        """Return the proposals that are on, as the bits of a number."""

    @property
    def strict(self) -> bool:
        """Whether what cannot be compiled is refused, and not interpreted.

        Refused with a `CompileError`; otherwise there is a `CompileWarning` that says why it is interpreted.
        """

    @strict.setter
    def strict(self, on: bool) -> None: ...
    @property
    def cache(self) -> bool:
        """Whether compiled code is taken from the cache and left there."""

    @cache.setter
    def cache(self, on: bool) -> None: ...
    @property
    def force_interpreter(self) -> bool:
        """Whether compiled code is left alone.

        Setting it sets `run_mode`; setting it to False changes nothing.
        """

    @force_interpreter.setter
    def force_interpreter(self, on: bool) -> None: ...
    @property
    def optimization_level(self) -> OptimizationLevel:
        """How much the compiler optimises."""

    @optimization_level.setter
    def optimization_level(self, level: OptimizationLevel) -> None: ...
    @property
    def output_format(self) -> OutputFormat:
        """What the compiler writes.

        A native library, or a module that carries the compiled code in a custom section.
        """

    @output_format.setter
    def output_format(self, output_format: OutputFormat) -> None: ...
    @property
    def dump_ir(self) -> bool:
        """Whether the compiler writes its intermediate code too."""

    @dump_ir.setter
    def dump_ir(self, on: bool) -> None: ...
    @property
    def generic_binary(self) -> bool:
        """Whether compiled code is for any processor of the architecture."""

    @generic_binary.setter
    def generic_binary(self, on: bool) -> None: ...
    @property
    def interruptible(self) -> bool:
        """Whether compiled code looks for being stopped."""

    @interruptible.setter
    def interruptible(self, on: bool) -> None: ...
    @property
    def native_plugins(self) -> bool:
        """Whether host registrations take the modules of native plug-ins.

        False at first. When True, a VM loads the plug-ins of the runtime's default directories, which are native code
        (see `Plugin.load_default_paths`); where none of them has a module it makes the package's own.
        """

    @native_plugins.setter
    def native_plugins(self, on: bool) -> None: ...

@final
class Statistics:
    """Counters of what executors have run.

    They are atomic: any number of executors and threads may count into one object. What is counted is switched on in
    the `Configure` of the executor or VM; reading what was not is an error that says so.
    """

    def __init__(self) -> None:
        """Make counters that are zero."""

    @property
    def instruction_count(self) -> int:
        """The number of instructions executed.

        Raises:
            ValueError: Instructions are not counted: no executor of these statistics has ``count_instructions`` on.
        """

    @property
    def instructions_per_second(self) -> float:
        """Executed instructions by the time spent in them.

        Raises:
            ValueError: Instructions are not counted, or time is not measured.
        """

    @property
    def total_cost(self) -> int:
        """The summed-up cost of executed instructions.

        Raises:
            ValueError: Cost is not measured.
        """

    @property
    def cost_limit(self) -> int | None:
        """The cost at which execution ends with CostLimitExceeded, or None.

        It is held to where ``measure_cost`` is on. The sum is that of `total_cost`: clear() starts it anew.

        Raises:
            OverflowError: When it is set: it is negative, or has more than 64 bits.
            TypeError: When it is set: it is neither an int nor None.
        """

    @cost_limit.setter
    def cost_limit(self, limit: SupportsIndex | None) -> None: ...
    @property
    def cost_table(self) -> dict[int, int]:
        """What each instruction costs, by opcode.

        A new dict of all instructions. Opcodes are those of the binary format (WebAssembly specification, section 5.4);
        after a prefix ``prefix << 8 | number``, or ``prefix << 12 | number`` for numbers beyond 255.

        It can be set to a mapping, for opcodes that do not cost 1, or to a sequence of the costs of the opcodes from 0
        on, of which the missing ones cost 0. Setting it does not touch `total_cost`.

        Raises:
            TypeError: When it is set: an opcode or a cost is no int.
            OverflowError: When it is set: a cost is negative or has more than 64 bits.
            ValueError: When it is set: there is no instruction of that opcode, or more than 65,536 costs.

        Example:
            >>> import wasmedge
            >>> statistics = wasmedge.Statistics()
            >>> statistics.cost_table = {0x6A: 5}  # i32.add
            >>> statistics.cost_table[0x6A], statistics.cost_table[0x6B]
            (5, 1)
        """

    @cost_table.setter
    def cost_table(self, costs: Mapping[int, int] | Iterable[int]) -> None: ...
    def clear(self) -> None:
        """Set the counters to zero."""

@final
class Module:
    """A parsed WebAssembly module.

    It does not change, but for being found valid, and may be used by several threads, VMs and executors. It is pickled
    by its bytes; one that comes out of a pickle has to be validated again.

    Example:
        >>> import wasmedge
        >>> module = wasmedge.Module.from_file("examples/fibonacci.wasm")
        >>> module.exports
        (<ExportType 'fib': function (i32) -> i32>,)
    """

    @staticmethod
    def from_file(path: _Path, *, configure: Configure | None = None, trusted: bool = False) -> Module:
        """Parse a module from a binary file.

        Args:
            path: The file's path.
            configure: Which proposals the parser knows.
            trusted: Whether its machine code is to be run, as for `Loader.load`.

        Raises:
            ModuleFileError: The file cannot be read (`ModuleFileNotFoundError` when there is none).
            LoadError: It is no module in the binary format.
        """

    @staticmethod
    def from_bytes(data: Buffer, *, configure: Configure | None = None, trusted: bool = False) -> Module:
        """Parse a module from bytes.

        Args:
            data: A contiguous bytes-like object with a module in the binary format.
            configure: Which proposals the parser knows.
            trusted: Whether its machine code is to be run, as for `Loader.load`.

        Raises:
            LoadError: It is no module in the binary format.
        """

    @property
    def is_validated(self) -> bool:
        """Whether the module has been found valid."""

    @property
    def imports(self) -> tuple[ImportType, ...]:
        """What the module imports, in order."""

    @property
    def exports(self) -> tuple[ExportType, ...]:
        """What the module exports, in order."""

    @property
    def custom_sections(self) -> tuple[tuple[str, bytes], ...]:
        """The names and contents of the custom sections, in order.

        A name may stand more than once.
        """

    def ready(self) -> bool:
        """Return whether no better code of the module is being made in the background.

        See `RunMode.AUTO`. The next instance then has the best code that there will be.
        """

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until no better code of the module is being made in the background.

        Args:
            timeout: How many seconds to wait at most; without end by default.

        Returns:
            What `ready()` returns then.
        """

    @property
    def _label(self) -> str:
        """What messages call the module."""

    def _has_trusted_code(self) -> bool:
        """Return whether code came with the module."""

    def _bytes(self) -> bytes:
        """Return what the module was parsed from."""

    def _find_code(self, key: str) -> _NativeCode | None:
        """Return code that was kept, or None."""

    def _keep_code(self, key: str, code: _NativeCode) -> None:
        """Keep code for later instances."""

    def describe(self) -> str:
        """Return the module's imports, exports and custom sections as text.

        Several lines, for people to read.

        Example:
            >>> import wasmedge
            >>> print(wasmedge.Module.from_file("examples/fibonacci.wasm").describe(), end="")
            module 'examples/fibonacci.wasm', 84 bytes
              imports: none
              exports:
                'fib': function (i32) -> i32
              custom sections:
                name, 16 bytes
        """

@final
class Loader:
    """Parses modules.

    It reads files by itself: a path to a native library is refused, not loaded. Threads may share a loader.
    """

    def __init__(self, configure: Configure | None = None) -> None:
        """Make a loader.

        Args:
            configure: Which proposals the parser knows.
        """

    def load(self, source: _Source, *, trusted: bool = False) -> Module:
        """Parse a module from a path or from bytes.

        The GIL is released meanwhile.

        Args:
            source: A path, or a contiguous bytes-like object; a `Module` is returned as it is.
            trusted: Whether it is what a `Compiler` has written, and its machine code is to be run: a native library,
                or a module with a section "wasmedge". The code may do anything, and is checked in no way. It is run
                unless the run mode was set to the interpreter. Otherwise machine code is never looked at: a native
                library is refused, and the section ignored.

        Raises:
            ModuleFileError: The file cannot be read (`ModuleFileNotFoundError` when there is none).
            LoadError: It is no module in the binary format, or a function of it has more than 50,000 local variables.
                When trusted, also: it holds no machine code that can be used, for another processor or runtime perhaps.
        """

    def serialize(self, module: Module) -> bytes:
        """Return a module in the binary format.

        It is written anew from what was parsed, not the bytes that the module was loaded from. The GIL is released
        meanwhile.

        Args:
            module: The module.

        Raises:
            WasmEdgeError: The runtime cannot write something that is in the module.
        """

@final
class _NativeCode:
    """A module's compiled code."""

    @property
    def mode(self) -> RunMode:
        """Where the code came from."""

def _load_native(data: bytes, label: str, configure: Configure, mode: RunMode) -> _NativeCode:
    """Load what the compiler has written."""

def _native_obstacle(module: Module, configure: Configure) -> str | None:
    """Return why a module must not be compiled, or None."""

@final
class Compiler:
    """Compiles modules to machine code.

    For this processor and this version of WasmEdge; `Loader.load` takes the outcome back with ``trusted=True``. For
    code that is compiled once and then cached, by itself, there is `RunMode.AOT`. Threads may share a compiler; one
    compilation goes on at a time in a process, as LLVM's linker is not made for more.

    Example:
        >>> import wasmedge
        >>> compiler = wasmedge.Compiler(wasmedge.Configure(output_format=wasmedge.OutputFormat.NATIVE))
        >>> code = compiler.compile("examples/fibonacci.wasm")
        >>> module = wasmedge.Module.from_bytes(code, trusted=True)
        >>> wasmedge.run(module, "fib", 21)
        17711
    """

    def __init__(self, configure: Configure | None = None) -> None:
        """Make a compiler.

        Args:
            configure: The proposals, `optimization_level`, `output_format`, `generic_binary` and `interruptible`; and
                `count_instructions` and `measure_cost`, which are then measured in the code.
        """

    def compile(
        self,
        source: _Source,
        output: str | os.PathLike[str] | None = None,
        *,
        dump_ir: str | os.PathLike[str] | None = None,
    ) -> Any:
        """Compile a module to a file, or to bytes.

        The GIL is released meanwhile. The file is there when it is whole, under its name and no other, and has been
        loaded once: what WasmEdge reports is not always true. Tables without a maximum get one of 10,000,000 elements.

        Args:
            source: The module: a path, bytes-like data, or a `Module`.
            output: The path of the file to write; without one the outcome is returned.
            dump_ir: A directory for LLVM's intermediate code: ``wasm.ll`` and ``wasm-opt.ll``. The compiler then runs
                in a process of its own. Needed when the configuration has `dump_ir` on.

        Returns:
            The path as a `pathlib.Path`, or the bytes.

        Raises:
            LoadError: The module could not be read or parsed.
            ValidationError: The module is not valid.
            CompileError: It cannot be compiled: it has exceptions or 64-bit memories, or the compiler failed.
            ValueError: The output is the input; or `dump_ir` is on in the configuration and no directory given.
            OSError: The output cannot be written.
        """

    @property
    def _configure(self) -> Configure:
        """A copy of its configuration."""

    def _compile_to(self, data: bytes, label: str, output: str) -> None:
        """Compile bytes to a file in a directory that the caller removes."""

@final
class Validator:
    """Validates modules.

    Threads may share a validator, and wait for each other then.
    """

    def __init__(self, configure: Configure | None = None) -> None:
        """Make a validator.

        Args:
            configure: Which proposals are valid.
        """

    def validate(self, module: Module) -> None:
        """Check that a module is valid.

        The GIL is released meanwhile.

        Args:
            module: The module.

        Raises:
            ValidationError: The module is not valid.
        """

@final
class Function:
    """A WebAssembly function that can be called.

    It keeps its instance alive. Two objects for one function are equal. The GIL is released while the function runs.

    One that is made here is a host function: guests call it, and Python carries it out. It stands alone until an
    instance takes it over (`Instance.add`), and can be called from Python as well.

    ``inspect.signature()`` gives its parameters by number, with the annotations that `host_function` takes.

    Example:
        >>> import wasmedge
        >>> fib = wasmedge.instantiate("examples/fibonacci.wasm").exports.fib
        >>> fib
        <Function fib (i32) -> i32>
        >>> fib(21)
        17711
        >>> wasmedge.Function("(i32, i32) -> i32", max)(2, 3)
        3
    """

    def __init__(
        self,
        type: FunctionType | str | None,  # noqa: A002
        callable: Callable[..., Any],  # noqa: A002
        *,
        data: Any = None,
        cost: int = 0,
    ) -> None:
        """Make a host function.

        The callable gets the guest's arguments: ints (signed), floats, `V128`, and of references the Python object, a
        `Function` or None. It returns None, one value, or a tuple or list of several, as the type says. An exception
        that it raises comes out of the call that runs the guest, as the same object; `Terminate` ends the guest's
        program well, and `HostError` makes the call fail with a code.

        Args:
            type: The function's type, or its text; None takes it from the callable's annotations, as `host_function`
                does.
            callable: The callable. One with a first parameter annotated with `CallingFrame` gets the frame of the
                caller.
            data: An object that is passed before the guest's arguments, when it is not None.
            cost: What a call costs, where cost is measured, from 0 to 2**64-1.

        Raises:
            TypeError: The callable cannot be called, is a coroutine function, or has no annotations to take a type
                from; or `cost` is no int.
            OverflowError: `cost` is out of range.
            ValueError: The text is no function type.
        """

    @property
    def type(self) -> FunctionType:
        """The function's parameter and result types."""

    @property
    def name(self) -> str:
        """The name that the function was found under.

        For a host function the callable's; empty for one that came as a reference.
        """

    __name__: str
    __signature__: inspect.Signature

    def __call__(self, *args: Any, fuel: int | None = None, timeout: float | None = None) -> Any:
        """Call the function.

        An object that is passed as an externref is kept alive by the instance for as long as that lives, as nobody can
        see where a guest keeps it; where the instance has nothing to keep one in, until the call ends. A function that
        is passed as a funcref keeps its own instance alive, and the called one keeps the function.

        Args:
            *args: An int (or what has ``__index__``) for each i32 and i64, from the least signed to the greatest
                unsigned number of that size; a float (or an int, or what has ``__float__``) for each f32 and f64; a
                `V128`, an int from 0 to 2**128-1, or 16 bytes for each v128; a `Function` or None for each funcref; any
                object for each externref, None being the null reference. No bool, str, or array is taken for a number.
            fuel: The cost at which the call ends with `CostLimitExceeded`. Each instruction costs 1, or what the cost
                table of the executor's statistics says. It is this call's own, whatever other threads do; what host
                functions call in their turn is not counted. Compiled code has to measure its cost
                (`Configure.measure_cost`).
            timeout: The seconds that the call has; None for as long as it takes. A guest is stopped at its next branch
                or call, and compiled code wherever it is; a host function is not, but the guest does not go on when it
                returns.

        Returns:
            None for a function without results, its result, or a tuple of its results. Integers are signed. An
            externref is the very object that was passed in. None also when the program ended itself with ``proc_exit``
            or a host function raised `Terminate`.

        Raises:
            TypeError: The number or the type of the arguments is wrong. Nothing has run then.
            OverflowError: An argument is out of the range of its type. Nothing has run then.
            ValueError: The function's instance is gone, bytes for a v128 are not 16, or there is fuel for compiled code
                that does not measure its cost. Nothing has run then.
            Trap: Execution trapped. The instance can be used afterwards.
            StackExhausted: Functions called each other until the interpreter's stack was full: about 4 million nested
                calls, or 16 million values. It is a `Trap`.
            CostLimitExceeded: The fuel is used up, or the cost limit of the executor's statistics was reached.
            TimeoutError: The time is over. The instance can be used afterwards.
            Interrupted: The call was cancelled (`Async.cancel`).
            KeyboardInterrupt: Ctrl-C was pressed while the call ran on the main thread.
            Exception: Whatever a host function raised, as the same object.
        """

    def call_async(self, *args: Any, fuel: int | None = None, timeout: float | None = None) -> Async[Any]:
        """Call the function in another thread.

        Args:
            *args: Its arguments, as for calling it.
            fuel: The cost at which the call ends, as for calling it.
            timeout: The seconds that the call has, from when it begins.

        Returns:
            What can be awaited, waited for and cancelled. It raises what calling the function raises.

        Raises:
            TypeError, OverflowError, ValueError: `fuel` or `timeout` is wrong, or the function's instance is gone.
        """

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Memory:
    """A linear memory.

    It has the buffer protocol and is a sequence of bytes: ``np.asarray(memory)`` and ``memoryview(memory)`` are on the
    memory itself, ``memory[i]`` is an int, ``memory[a:b]`` a copy as bytes, ``memory[a:b] = data`` sets them, and
    ``len(memory)`` is the size in bytes. Numbers are little-endian (WebAssembly specification, section 4.4.7), and need
    no alignment.

    An array, memoryview or buffer on a memory stays valid for as long as it lives: the address never changes, also when
    the memory grows (the view keeps its length), and what is viewed is kept alive when everything else is deleted or
    closed. Guests may change what is in the memory, and grow it, at any time, also while Python looks on.

    Two objects for one memory are equal; one that is closed equals itself only, and keeps its hash. As a context
    manager it is closed at the end of the block.

    Example:
        >>> import wasmedge
        >>> memory = wasmedge.Memory(wasmedge.Limit(1, 3))
        >>> memory.write(8, b"hello")
        >>> memory.read(8, 5), memory[8], memory[8:10]
        (b'hello', 104, b'he')
        >>> view = memory.view("<u4", offset=16, shape=(2, 2))
        >>> view[:] = 7
        >>> memory.read_scalar(28, "<u4")
        7
        >>> memory.grow(2)
        1
        >>> memory
        <Memory 3 pages (192 KiB), max 3>
    """

    def __init__(self, type: MemoryType | Limit | SupportsIndex | str) -> None:  # noqa: A002
        """Make a memory that stands alone until an instance takes it over.

        Args:
            type: The type, its text such as ``"1..5"``, or its limits in pages of 64 KiB; an int is a minimum without a
                maximum.

        Raises:
            TypeError: It is none of these.
            ValueError: It has limits beyond 65,536 pages (131,072 when it is 64-bit), or is shared without a maximum,
                or the text is no limit.
            MemoryError: There is no address space or memory for it.
        """

    @property
    def type(self) -> MemoryType:
        """The limits in pages.

        The minimum is the current size once it has grown, as the specification says (section 4.5.3). A 64-bit
        memory that was made here without a maximum, or with a greater one, has one of 131,072 pages.
        """

    @property
    def pages(self) -> int:
        """The current number of pages of 64 KiB."""

    @property
    def size(self) -> int:
        """The current size in bytes."""

    def view(
        self,
        dtype: npt.DTypeLike = "uint8",
        offset: SupportsIndex = 0,
        shape: SupportsIndex | Sequence[SupportsIndex] | None = None,
    ) -> npt.NDArray[Any]:
        """Return an array on the bytes of the memory.

        Nothing is copied: what is written to the array is in the memory at once, and the other way round. The array is
        writable and in C order, its ``base`` is this object, and it stays valid for as long as it lives (see `Memory`);
        it keeps its length when the memory grows. Where it is not aligned to its dtype numpy is slower, no more.

        A host function that keeps an array of the memory of an instance that imports that function keeps both for ever,
        since arrays are not seen by the garbage collector; it should take the array from its frame at each call.

        Args:
            dtype: The type of the elements: whatever `numpy.dtype` takes, structures as well.
            offset: The address of the first byte.
            shape: The number of elements, or of those in each dimension; ``()`` for an array of no dimensions. None for
                as many whole elements as there are from `offset` to the end of the memory.

        Raises:
            OutOfBoundsError: Not all of these bytes are in the memory.
            TypeError: `dtype` is no dtype, or a number no int.
            ValueError: The elements are Python objects or have no bytes, a length is negative, there are more elements
                than fit any memory, or the memory is closed.
        """

    def read(self, offset: SupportsIndex, size: SupportsIndex) -> bytes:
        """Return a copy of some bytes of the memory.

        The GIL is released while 64 KiB or more are copied.

        Args:
            offset: The first byte's address.
            size: The number of bytes.

        Raises:
            OutOfBoundsError: Not all of these bytes are in the memory.
            IndexError: A number is beyond 64 bits.
            TypeError: A number is no int.
            ValueError: `size` is negative, or the memory is closed.
        """

    def read_into(self, offset: SupportsIndex, buffer: _Bytes) -> int:
        """Copy bytes of the memory into a buffer, and return how many.

        The GIL is released while 64 KiB or more are copied, if the buffer is contiguous.

        Args:
            offset: The first byte's address.
            buffer: What to fill, all of it: a writable buffer of any type and strides, which is filled in C order.

        Raises:
            OutOfBoundsError: Not all of these bytes are in the memory.
            TypeError: `buffer` gives no bytes, or its elements are Python objects; or `offset` is no int.
            BufferError, ValueError: `buffer` is read-only; or the memory is closed.
        """

    def write(self, offset: SupportsIndex, data: _Bytes) -> None:
        """Copy the bytes of a buffer into the memory.

        The GIL is released while 64 KiB or more are copied, if the buffer is contiguous.

        Args:
            offset: The address of the first byte to change.
            data: A buffer of any type and strides; its elements are written in C order.

        Raises:
            OutOfBoundsError: Not all of these bytes are in the memory. Nothing has been written then.
            TypeError: `data` gives no bytes, or its elements are Python objects; or `offset` is no int.
            ValueError: The memory is closed.
        """

    def fill(self, offset: SupportsIndex, value: SupportsIndex, size: SupportsIndex) -> None:
        """Set each of some bytes to a value.

        What the instruction ``memory.fill`` does. The GIL is released for 64 KiB or more.

        Args:
            offset: The address of the first byte.
            value: The byte, from 0 to 255.
            size: The number of bytes.

        Raises:
            OutOfBoundsError: Not all of these bytes are in the memory. Nothing has been changed then.
            TypeError: A number is no int.
            ValueError: `value` is no byte, `size` is negative, or the memory is closed.
        """

    def copy(self, destination: SupportsIndex, source: SupportsIndex, size: SupportsIndex) -> None:
        """Copy bytes from one place of the memory to another.

        What the instruction ``memory.copy`` does; the places may overlap. The GIL is released for 64 KiB or more.

        Args:
            destination: The address to copy to.
            source: The address to copy from.
            size: The number of bytes.

        Raises:
            OutOfBoundsError: Not all of these bytes are in the memory. Nothing has been changed then.
            TypeError: A number is no int.
            ValueError: `size` is negative, or the memory is closed.
        """

    def read_str(self, offset: SupportsIndex, size: SupportsIndex | None = None, *, errors: str = "strict") -> str:
        """Return UTF-8 text of the memory: of a size, or up to a NUL.

        Args:
            offset: The first byte's address.
            size: The number of bytes; None for a C string, which ends before the first byte of 0.
            errors: What to do with bytes that are no UTF-8, as for `bytes.decode`.

        Raises:
            OutOfBoundsError: Not all of these bytes are in the memory.
            UnicodeDecodeError: The bytes are no UTF-8.
            TypeError: A number is no int.
            ValueError: There is no NUL up to the end of the memory, `size` is negative, or the memory is closed.
            LookupError: There is no such way of handling errors.
        """

    def write_str(self, offset: SupportsIndex, text: str, *, terminate: bool = True) -> int:
        """Write text as UTF-8 with a NUL at its end, and return its size in bytes.

        Args:
            offset: The address of the first byte to change.
            text: The text.
            terminate: Whether to write a byte of 0 behind the text, and count it.

        Raises:
            OutOfBoundsError: There is no room in the memory. Nothing has been written then.
            UnicodeEncodeError: The text has lone surrogates.
            TypeError: `offset` is no int, or `text` no str.
            ValueError: The text has a NUL in it and is to end with one, or the memory is closed.
        """

    def read_scalar(self, offset: SupportsIndex, dtype: npt.DTypeLike) -> Any:
        """Return one element of the memory as a Python object.

        Args:
            offset: The address of its first byte, which need not be aligned.
            dtype: Its type: whatever `numpy.dtype` takes.

        Returns:
            What ``numpy.ndarray.item()`` gives: an int, float, complex or bool, a tuple for a structure.

        Raises:
            OutOfBoundsError: Not all of its bytes are in the memory.
            TypeError: `dtype` is no dtype, or `offset` no int.
            ValueError: The element is a Python object or has no bytes, or the memory is closed.
        """

    def write_scalar(self, offset: SupportsIndex, value: Any, dtype: npt.DTypeLike) -> None:
        """Set one element of the memory.

        Args:
            offset: The address of its first byte, which need not be aligned.
            value: What it is to be. Types of whole numbers take whole numbers only.
            dtype: Its type: whatever `numpy.dtype` takes.

        Raises:
            OutOfBoundsError: Not all of its bytes are in the memory.
            OverflowError: A whole number is out of range.
            TypeError: `value` does not fit the type, `dtype` is no dtype, or `offset` no int.
            ValueError: As for TypeError, where numpy says so; the element is a Python object or has no bytes; or the
                memory is closed.
        """

    def grow(self, pages: SupportsIndex) -> int:
        """Add pages, and return how many there were.

        Its address stays the same. The new pages are zero.

        Args:
            pages: The number of pages of 64 KiB to add.

        Raises:
            ValueError: `pages` is negative, or beyond the maximum, what the configuration allows, 65,536 pages (131,072
                when it is 64-bit), or what there is; nothing has changed then. Or the memory is closed.
            TypeError: `pages` is no int.
        """

    def close(self) -> None:
        """Let go of the memory.

        What others hold of it stays valid. Using this object afterwards is a `ValueError`; closing it again does
        nothing.
        """

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, key: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, key: slice, /) -> bytes: ...
    @overload
    def __setitem__(self, key: SupportsIndex, value: SupportsIndex, /) -> None: ...
    @overload
    def __setitem__(self, key: slice, value: _Bytes, /) -> None: ...
    def __delitem__(self, key: Never, /) -> None: ...
    def __iter__(self) -> Iterator[int]: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        exception_type: _ExceptionType | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Table:
    """A table of references.

    ``table[i]`` gives an element, ``table[i] = x`` sets one, and ``len(table)`` is the number of elements; negative
    indices count from the end. An element is a `Function` or None in a table of funcref, and any object or None in one
    of externref. The table keeps its instance alive, and the elements' instances and objects. Two objects for one table
    are equal.

    Raises:
        IndexError: There is no such element.
        TypeError: An element is of another type.

    Example:
        >>> import wasmedge
        >>> table = wasmedge.Table(wasmedge.TableType("externref", wasmedge.Limit(2, 4)))
        >>> table[-1] = "anything"
        >>> table[0], table[1], len(table)
        (None, 'anything', 2)
    """

    def __init__(self, type: TableType | str, init: Any = None) -> None:  # noqa: A002
        """Make a table that stands alone until an instance takes it over.

        Args:
            type: The type, or its text: ``"funcref 1..5"``.
            init: What each element is at first, and those that are added later.

        Raises:
            TypeError: `init` is not of the table's type, or `type` is no type.
            ValueError: It begins with more than 10,000,000 elements, or the text is no table type.
        """

    @property
    def type(self) -> TableType:
        """The type of the elements, and the limits.

        The minimum is the current size once it has grown, as the specification says (section 4.5.3).
        """

    def grow(self, count: SupportsIndex) -> None:
        """Add elements, which are what the table began with.

        Args:
            count: The number of elements to add.

        Raises:
            ValueError: `count` is negative, or beyond the maximum, or 10,000,000 elements. Nothing has changed then.
            TypeError: `count` is no int.
        """

    def __getitem__(self, index: SupportsIndex) -> Any: ...
    def __setitem__(self, index: SupportsIndex, value: Any) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Global:
    """A global variable or constant.

    It keeps its instance alive, and what its value refers to. Two objects for one global are equal.

    Example:
        >>> import wasmedge
        >>> counter = wasmedge.Global("var i64", 0)
        >>> counter.value += 1
        >>> counter
        <Global var i64 1>
    """

    def __init__(self, type: GlobalType | str, value: Any) -> None:  # noqa: A002
        """Make a global that stands alone until an instance takes it over.

        Args:
            type: The type, or its text: ``"i32"`` for a constant, ``"var i32"`` or ``"mut i32"``.
            value: The first value, as for an argument of a `Function`.

        Raises:
            ValueError: The text is no global type.
            TypeError: The value is not of that type, or `type` is no type.
            OverflowError: The value is out of the range of its type.
        """

    @property
    def type(self) -> GlobalType:
        """The type of the value, and whether it can be changed."""

    @property
    def value(self) -> Any:
        """The current value.

        Raises:
            ImmutableGlobalError: When it is set: the global is a constant. It is an `AttributeError` too.
            TypeError: When it is set: the value is of another type.
            OverflowError: When it is set: the value is out of the range of its type.
        """

    @value.setter
    def value(self, value: Any) -> None: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Tag:
    """A tag of exceptions.

    It is found in instances only, and keeps its instance alive. Two objects for one tag are equal.
    """

    @property
    def type(self) -> TagType:
        """The types of the values that an exception carries."""

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Exports(Mapping[str, Any]):
    """The exports of an instance.

    ``exports.name`` and ``exports["name"]`` give a `Function`, `Table`, `Memory`, `Global` or `Tag`. It is a read-only
    mapping, with a length, ``in``, iteration over the names, and the methods of mappings. These give way to exports of
    the same names: where a module exports ``get``, ``exports.get`` is that.

    Raises:
        AttributeError: There is no export of that name.
        KeyError: The same, asked for as an item.
    """

    def __getattr__(self, name: str) -> Any: ...
    def __getitem__(self, name: str) -> Any: ...
    def __contains__(self, name: object) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __dir__(self) -> list[str]: ...
    @property
    def keys(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A method that returns a view of the names.

        Unless an export has this name.
        """

    @property
    def values(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A method that returns a view of the objects.

        Unless an export has this name.
        """

    @property
    def items(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A method that returns a view of the names and objects.

        Unless an export has this name.
        """

    @property
    def get(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A method that returns an object by its name, or a default.

        Unless an export has this name.
        """

class Instance:
    """An instance of a module.

    It keeps alive the instances that it imports from, those whose functions got into its tables and globals, and the
    Python objects that it was passed as externref, unless it has nothing to keep one in. Two objects for one instance
    are equal; one that is closed equals itself only, and keeps its hash. As a context manager it is closed at
    the end of the block.

    One that is made here is empty, for functions and other objects to be added to. No class can be derived from it, but
    from `wasmedge.hosts.HostModule`.

    Example:
        >>> import wasmedge
        >>> env = wasmedge.Instance("env")
        >>> env.add("twice", wasmedge.Function("(i32) -> i32", lambda number: 2 * number))
        >>> env.exports.twice(21)
        42
    """

    def __init__(self, name: str) -> None:
        """Make an instance without exports.

        Args:
            name: The name under which it is registered where no other is given.

        Raises:
            ValueError: The name is no Unicode text.
        """

    def add(self, name: str, object: Function | Memory | Table | Global | Callable[..., Any]) -> None:  # noqa: A002
        """Export an object that stands alone.

        The instance owns it from now on; the Python object stays valid, and keeps the instance alive.

        Args:
            name: The name to export it under.
            object: The function, memory, table or global; any other callable becomes a host function of the type that
                its annotations name.

        Raises:
            TypeError: It is none of these, or a callable without annotations.
            ValueError: There is an export of that name, the object belongs to an instance already, a function came as
                a reference (out of a table or a global, or as a result), this instance was not made by
                ``Instance(name)``, or it is closed.
        """

    @property
    def name(self) -> str:
        """The name that the instance was made with, or an empty string."""

    @property
    def run_mode(self) -> RunMode:
        """How the functions of the instance really run.

        Whatever was asked for: `RunMode.INTERPRETER` also for what could not be compiled, `RunMode.AOT` for code that
        is in the cache or came from a file, and `RunMode.JIT` for code that this process has for itself.
        """

    @property
    def exports(self) -> Exports:
        """The exported objects, as attributes and as items."""

    @property
    def functions(self) -> MappingProxyType[str, Function]:
        """The exported functions by name."""

    @property
    def tables(self) -> MappingProxyType[str, Table]:
        """The exported tables by name."""

    @property
    def memories(self) -> MappingProxyType[str, Memory]:
        """The exported memories by name."""

    @property
    def globals(self) -> MappingProxyType[str, Global]:
        """The exported globals by name."""

    @property
    def tags(self) -> MappingProxyType[str, Tag]:
        """The exported tags by name."""

    def allocate(
        self, data: int | _Bytes, *, malloc: str | None = None, free: str | None = None, memory: str | None = None
    ) -> Allocation:
        """Take a block of the guest's heap, and copy data into it.

        The guest's own functions give the block and take it back. By convention these are, the first that are there:
        ``malloc`` and ``free``; ``__wbindgen_malloc`` and ``__wbindgen_free``; ``cabi_realloc``, which has no function
        that frees; ``alloc`` and ``dealloc``. They are called by how many parameters they have: with the size, with the
        size and the alignment, or as ``cabi_realloc`` is; to free, with the address, the size and the alignment.

        Example:
            A function ``double sum(const double *numbers, int count)`` of a guest is called so::

                numbers = np.linspace(0, 1, 1000)
                with instance.allocate(numbers) as block:
                    total = instance.exports.sum(block.pointer, len(numbers))

        Args:
            data: The array or other buffer to copy, or a number of bytes, which are as the guest gives them.
            malloc: The name of the function that gives a block, for guests that follow no convention.
            free: The name of the function that takes it back.
            memory: The name of the memory that the block is in; None for ``memory``, or the only one.

        Raises:
            FunctionNotFoundError: The instance exports no such function.
            LookupError: It exports no such memory.
            MemoryError: The guest has no room.
            TypeError: `data` gives no bytes, or a function has the wrong type.
            OutOfBoundsError: The guest gives an address outside of its memory.
            ValueError: The number of bytes is negative, or the instance is closed.
            Trap: The guest's function traps.
        """

    def close(self) -> None:
        """Let go of the instance.

        What others hold of it (a `Function`, a `Memory`, a store) stays valid, and keeps it alive. Using this object
        afterwards is a `ValueError`; closing it again does nothing.
        """

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class WasiModule(Instance):
    """The WebAssembly System Interface, preview 1.

    An instance named ``wasi_snapshot_preview1``. A program gets the standard streams of this process unless told
    otherwise, and of arguments, environment and directories what it is given here. Sockets are refused
    (``ENOTCAPABLE``), and ``proc_raise`` does not reach this process (``ENOSYS``). Objects are equal when they are the
    same one, as the instance behind one changes with each program.
    """

    def __init__(
        self,
        *,
        args: Iterable[str] = (),
        env: Mapping[str, str] | str = ...,
        preopens: Mapping[str, _Path] = ...,
        stdin: StreamSource = None,
        stdout: Sink = None,
        stderr: Sink = None,
        sockets: bool | Iterable[str | tuple[str, int]] = False,
        clock: int | Callable[[int], int] | None = None,
        random_seed: int | str | bytes | None = None,
    ) -> None:
        """Make a WASI instance for one program.

        Args:
            args: The program's arguments; the first is its name by convention.
            env: The program's environment variables; nothing is inherited from this process but by ``"inherit"``.
            preopens: Directories of the host by the path at which the guest finds them, for reading and writing; a
                `ReadOnly` for reading.
            stdin: What the program reads: None for this process's, bytes or str, a `pathlib.Path`, a descriptor, a
                file object, a callable that gives the next bytes or str (empty at the end), `PIPE`, `DEVNULL` or
                `CLOSED`. A file object that has a descriptor is read through it.
            stdout: Where the standard output goes: None for this process's, a `pathlib.Path`, a descriptor, a file
                object of bytes or text, a callable that gets bytes, `CAPTURE` or a `Capture`, `PIPE`, `DEVNULL` or
                `CLOSED`. Callables and file objects without a descriptor are called in another thread.
            stderr: The same for the standard error; `STDOUT` too.
            sockets: Whether the program may use the network: False, True for all of it, or the addresses that it may
                connect to, send to, bind to and resolve: "127.0.0.1:8080", "10.0.0.0/8", "[::1]:443", "localhost:80",
                ("127.0.0.1", 80). Without a port all ports are meant. A name stands for whatever it resolves to when
                the program asks. Datagrams and connections that come in are not looked at.
            clock: Nanoseconds for clocks that stand still, or a callable that gets a clock's number and tells them.
                Waiting (``poll_oneoff``) goes by the real time.
            random_seed: Makes the random bytes the same in each run.

        Raises:
            OSError: A directory or a file cannot be opened.
            ValueError: A string contains a NUL character, or a number is no descriptor.
            TypeError: An option is of another type.
        """

    def init(
        self,
        *,
        args: Iterable[str] = (),
        env: Mapping[str, str] | str = ...,
        preopens: Mapping[str, _Path] = ...,
        stdin: StreamSource = None,
        stdout: Sink = None,
        stderr: Sink = None,
        sockets: bool | Iterable[str | tuple[str, int]] = False,
        clock: int | Callable[[int], int] | None = None,
        random_seed: int | str | bytes | None = None,
    ) -> None:
        """Give the next program other arguments, environment, directories and streams.

        Programs that were instantiated before keep theirs; `exit_code` starts anew.

        Args:
            args: The program's arguments; the first is its name by convention.
            env: The program's environment variables; nothing is inherited from this process but by ``"inherit"``.
            preopens: Directories of the host by the path at which the guest finds them, for reading and writing; a
                `ReadOnly` for reading.
            stdin: What the program reads: None for this process's, bytes or str, a `pathlib.Path`, a descriptor, a
                file object, a callable that gives the next bytes or str (empty at the end), `PIPE`, `DEVNULL` or
                `CLOSED`. A file object that has a descriptor is read through it.
            stdout: Where the standard output goes: None for this process's, a `pathlib.Path`, a descriptor, a file
                object of bytes or text, a callable that gets bytes, `CAPTURE` or a `Capture`, `PIPE`, `DEVNULL` or
                `CLOSED`. Callables and file objects without a descriptor are called in another thread.
            stderr: The same for the standard error; `STDOUT` too.
            sockets: Whether the program may use the network: False, True for all of it, or the addresses that it may
                connect to, send to, bind to and resolve: "127.0.0.1:8080", "10.0.0.0/8", "[::1]:443", "localhost:80",
                ("127.0.0.1", 80). Without a port all ports are meant. A name stands for whatever it resolves to when
                the program asks. Datagrams and connections that come in are not looked at.
            clock: Nanoseconds for clocks that stand still, or a callable that gets a clock's number and tells them.
                Waiting (``poll_oneoff``) goes by the real time.
            random_seed: Makes the random bytes the same in each run.

        Raises:
            OSError: A directory or a file cannot be opened.
            ValueError: A string contains a NUL character, or a number is no descriptor.
            TypeError: An option is of another type.
        """

    @property
    def exit_code(self) -> int:
        """The code that the program gave to proc_exit.

        It is 0 as well when the program has not ended, returned from ``_start``, or trapped: a trap is the exception
        of the call. Waits until what the program has written so far has arrived.
        """

    @property
    def stdin(self) -> BinaryIO | None:
        """The file to write the program's input to, if it is a PIPE.

        Close it to let the program see the end of its input.
        """

    @property
    def stdout(self) -> Any:
        """What the program has written to its standard output.

        The bytes so far of a `CAPTURE`; of a `PIPE` a file to read while the program runs, in another thread; else
        None.
        """

    @property
    def stderr(self) -> Any:
        """What the program has written to its standard error.

        As for `stdout`.
        """

    def finish(self) -> None:
        """End the streams, and wait until all that was written has arrived.

        Readers of a `PIPE` see its end. The program gets errors from then on, if it still runs. Without this the
        streams end when nothing holds the program any more.

        Raises:
            OSError: The output did not fit in its `Capture`.
            Exception: What a callable or file object has raised.
        """

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

class _HostModule(Instance):
    """An instance that Python classes derive from."""

    def __init__(self, name: str) -> None:
        """Make an instance without exports, of a name that the class has as ``_name``."""

@final
class _StopSource:
    """A request to stop whatever runs under it."""

    def __init__(self) -> None: ...
    @property
    def is_stopped(self) -> bool:
        """Whether the request was made."""

    def stop(self) -> None:
        """Stop what runs, and what will run."""

    def run(self, callable: Callable[[], Any]) -> Any:  # noqa: A002
        """Call something under the request, and return its result."""

class _AsyncState:
    """What is known of a call that goes on in another thread."""

    _result: Any
    _exception: BaseException | None
    _waiters: list[Any]
    _done_callbacks: list[Callable[[Any], object]]
    _condition: threading.Condition
    _state: str

    @property
    def _is_done(self) -> bool:
        """Whether the call has ended, or was kept from beginning."""

    @property
    def _was_stopped(self) -> bool:
        """Whether the call was cancelled while it ran."""

    def _outcome(self, is_awaited: bool, /) -> Any:
        """Return the result of a call that is done, or raise its exception."""

    def _cancel_pending(self) -> bool:
        """Keep the call from beginning, and return whether it had not yet."""

    def _stop(self) -> None:
        """Stop the call."""

    def _add_waker(self, signal: _LoopSignal, function: Callable[[Any], object], argument: object, /) -> bool:
        """Call a function of C at the end.

        The signal is set then. Returns False when the call has ended already.
        """

@final
class _LoopSignal:
    """A file that becomes readable when calls that an event loop waits for have ended."""

    def __init__(self) -> None: ...
    def fileno(self) -> int:
        """Return the file's descriptor."""

    def set(self) -> None:
        """Make it readable."""

    def clear(self) -> None:
        """Make it wait for the next one."""

def _settle_ended_calls() -> None:
    """Make the results of all calls that have ended Python's."""

def _work() -> None:
    """Carry out calls, until there have been none for a while."""

def _renew_pool() -> None:
    """Begin anew in the child of a fork, which has none of the threads."""

def _close_pool() -> None:
    """Stop all calls, and let none begin any more."""

def _start_async(callable: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]) -> Async[Any]:  # noqa: A002
    """Begin a call of anything in another thread."""

def _run_within(timeout: float | None, callable: Callable[[], Any]) -> Any:  # noqa: A002
    """Call something, and stop what it runs when the time is over."""

def _is_stopping() -> bool:
    """Return whether the call that runs on this thread was asked to stop."""

@final
class Store(Mapping[str, Instance]):
    """Named instances, for modules to import from.

    A read-only mapping of names to instances, which it keeps alive; executors and VMs add to it.
    """

    def __init__(self) -> None:
        """Make an empty store."""

    def __getitem__(self, name: str) -> Instance: ...
    @overload
    def get(self, name: str, default: None = None) -> Instance | None: ...
    @overload
    def get(self, name: str, default: Instance) -> Instance: ...
    @overload
    def get(self, name: str, default: _Default) -> Instance | _Default:
        """Return the instance of that name, or a default.

        Args:
            name: The name.
            default: What is returned when there is no such instance.
        """

    def keys(self) -> KeysView[str]:
        """Return a view of the names."""

    def values(self) -> ValuesView[Instance]:
        """Return a view of the instances."""

    def items(self) -> ItemsView[str, Instance]:
        """Return a view of the names and their instances."""

    def __contains__(self, name: object) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...

@final
class Executor:
    """Instantiates modules and runs functions.

    Threads may share an executor.
    """

    def __init__(
        self,
        configure: Configure | None = None,
        statistics: Statistics | None = None,
        *,
        run_mode: RunMode | str | None = None,
        strict: bool | None = None,
    ) -> None:
        """Make an executor.

        Args:
            configure: What is counted and measured, the limit of memories, the run mode, and how is compiled.
            statistics: The counters; new ones by default.
            run_mode: How functions are run, instead of as `configure` says.
            strict: Whether what cannot be compiled is refused, instead of as `configure` says.

        Raises:
            ValueError: There is no such run mode.
        """

    @property
    def statistics(self) -> Statistics:
        """The counters of what this executor has run."""

    def instantiate(self, store: Store, module: Module) -> Instance:
        """Instantiate a validated module with the imports that the store has.

        The GIL is released meanwhile. The new instance runs its functions on this executor.

        Args:
            store: Where imports are looked up.
            module: The module.

        Returns:
            The new instance, without a name and not in the store.

        Raises:
            ValidationError: The module has not been validated.
            LinkError: Imports are missing or mistyped; the message names all of them.
            InstantiationError: The module cannot be instantiated for another reason.
            Trap: The start function, or a segment, trapped.
        """

    def register(self, store: Store, module: Module, name: str) -> Instance:
        """Instantiate a validated module and add the instance to the store under a name.

        Args:
            store: Where imports are looked up, and the new instance goes.
            module: The module.
            name: The name.

        Raises:
            InstantiationError: The name is taken, or the module cannot be instantiated.
            ValidationError, LinkError, Trap: As for instantiate().
            ValueError: The name is no Unicode text.
        """

    def register_import(self, store: Store, instance: Instance, alias: str | None = None) -> None:
        """Add an instance to the store under its own name or an alias.

        Args:
            store: The store.
            instance: The instance.
            alias: The name to use in the place of the instance's own.

        Raises:
            InstantiationError: The name is taken.
            TypeError: It is no instance.
            ValueError: The instance is closed, has no name of its own where no alias is given, or the alias is no
                Unicode text.
        """

    def invoke(self, function: Function, *args: Any, fuel: int | None = None, timeout: float | None = None) -> Any:
        """Call a function on this executor.

        Args:
            function: The function, of an instance of any executor.
            *args: Its arguments, as for calling it.
            fuel: The cost at which the call ends, as for calling it.
            timeout: The seconds that the call has, as for calling it.

        Returns:
            What calling the function returns.

        Raises:
            TypeError, OverflowError, Trap, CostLimitExceeded, TimeoutError: As for calling the function.
            ValueError: Its compiled code counts instructions or cost, and this executor does not.
        """

    def invoke_async(
        self, function: Function, *args: Any, fuel: int | None = None, timeout: float | None = None
    ) -> Async[Any]:
        """Call a function on this executor, in another thread.

        Args:
            function: The function, of an instance of any executor.
            *args: Its arguments, as for calling it.
            fuel: The cost at which the call ends, as for calling it.
            timeout: The seconds that the call has, from when it begins.

        Returns:
            What can be awaited, waited for and cancelled. It raises what `invoke` raises.

        Raises:
            TypeError: `function` is none.
        """

@final
class CallingFrame:
    """What a host function sees of its caller.

    A host function gets one by a first parameter annotated with this class. It ends with its call: using it afterwards
    is a `ValueError`. What it gave (an instance, a memory, the executor) stays valid.

    Example:
        >>> import wasmedge
        >>> @wasmedge.host_function
        ... def log(frame: wasmedge.CallingFrame, address: wasmedge.i32, size: wasmedge.i32) -> None:
        ...     print(frame.memory().read(address, size).decode())
        >>> log
        <Function log (i32, i32) -> ()>
    """

    @property
    def executor(self) -> Executor:
        """The executor that runs the call."""

    @property
    def instance(self) -> Instance | None:
        """The calling instance, or None when Python called."""

    def memory(self, index: SupportsIndex = 0) -> Memory:
        """Return a memory of the calling instance.

        The memory keeps that instance alive, and can be used after the call.

        Args:
            index: Its index in the memory index space of the calling instance.

        Raises:
            IndexError: The caller has no such memory.
            TypeError: `index` is no int.
            ValueError: The call has ended.
        """

@final
class Plugin:
    """A native plug-in of the runtime.

    Plug-ins are native code, loaded into this process for good: load only what you trust. The list of plug-ins is the
    process's; threads may use it.
    """

    @staticmethod
    def load_default_paths() -> _Names:
        """Load the plug-ins of the runtime's default directories, and list what is loaded.

        Those are the directories of ``WASMEDGE_PLUGIN_PATH`` and of the runtime's installation.

        Returns:
            The names of all loaded plug-ins.
        """

    @staticmethod
    def load(path: _Path) -> None:
        """Load a plug-in, or those in a directory.

        Args:
            path: The path of the library or directory.

        Raises:
            LoadError: Nothing new was loaded: no such file, no plug-in, or one that is loaded already.
        """

    @staticmethod
    def list() -> _Names:
        """Return the names of the loaded plug-ins."""

    @staticmethod
    def find(name: str) -> Plugin | None:
        """Return the loaded plug-in of that name, or None.

        Args:
            name: The plug-in's name.
        """

    @property
    def name(self) -> str:
        """The plug-in's name."""

    @property
    def modules(self) -> _Names:
        """The names of the modules that it can create."""

    def create_module(self, name: str) -> Instance:
        """Create an instance of one of its modules.

        Its functions look at the memory of their caller: the instance can be imported from, but not its functions by
        themselves in a mapping of imports.

        Args:
            name: The module's name.

        Raises:
            KeyError: The plug-in has no such module.
        """

@final
class VM:
    """Loads, validates, instantiates and executes modules.

    It goes through the states of `VMState`. A second instantiate() leaves the instance before it alive for whoever
    still holds something of it. As a context manager it is closed at the end of the block.

    Example:
        >>> import wasmedge
        >>> vm = wasmedge.VM()
        >>> vm.load("examples/fibonacci.wasm")
        >>> vm.validate()
        >>> vm.instantiate()
        >>> vm.execute("fib", 25)
        121393
    """

    def __init__(
        self,
        configure: Configure | None = None,
        store: Store | None = None,
        *,
        run_mode: RunMode | str | None = None,
        strict: bool | None = None,
    ) -> None:
        """Make a VM.

        Args:
            configure: The runtime's configuration.
            store: A store to look imports up in and to register in; a new one by default.
            run_mode: How functions are run, instead of as `configure` says.
            strict: Whether what cannot be compiled is refused, instead of as `configure` says.

        Raises:
            ValueError: There is no such run mode, or this version has no module for a host registration.
            MissingExtraError: A package that the module of a host registration needs is not installed.
        """

    def load(self, source: _Source) -> None:
        """Parse a module.

        Allowed in every state; the VM is in the state `VMState.LOADED` afterwards, or as it was when this fails.

        Args:
            source: A path, a contiguous bytes-like object, or a `Module`.

        Raises:
            ModuleFileError: The file cannot be read (`ModuleFileNotFoundError` when there is none).
            LoadError: It is no module in the binary format.
        """

    def validate(self) -> None:
        """Check that the loaded module is valid.

        Raises:
            ValidationError: The module is not valid.
            WorkflowError: No module is loaded.
        """

    def _instantiate_by(self, key: str) -> None:
        """Instantiate the loaded module by code that it keeps."""

    def _configuration(self) -> Configure:
        """Return a copy of the configuration."""

    def instantiate(self) -> None:
        """Instantiate the validated module and make it the active one.

        A program that uses WASI gets a WASI state of its own each time.

        Raises:
            LinkError: Imports are missing or mistyped; the message names all of them.
            InstantiationError: The module cannot be instantiated for another reason.
            Trap: The start function, or a segment, trapped.
            WorkflowError: The module is not validated.
        """

    def execute(self, function: str, *args: Any, fuel: int | None = None, timeout: float | None = None) -> Any:
        """Call a function of the active instance.

        Args:
            function: The exported function's name.
            *args: Its arguments, as for calling a `Function`.
            fuel: The cost at which the call ends, as for calling a `Function`.
            timeout: The seconds that the call has, as for calling a `Function`.

        Returns:
            What calling the function returns.

        Raises:
            FunctionNotFoundError: No such function is exported.
            WorkflowError: Nothing is instantiated, or something was loaded or registered since.
            TypeError, OverflowError, Trap, CostLimitExceeded, TimeoutError: As for calling the function.
        """

    def execute_async(
        self, function: str, *args: Any, fuel: int | None = None, timeout: float | None = None
    ) -> Async[Any]:
        """Call a function of the active instance, in another thread.

        It is the instance that is active now, whatever the VM does meanwhile.

        Args:
            function: The exported function's name.
            *args: Its arguments, as for calling a `Function`.
            fuel: The cost at which the call ends, as for calling it.
            timeout: The seconds that the call has, from when it begins.

        Returns:
            What can be awaited, waited for and cancelled. It raises what calling the function raises.

        Raises:
            FunctionNotFoundError: No such function is exported.
            WorkflowError: Nothing is instantiated, or something was loaded or registered since.
        """

    def execute_registered(
        self, module: str, function: str, *args: Any, fuel: int | None = None, timeout: float | None = None
    ) -> Any:
        """Call a function of a registered instance.

        Args:
            module: The name that the instance is registered under.
            function: The exported function's name.
            *args: Its arguments, as for calling a `Function`.
            fuel: The cost at which the call ends, as for calling a `Function`.
            timeout: The seconds that the call has, as for calling a `Function`.

        Returns:
            What calling the function returns.

        Raises:
            FunctionNotFoundError: No such instance is registered, or it exports no such function.
            TypeError, OverflowError, Trap, CostLimitExceeded, TimeoutError: As for calling the function.
        """

    def execute_registered_async(
        self, module: str, function: str, *args: Any, fuel: int | None = None, timeout: float | None = None
    ) -> Async[Any]:
        """Call a function of a registered instance, in another thread.

        Args:
            module: The name that the instance is registered under.
            function: The exported function's name.
            *args: Its arguments, as for calling a `Function`.
            fuel: The cost at which the call ends, as for calling it.
            timeout: The seconds that the call has, from when it begins.

        Returns:
            What can be awaited, waited for and cancelled. It raises what calling the function raises.

        Raises:
            FunctionNotFoundError: No such instance is registered, or it exports no such function.
        """

    def execute_bindgen(self, function: str, *args: Any, returns: Bindgen) -> int | bytes | None:
        """Call a function of the active instance that was made by wasm-bindgen.

        By the conventions of WasmEdge's Go package: an array is copied to where ``__wbindgen_malloc`` says, and passed
        as its address and length; what an array returns is freed with ``__wbindgen_free``.

        Args:
            function: The exported function's name.
            *args: Ints (those beyond 32 bits, and numpy's of 64, as two i32), and bytes-like objects or str as arrays.
            returns: What the function returns.

        Returns:
            None, an int, or the bytes of the returned array.

        Raises:
            FunctionNotFoundError: No such function is exported.
            WorkflowError: Nothing is instantiated, or something was loaded or registered since.
            TypeError: An argument is of another type, or `returns` is no `Bindgen`.
            OverflowError: An int has more than 64 bits.
            ValueError: The instance does not export what passing arrays needs.
            Trap, CostLimitExceeded: As for calling the function.
        """

    def execute_bindgen_registered(
        self, module: str, function: str, *args: Any, returns: Bindgen
    ) -> int | bytes | None:
        """Call a function of a registered instance that was made by wasm-bindgen.

        Args:
            module: The name that the instance is registered under.
            function: The exported function's name.
            *args: Its arguments, as for execute_bindgen().
            returns: What the function returns.

        Returns:
            None, an int, or the bytes of the returned array.

        Raises:
            FunctionNotFoundError: No such instance is registered, or it exports no such function.
            TypeError, OverflowError, ValueError, Trap, CostLimitExceeded: As for execute_bindgen().
        """

    def run(
        self, source: _Source, function: str, *args: Any, fuel: int | None = None, timeout: float | None = None
    ) -> Any:
        """Load, validate and instantiate a module, and call one of its functions.

        The VM is in the state `VMState.INSTANTIATED` afterwards, or as it was when this fails before the call.

        Args:
            source: A path, a contiguous bytes-like object, or a `Module`.
            function: The exported function's name.
            *args: Its arguments, as for calling a `Function`.
            fuel: The cost at which the call ends, as for calling a `Function`.
            timeout: The seconds that the module's start function and the call have.

        Returns:
            What calling the function returns.

        Raises:
            LoadError, ValidationError, LinkError, InstantiationError, Trap: As for the single steps.
            FunctionNotFoundError: No such function is exported.
            TypeError, OverflowError, CostLimitExceeded, TimeoutError: As for calling the function.
        """

    def run_async(
        self, source: _Source, function: str, *args: Any, fuel: int | None = None, timeout: float | None = None
    ) -> Async[Any]:
        """Load, validate and instantiate a module, and call one of its functions, in another thread.

        Args:
            source: A path, a contiguous bytes-like object, or a `Module`. A buffer must stay as it is meanwhile.
            function: The exported function's name.
            *args: Its arguments, as for calling a `Function`.
            fuel: The cost at which the call ends, as for calling a `Function`.
            timeout: The seconds that the module's start function and the call have, from when they begin.

        Returns:
            What can be awaited, waited for and cancelled. It raises what `run` raises.

        Raises:
            ValueError: The VM is closed.
        """

    @overload
    def register(self, source: Instance, name: str | None = None) -> Instance: ...
    @overload
    def register(self, source: _Source, name: str) -> Instance:
        """Add an instance, or a module that is instantiated for it, to the store.

        What is instantiated already was linked without it: the VM goes from `VMState.INSTANTIATED` back to
        `VMState.VALIDATED`.

        Args:
            source: An instance, or a module: a path, bytes-like data or a `Module`.
            name: The name to register under; an instance's own name by default.

        Returns:
            The instance.

        Raises:
            InstantiationError: The name is taken.
            TypeError: There is no name for a module.
            ValueError: An instance has no name of its own where none is given, or a name is no Unicode text.
            LoadError, ValidationError, LinkError, Trap: As for the single steps.
        """

    def cleanup(self) -> None:
        """Go back to the state of a new VM.

        What this VM has registered leaves the store. Objects that others hold stay valid.
        """

    @overload
    def import_instance(self, registration: Literal[HostRegistration.WASI]) -> WasiModule | None: ...
    @overload
    def import_instance(self, registration: Literal[HostRegistration.WASMEDGE_PROCESS]) -> ProcessModule | None: ...
    @overload
    def import_instance(self, registration: HostRegistration) -> Instance | None:
        """Return the instance of a host registration, or None when it is not configured.

        With `Configure.native_plugins` it may be a plug-in's, which is an `Instance` and no more.

        Args:
            registration: The host registration.
        """

    def function_type(self, name: str) -> FunctionType | None:
        """Return the type of a function of the active instance, or None.

        Args:
            name: The exported function's name.
        """

    def function_type_registered(self, module: str, name: str) -> FunctionType | None:
        """Return the type of a function of a registered instance, or None.

        Args:
            module: The name that the instance is registered under.
            name: The exported function's name.
        """

    @property
    def functions(self) -> MappingProxyType[str, FunctionType]:
        """The types of the active instance's functions by name."""

    @property
    def active_instance(self) -> Instance | None:
        """The active instance, or None."""

    @property
    def registered(self) -> MappingProxyType[str, Instance]:
        """The registered instances by name."""

    @property
    def state(self) -> VMState:
        """How far the VM has come with its module."""

    @property
    def store(self) -> Store:
        """The store that imports are looked up in."""

    @property
    def loader(self) -> Loader:
        """The loader."""

    @property
    def validator(self) -> Validator:
        """The validator."""

    @property
    def executor(self) -> Executor:
        """The executor."""

    @property
    def statistics(self) -> Statistics:
        """The counters of what the VM has run."""

    def close(self) -> None:
        """Let go of everything.

        What this VM has registered leaves the store. Objects that others hold stay valid. Using this VM afterwards is a
        `ValueError`; closing it again does nothing.
        """

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...

def _tool_run(argv: Sequence[str]) -> int:
    """Run the tool `wasmedge`.

    Args:
        argv: The arguments, the program's name first.
    """

def _tool_compile(argv: Sequence[str]) -> int:
    """Run the tool `wasmedgec`.

    Args:
        argv: The arguments, the program's name first.
    """

def _set_recipe(instance: Instance, recipe: object) -> None:
    """Say what an instance can be made of again."""

def _recipe_of(instance: Instance) -> Any:
    """Return what an instance can be made of again, or None."""

@final
class _ArrayKernel:
    """What a ufunc is made of."""

def _make_vectorized(options: dict[str, Any], places: list[tuple[int, int]], block: int, group: int) -> np.ufunc:
    """Make a ufunc over a function of scalars."""

def _make_generalized(options: dict[str, Any], operands: list[tuple[int, list[int]]], dimension_count: int) -> np.ufunc:
    """Make a generalized ufunc over a function of pointers and lengths."""

def _ufunc_recipe(ufunc: object) -> Any:
    """Return what a ufunc can be made of again, or None."""

def _locate(object: object) -> tuple[Instance, str] | None:  # noqa: A002
    """Return the instance that exports an object, and the name, or None."""

def _origin(function: Function) -> tuple[Instance, str] | None:
    """Return the instance that defines a function, and the name, or None."""

def _host_twin(owner: Instance, function: Function) -> Function | None:
    """Return another function of the same Python callable, or None."""

def _metering(instance: Instance) -> tuple[bool, bool]:
    """Return whether compiled code of an instance counts, and what."""

def _is_native(instance: Instance) -> bool:
    """Return whether an instance's functions are native code."""

def _make_limit(min: int, max: int | None, shared: bool, is64: bool) -> Limit:  # noqa: A002
    """Make a limit again."""

def _make_memory_type(limit: Limit) -> MemoryType:
    """Make a memory type again."""

def _make_import_type(kind: ExternType, module: str, name: str, type: _AnyType) -> ImportType:  # noqa: A002
    """Make an import type again."""

def _make_export_type(kind: ExternType, name: str, type: _AnyType | None) -> ExportType:  # noqa: A002
    """Make an export type again."""

def _restore_module(data: bytes, label: str) -> Module:
    """Parse a module again."""
