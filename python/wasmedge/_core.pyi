# SPDX-License-Identifier: Apache-2.0
"""The extension module of wasmedge; its public names are re-exported there."""

import enum
import os
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType, TracebackType
from typing import Any, ClassVar, TypeAlias, final, overload

from typing_extensions import Buffer, Self

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
    SET_VALUE_TO_CONST = 0x000a
    SET_VALUE_ERROR_TYPE = 0x000b
    USER_DEF_ERROR = 0x000c
    INVALID_AOT_CONFIGURE = 0x000d
    AOT_NOT_IMPL = 0x000e
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
    INCOMPATIBLE_DATA_COUNT = 0x010a
    DATA_COUNT_REQUIRED = 0x010b
    MALFORMED_IMPORT_KIND = 0x010c
    MALFORMED_EXPORT_KIND = 0x010d
    EXPECTED_ZERO_BYTE = 0x010e
    INVALID_MUT = 0x010f
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
    INTRINSICS_TABLE_NOT_FOUND = 0x011a
    MALFORMED_TABLE = 0x011b
    MALFORMED_MEMORY_OP_FLAGS = 0x011c
    MALFORMED_LIMIT_FLAGS = 0x011d
    MALFORMED_CATCH_FLAGS = 0x011e
    MALFORMED_SORT = 0x01a0
    MALFORMED_ALIAS_TARGET = 0x01a1
    MALFORMED_CORE_INSTANCE = 0x01a2
    MALFORMED_INSTANCE = 0x01a3
    MALFORMED_DEF_TYPE = 0x01a4
    MALFORMED_MODULE_TYPE = 0x01a5
    MALFORMED_RECORD_TYPE = 0x01a6
    MALFORMED_VARIANT_TYPE = 0x01a7
    MALFORMED_TUPLE_TYPE = 0x01a8
    MALFORMED_FLAGS_TYPE = 0x01a9
    MALFORMED_CANONICAL = 0x01aa
    UNKNOWN_CANONICAL_OPTION = 0x01ab
    MALFORMED_NAME = 0x01ac
    COMPONENT_NOT_IMPL_LOADER = 0x01ad
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
    INVALID_GLOBAL_IDX = 0x020a
    INVALID_TAG_IDX = 0x020b
    INVALID_ELEM_IDX = 0x020c
    INVALID_DATA_IDX = 0x020d
    INVALID_REF_IDX = 0x020e
    CONST_EXPR_REQUIRED = 0x020f
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
    INVALID_LANE_IDX = 0x021a
    INVALID_UNINIT_LOCAL = 0x021b
    INVALID_NOT_DEFAULTABLE_FIELD = 0x021c
    INVALID_NOT_DEFAULTABLE_ARRAY = 0x021d
    INVALID_PACKED_FIELD = 0x021e
    INVALID_PACKED_ARRAY = 0x021f
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
    INVALID_OFFSET = 0x022a
    MISSING_ARGUMENT = 0x02a0
    ARG_TYPE_MISMATCH = 0x02a1
    INVALID_INDEX = 0x02a2
    INVALID_TYPE_REFERENCE = 0x02a3
    EXPORT_NOT_FOUND = 0x02a4
    COMPONENT_NOT_IMPL_VALIDATOR = 0x02a5
    COMPONENT_DUPLICATE_NAME = 0x02a6
    COMPONENT_INVALID_NAME = 0x02a7
    NOT_A_DEFINED_TYPE = 0x02a8
    DEF_TYPE_INDEX_OUT_OF_BOUNDS = 0x02a9
    NAME_CANNOT_BE_EMPTY = 0x02aa
    CANNOT_HAVE_MORE_THAN32_FLAGS = 0x02ab
    RECORD_FIELD_NAME_CONFLICTS = 0x02ac
    VARIANT_CASE_NAME_CONFLICTS = 0x02ad
    FLAG_NAME_CONFLICTS = 0x02ae
    ENUM_TAG_NAME_CONFLICTS = 0x02af
    VARIANT_MUST_HAVE_CASE = 0x02b0
    EXPORT_ASCRIPTION_INCOMPATIBLE = 0x02b1
    INSTANCE_MISSING_EXPECTED_EXPORT = 0x02b2
    INVALID_EXPORT_NAME = 0x02b3
    INVALID_EXTERN_NAME = 0x02b4
    MODULE_NAME_CONFLICT = 0x0300
    INCOMPATIBLE_IMPORT_TYPE = 0x0301
    UNKNOWN_IMPORT = 0x0302
    DATA_SEG_DOES_NOT_FIT = 0x0303
    ELEM_SEG_DOES_NOT_FIT = 0x0304
    INVALID_CORE_SORT = 0x03a0
    INVALID_CANON_OPTION = 0x03a1
    CORE_INVALID_EXPORT = 0x03a2
    RESOURCE_DROP_ARGUMENT = 0x03a3
    COMPONENT_NOT_IMPL_INSTANTIATE = 0x03a4
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
    UNREACHABLE = 0x040a
    UNINITIALIZED_ELEMENT = 0x040b
    UNDEFINED_ELEMENT = 0x040c
    INDIRECT_CALL_TYPE_MISMATCH = 0x040d
    HOST_FUNC_ERROR = 0x040e
    REF_TYPE_MISMATCH = 0x040f
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
    """Host modules that a VM registers by itself."""

    WASI = 0

class VMState(enum.Enum):
    """How far a VM has come with its module."""

    INITIATED = 0
    LOADED = 1
    VALIDATED = 2
    INSTANTIATED = 3

@final
class ValType:
    """A WebAssembly value type.

    Values compare and hash by what they are; ``str()`` gives the specification's name (section 2.3).

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

    Values compare and hash by what they are; ``str()`` gives ``"(i32, i32) -> i64"``.
    """

    def __init__(self, params: Iterable[ValType | str] = (), results: Iterable[ValType | str] = ()) -> None:
        """Make a function type.

        Args:
            params: The parameter types, or their names.
            results: The result types, or their names.

        Raises:
            TypeError: Something is neither a value type nor a name.
            ValueError: There is no type of that name.
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
class Configure:
    """What a runtime is configured with.

    It begins with WebAssembly 2.0: the proposals of 3.0 have known faults in WasmEdge 0.17.1 that let a guest escape, and
    are switched on only by who asks for them. Each consumer copies it when it is made; later changes do not reach it.

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
    ) -> None:
        """Make a configuration.

        Args:
            *options: Proposals and host registrations to switch on.
            standard: The version of the standard whose proposals are switched on first.
            max_memory_pages: The most pages of 64 KiB that one memory may have, 65,536 at most.
            count_instructions: Whether executed instructions are counted.
            measure_cost: Whether the cost of executed instructions is summed up, and held to the cost limit.
            measure_time: Whether execution time is measured.

        Raises:
            TypeError: An option is neither of these, or a setting is unknown.
            ValueError: `max_memory_pages` is out of range.
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
        """

    @max_memory_pages.setter
    def max_memory_pages(self, pages: int) -> None: ...
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

@final
class Statistics:
    """Counters of what executors have run.

    They are atomic: any number of executors and threads may count into one object. What is counted is switched on in the
    `Configure` of the executor or VM; reading what was not is an error that says so.
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
        """

    @cost_limit.setter
    def cost_limit(self, limit: int | None) -> None: ...
    def set_cost_table(self, costs: Mapping[int, int] | Iterable[int]) -> None:
        """Set what each instruction costs.

        Args:
            costs: Costs by opcode: a mapping, for opcodes that do not cost 1, or the costs of the opcodes from 0 on, of
                which the missing ones cost 0. An opcode with a prefix is counted as ``prefix << 8 | opcode``.

        Raises:
            ValueError: There are more than 65,536 costs, or an opcode is beyond 65,535.
        """

    def clear(self) -> None:
        """Set the counters to zero."""

@final
class Module:
    """A parsed WebAssembly module.

    It does not change, but for being found valid, and may be used by several threads, VMs and executors.
    """

    @staticmethod
    def from_file(path: _Path, *, configure: Configure | None = None) -> Module:
        """Parse a module from a binary file.

        Args:
            path: The file's path.
            configure: Which proposals the parser knows.

        Raises:
            ModuleFileError: The file cannot be read (`ModuleFileNotFoundError` when there is none).
            LoadError: It is no module in the binary format.
        """

    @staticmethod
    def from_bytes(data: Buffer, *, configure: Configure | None = None) -> Module:
        """Parse a module from bytes.

        Args:
            data: A contiguous bytes-like object with a module in the binary format.
            configure: Which proposals the parser knows.

        Raises:
            LoadError: It is no module in the binary format.
        """

    @property
    def is_validated(self) -> bool:
        """Whether the module has been found valid."""

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

    def load(self, source: _Source) -> Module:
        """Parse a module from a path or from bytes.

        The GIL is released meanwhile.

        Args:
            source: A path, or a contiguous bytes-like object; a `Module` is returned as it is.

        Raises:
            ModuleFileError: The file cannot be read (`ModuleFileNotFoundError` when there is none).
            LoadError: It is no module in the binary format, or a function of it has more than 50,000 local variables.
        """

@final
class Validator:
    """Validates modules. Threads may share a validator, and wait for each other then."""

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

    Example:
        >>> import wasmedge
        >>> fib = wasmedge.instantiate("examples/fibonacci.wasm").exports.fib
        >>> fib
        <Function fib (i32) -> i32>
        >>> fib(21)
        17711
    """

    @property
    def type(self) -> FunctionType:
        """The function's parameter and result types."""

    @property
    def name(self) -> str:
        """The name that the function was found under."""

    __name__: str

    def __call__(self, *args: Any) -> Any:
        """Call the function.

        Args:
            *args: An int (or what has ``__index__``) for each i32 and i64, from the least signed to the greatest unsigned
                number of that size; a float (or an int, or what has ``__float__``) for each f32 and f64. No bool, str,
                or array is taken for a number.

        Returns:
            None for a function without results, its result, or a tuple of its results. Integers are signed. None also
            when the program ended itself with ``proc_exit``.

        Raises:
            TypeError: The number or the type of the arguments is wrong. Nothing has run then.
            OverflowError: An argument is out of the range of its type. Nothing has run then.
            Trap: Execution trapped. The instance can be used afterwards.
            CostLimitExceeded: The cost limit of the executor's statistics was reached.
            ValueError: The function's instance is gone.
        """

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Memory:
    """A linear memory.

    It keeps its instance alive. Guests may change what is in it, and grow it, at any time.
    """

    @property
    def pages(self) -> int:
        """The current number of pages of 64 KiB."""

    @property
    def size(self) -> int:
        """The current size in bytes."""

    def read(self, offset: int, size: int) -> bytes:
        """Return a copy of some bytes of the memory.

        The GIL is released while 64 KiB or more are copied.

        Args:
            offset: The first byte's address.
            size: The number of bytes.

        Raises:
            IndexError: Not all of these bytes are in the memory.
            ValueError: `size` is negative.
        """

    def write(self, offset: int, data: Buffer) -> None:
        """Copy the bytes of a buffer into the memory.

        The GIL is released while 64 KiB or more are copied.

        Args:
            offset: The address of the first byte to change.
            data: A contiguous bytes-like object.

        Raises:
            IndexError: Not all of these bytes are in the memory. Nothing has been written then.
            TypeError, BufferError: `data` gives no contiguous bytes.
        """

@final
class Exports:
    """The exports of an instance.

    ``exports.name`` and ``exports["name"]`` give a `Function` or a `Memory`; it has a length, can be iterated over (by
    names) and asked with ``in``.

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

class Instance:
    """An instance of a module.

    It keeps alive the instances that it imports from. Two objects for one instance are equal. As a context manager it is
    closed at the end of the block.
    """

    @property
    def name(self) -> str:
        """The name that the instance was made with, or an empty string."""

    @property
    def exports(self) -> Exports:
        """The exported objects, as attributes and as items."""

    @property
    def functions(self) -> MappingProxyType[str, Function]:
        """The exported functions by name."""

    @property
    def memories(self) -> MappingProxyType[str, Memory]:
        """The exported memories by name."""

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

    An instance named ``wasi_snapshot_preview1``. A program gets the standard streams of this process, and of arguments,
    environment and directories what it is given here. Sockets are refused (``ENOTCAPABLE``), and ``proc_raise`` does not
    reach this process (``ENOSYS``).
    """

    def __init__(
        self,
        *,
        args: Iterable[str] = (),
        env: Mapping[str, str] = ...,
        preopens: Mapping[str, _Path] = ...,
    ) -> None:
        """Make a WASI instance for one program.

        Args:
            args: The program's arguments; the first is its name by convention.
            env: The program's environment variables. Nothing is inherited from this process.
            preopens: Directories of the host by the path at which the guest finds them, for reading and writing.

        Raises:
            OSError: A directory cannot be opened.
            ValueError: A string contains a NUL character, or a path a colon, which the runtime cannot express.
        """

    def init(
        self,
        *,
        args: Iterable[str] = (),
        env: Mapping[str, str] = ...,
        preopens: Mapping[str, _Path] = ...,
    ) -> None:
        """Give the next program other arguments, environment and directories.

        Programs that were instantiated before keep theirs; `exit_code` starts anew.

        Args:
            args: The program's arguments; the first is its name by convention.
            env: The program's environment variables. Nothing is inherited from this process.
            preopens: Directories of the host by the path at which the guest finds them, for reading and writing.

        Raises:
            OSError: A directory cannot be opened.
            ValueError: A string contains a NUL character, or a path a colon, which the runtime cannot express.
        """

    @property
    def exit_code(self) -> int:
        """The code that the program gave to proc_exit.

        It is 0 as well when the program has not ended, returned from ``_start``, or trapped.
        """

@final
class Store:
    """Named instances, for modules to import from.

    A read-only mapping of names to instances, which it keeps alive; executors and VMs add to it.
    """

    def __init__(self) -> None:
        """Make an empty store."""

    def __getitem__(self, name: str) -> Instance: ...
    @overload
    def get(self, name: str, default: None = None) -> Instance | None: ...
    @overload
    def get(self, name: str, default: Any) -> Any:
        """Return the instance of that name, or a default."""

    def __contains__(self, name: object) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...

@final
class Executor:
    """Instantiates modules and runs functions. Threads may share an executor."""

    def __init__(self, configure: Configure | None = None, statistics: Statistics | None = None) -> None:
        """Make an executor.

        Args:
            configure: What is counted and measured, and the limit of memories.
            statistics: The counters; new ones by default.
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
            ValueError: The name is empty.
        """

    def register_import(self, store: Store, instance: Instance, alias: str | None = None) -> None:
        """Add an instance to the store under its own name or an alias.

        Args:
            store: The store.
            instance: The instance.
            alias: The name to use in the place of the instance's own.

        Raises:
            InstantiationError: The name is taken.
            ValueError: The name is empty, or the instance closed.
        """

    def invoke(self, function: Function, *args: Any) -> Any:
        """Call a function on this executor.

        Args:
            function: The function, of an instance of any executor.
            *args: Its arguments, as for calling it.

        Returns:
            What calling the function returns.

        Raises:
            TypeError, OverflowError, Trap, CostLimitExceeded: As for calling the function.
        """

@final
class VM:
    """Loads, validates, instantiates and executes modules.

    It goes through the states of `VMState`. A second instantiate() leaves the instance before it alive for whoever still
    holds something of it. As a context manager it is closed at the end of the block.

    Example:
        >>> import wasmedge
        >>> vm = wasmedge.VM()
        >>> vm.load("examples/fibonacci.wasm")
        >>> vm.validate()
        >>> vm.instantiate()
        >>> vm.execute("fib", 25)
        121393
    """

    def __init__(self, configure: Configure | None = None, store: Store | None = None) -> None:
        """Make a VM.

        Args:
            configure: The runtime's configuration.
            store: A store to look imports up in and to register in; a new one by default.
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

    def instantiate(self) -> None:
        """Instantiate the validated module and make it the active one.

        A program that uses WASI gets a WASI state of its own each time.

        Raises:
            LinkError: Imports are missing or mistyped; the message names all of them.
            InstantiationError: The module cannot be instantiated for another reason.
            Trap: The start function, or a segment, trapped.
            WorkflowError: The module is not validated.
        """

    def execute(self, function: str, *args: Any) -> Any:
        """Call a function of the active instance.

        Args:
            function: The exported function's name.
            *args: Its arguments, as for calling a `Function`.

        Returns:
            What calling the function returns.

        Raises:
            FunctionNotFoundError: No such function is exported.
            WorkflowError: Nothing is instantiated, or something was loaded or registered since.
            TypeError, OverflowError, Trap, CostLimitExceeded: As for calling the function.
        """

    def execute_registered(self, module: str, function: str, *args: Any) -> Any:
        """Call a function of a registered instance.

        Args:
            module: The name that the instance is registered under.
            function: The exported function's name.
            *args: Its arguments, as for calling a `Function`.

        Returns:
            What calling the function returns.

        Raises:
            FunctionNotFoundError: No such instance is registered, or it exports no such function.
            TypeError, OverflowError, Trap, CostLimitExceeded: As for calling the function.
        """

    def run(self, source: _Source, function: str, *args: Any) -> Any:
        """Load, validate and instantiate a module, and call one of its functions.

        The VM is in the state `VMState.INSTANTIATED` afterwards, or as it was when this fails before the call.

        Args:
            source: A path, a contiguous bytes-like object, or a `Module`.
            function: The exported function's name.
            *args: Its arguments, as for calling a `Function`.

        Returns:
            What calling the function returns.

        Raises:
            LoadError, ValidationError, LinkError, InstantiationError, Trap: As for the single steps.
            FunctionNotFoundError: No such function is exported.
            TypeError, OverflowError, CostLimitExceeded: As for calling the function.
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
            ValueError: The name is empty.
            LoadError, ValidationError, LinkError, Trap: As for the single steps.
        """

    def cleanup(self) -> None:
        """Go back to the state of a new VM.

        What this VM has registered leaves the store. Objects that others hold stay valid.
        """

    def import_instance(self, registration: HostRegistration) -> WasiModule | None:
        """Return the instance of a host registration, or None when it is not configured.

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
